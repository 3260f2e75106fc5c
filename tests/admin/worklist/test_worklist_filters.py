"""The worklist narrowed: whose, why, held, silent, new, by name, each with the others, and all of it in the address."""

import datetime as dt
from itertools import combinations
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from clinic.admin.worklist import page as page_of
from clinic.models import Client, Practitioner, WorklistEntry
from clinic.prescriptions import prescribing
from clinic.worklist import entries as worklist_entries
from tests import make
from tests.admin import flagged_clients
from tests.admin.browsing import page_text, signed_in, url

DAY = dt.timedelta(days=1)


@pytest.fixture
def clients(cast):
    """Of Alice's: Heidi, held since a sharp rise; Samuel, silent; Nell, new; Dana, none of it. Of Bob's: Erin."""
    heidi, samuel, nell = (make.client(cast.alice, name) for name in ("Heidi", "Samuel", "Nell"))
    Client.objects.exclude(pk=nell.pk).update(consented_at=timezone.now() - 60 * DAY)
    flagged_clients.says(flagged_clients.plan(heidi), 1, 3, 8)
    flagged_clients.says(flagged_clients.plan(samuel), 6, 3, 2)
    worklist_entries.update_entries(*Client.objects.values_list("pk", flat=True))
    return cast


@pytest.fixture
def owner(clients):
    return signed_in(make.practitioner(clients.alice.clinic, "Olga", Practitioner.Role.OWNER))


def names(browser, **asked):
    return {row.client.name for row in browser.get(url("index"), asked).context["rows"]}


def pills(browser, **asked):
    return {str(pill.label): pill for pill in browser.get(url("index"), asked).context["pills"]}


ALONE = {
    "held": {"Heidi"},
    "silent": {"Samuel"},
    "new": {"Nell"},
    "kind": {"Heidi"},
    "q": {"Heidi", "Samuel", "Nell"},
}
ASKED = {"held": "1", "silent": "1", "new": "1", "kind": "exercise_hurts", "q": "e"}


def test_each_filter_alone_and_with_every_other(clients):
    alice = signed_in(clients.alice)
    assert names(alice) == {"Heidi", "Samuel", "Nell", "Dana"}
    for many in range(1, len(ALONE) + 1):
        for chosen in combinations(ALONE, many):
            expected = set.intersection(*(ALONE[name] for name in chosen))
            assert names(alice, **{name: ASKED[name] for name in chosen}) == expected, chosen


def test_who_sees_the_whole_clinic_may_choose_their_own(clients, owner):
    own = make.client(Practitioner.objects.get(name="Olga"), "Otto")
    assert names(owner) == {"Heidi", "Samuel", "Nell", "Dana", "Erin", "Otto"}
    assert names(owner, who="mine") == {own.name}
    assert names(owner, who="mine", q="z") == set()
    assert [label for label, pill in pills(owner, who="mine").items() if pill.on] == ["Mine"]
    assert [label for label, pill in pills(owner).items() if pill.on] == ["Whole clinic"]


def test_who_treats_only_their_own_is_offered_no_such_choice(clients):
    assert list(pills(signed_in(clients.alice))) == ["Held", "Silent 4 days", "New"]
    assert names(signed_in(clients.bob), who="all") == {"Erin"}


def test_each_pill_counts_and_its_link_keeps_the_rest(clients, owner):
    shown = pills(owner, q="e", held="1", page="1")
    assert {label: pill.count for label, pill in shown.items()} == {
        "Mine": None, "Whole clinic": None, "Held": 1, "Silent 4 days": 1, "New": 1,
    }  # fmt: skip
    asked = {label: parse_qs(pill.link.removeprefix("?")) for label, pill in shown.items()}
    assert asked["Held"] == {"q": ["e"]}
    assert asked["Silent 4 days"] == {"q": ["e"], "held": ["1"], "silent": ["1"]}
    assert asked["Mine"] == {"q": ["e"], "held": ["1"], "who": ["mine"]}


def test_the_form_carries_what_the_pills_narrowed(clients):
    page = signed_in(clients.alice).get(url("index"), {"held": "1", "q": "hei"}).content.decode()
    assert '<input type="hidden" name="held" value="1">' in page
    assert 'name="silent"' not in page


def test_the_count_of_those_who_need_a_look_is_not_narrowed(clients):
    page = signed_in(clients.alice).get(url("index"), {"new": "1"})
    assert page.context["needing"] == 1
    assert "(1) Worklist" in page.content.decode()


def test_held_ends_with_the_hold(clients):
    alice, bend = signed_in(clients.alice), Client.objects.get(name="Heidi").prescriptions.get()
    prescribing.resume_prescription(bend, by=clients.alice.user, reason="Looked.")
    assert names(alice, held="1") == set()


def test_of_very_many_only_the_first_are_counted_and_paged(clients, monkeypatch):
    """Those in need come first, so they are counted and shown; the others are found by name."""
    monkeypatch.setattr("clinic.worklist.query.MAX_COUNTED", 2)
    monkeypatch.setattr(page_of, "MAX_COUNTED", 2)
    alice = signed_in(clients.alice)
    page = alice.get(url("index"))
    assert page.context["needing"] == 1
    assert len(page.context["rows"]) == 2
    assert [pill.count for pill in page.context["pills"]] == [None, None, None]
    assert "These are the first 2. Find the others by name." in page_text(page)
    assert names(alice, q="nell") == {"Nell"}


def test_a_stranger_of_another_clinic_finds_nobody_by_any_filter(clients):
    charlie = signed_in(clients.charlie)
    for asked in ({}, {"q": "e"}, {"held": "1"}, {"who": "mine"}, {"who": "all"}, {"kind": "exercise_hurts"}):
        assert names(charlie, **asked) == set()
    assert not WorklistEntry.objects.filter(clinic=clients.charlie.clinic).exists()


def test_who_works_at_two_clinics_chooses_one(clients):
    there = make.practitioner(clients.charlie.clinic, "Alice there")
    Practitioner.objects.filter(pk=there.pk).update(user=clients.alice.user)
    make.client(there, "Zoe")
    alice = signed_in(clients.alice)
    assert names(alice) == {"Heidi", "Samuel", "Nell", "Dana", "Zoe"}
    assert names(alice, clinic=there.clinic_id) == {"Zoe"}
    assert names(alice, clinic=clients.alice.clinic_id, held="1") == {"Heidi"}
    pills = alice.get(url("index"), {"clinic": there.clinic_id}).context["pills"]
    assert {(pill.label, pill.on, pill.link) for pill in pills[:2]} == {
        ("Riverside Physio", False, f"?clinic={clients.alice.clinic_id}"),
        ("Hilltop Rehab", True, "?"),
    }


def test_a_clinic_of_others_is_no_choice(clients):
    page = signed_in(clients.alice).get(url("index"), {"clinic": clients.charlie.clinic_id})
    assert "asks for something there is not" in page_text(page)
    assert {row.client.name for row in page.context["rows"]} == {"Heidi", "Samuel", "Nell", "Dana"}
