"""The first page says whom to look at first, and why."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.clients import departure
from clinic.flags import escalation, lifecycle
from clinic.models import Client, Flag, Prescription
from tests import make
from tests.admin import flagged_clients
from tests.admin.browsing import page_text, signed_in, url

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


def names(response):
    return [row.client.name for row in response.context["rows"]]


def flag(client, kind=Flag.Kind.WORSENING, severity=Flag.Severity.HIGH, ago=HOUR):
    prescription = client.prescriptions.first() or make.prescription(client)
    reason = f"{client.name} needs a look."
    return lifecycle.raise_flag(None, kind, severity, reason, timezone.now() - ago, prescription=prescription)


def test_the_most_severe_comes_first_and_then_the_oldest(cast, alice):
    """Cleo's flag is urgent, Bert's is older than Anna's, and Dana has none."""
    anna, bert, cleo = (make.client(cast.alice, name) for name in ("Anna", "Bert", "Cleo"))
    flag(anna, ago=HOUR)
    flag(bert, ago=2 * HOUR)
    flag(cleo, severity=Flag.Severity.URGENT, ago=HOUR / 2)

    assert names(alice.get(url("index"))) == ["Cleo", "Bert", "Anna", "Dana"]


def test_a_client_with_two_flags_is_one_row_with_both_sentences(cast, alice):
    flag(cast.dana)
    flag(cast.dana, Flag.Kind.SILENT, Flag.Severity.ROUTINE)
    page = alice.get(url("index"))
    assert names(page) == ["Dana"]
    assert page_text(page).count("Dana needs a look.") == 2


def test_the_sentence_is_in_the_clients_own_numbers(cast, alice):
    make.report(make.prescription(cast.dana), 4, 7)
    shown = page_text(alice.get(url("index")))
    assert "Pain went from 4 to 7 with one session." in shown
    assert "high" in shown
    assert "Forward bend: held" in shown
    assert "4 → to 7 0 min ago" in shown


@pytest.mark.parametrize(("days", "text"), [(1, "new, may be a flare-up"), (8, "persisting")])
def test_a_rise_says_whether_it_is_new_or_persists(cast, alice, days, text):
    flagged_clients.rising(flagged_clients.plan(cast.dana), days=9)
    Flag.objects.update(raised_at=timezone.now() - days * 24 * HOUR)
    page = page_text(alice.get(url("index")))
    assert text in page


def test_what_nobody_looked_at_says_that_it_went_to_the_owner(cast, alice):
    flag(cast.dana, ago=25 * HOUR)
    flag(make.client(cast.alice, "Anna"), ago=HOUR)
    escalation.escalate_flags(timezone.now())
    page = page_text(alice.get(url("index")))
    assert page.count("went to the owner") == 1
    assert "urgent went to the owner" in page


def test_the_month_is_drawn_with_its_words(cast, alice):
    prescription, now = make.prescription(cast.dana), timezone.now()
    for days, score in ((20, 2), (3, 5), (1, 3)):
        make.report(prescription, score, at=now - dt.timedelta(days=days))
    page = alice.get(url("index")).content.decode()
    assert page.count('<svg class="spark"') == 1
    assert "Pain in the last 30 days: 3 reports, latest 3, between 2 and 5" in page


def test_the_tab_and_the_page_count_those_who_need_a_look(cast, alice):
    assert "<title>(" not in alice.get(url("index")).content.decode()
    flag(cast.dana)
    page = alice.get(url("index")).content.decode()
    assert "(1) Worklist | Plumbline</title>" in " ".join(page.split())
    assert "<strong>1</strong> client needs a look" in page


def test_the_list_is_narrowed_by_name_and_by_reason(cast, alice):
    flag(make.client(cast.alice, "Anna"))
    flag(make.client(cast.alice, "Hannah"), Flag.Kind.SILENT, Flag.Severity.ROUTINE)
    assert names(alice.get(url("index"), {"q": "ann"})) == ["Anna", "Hannah"]
    assert names(alice.get(url("index"), {"kind": "silent"})) == ["Hannah"]
    assert names(alice.get(url("index"), {"q": "dan", "kind": "silent"})) == []
    assert "Nobody fits this" in page_text(alice.get(url("index"), {"q": "zzz"}))


@pytest.mark.parametrize("asked", [{"kind": "nonsense"}, {"q": "x" * 10_000}, {"q": "a\x00b"}, {"page": "none"}])
def test_a_filter_that_makes_no_sense_leaves_the_whole_list(alice, asked):
    page = alice.get(url("index"), asked)
    assert page.status_code == 200
    assert names(page) == ["Dana"]
    assert bool(page.context["form"].errors) == ("page" not in asked)


def test_resolved_flags_and_those_who_left_are_no_longer_there(cast, alice):
    lifecycle.resolve_flag(flag(cast.dana), cast.alice.user, "Called her.")
    gone = make.client(cast.alice, "Gone")
    flag(gone)
    departure.leave_clinic(gone, by=None)
    page = alice.get(url("index"))
    assert names(page) == ["Dana"]
    assert page.context["needing"] == 0
    assert "Nobody needs a look now" in page_text(page)


@pytest.mark.django_db
def test_a_clinic_without_clients_is_shown_how_to_begin():
    page = signed_in(make.practitioner(make.clinic(), "Alice")).get(url("index"))
    assert "First steps at Riverside Physio" in page_text(page)
    assert f'href="{url("invite")}"' in page.content.decode()
    assert '<ol class="pl-worklist"' not in page.content.decode()


def test_fifty_clients_fill_a_page(cast, alice):
    for number in range(50):
        make.invited(cast.alice, f"Client{number:02}")
    first, second = alice.get(url("index")), alice.get(url("index"), {"page": 2})
    assert (len(names(first)), names(second)) == (50, ["Client49"])
    assert "Page 1 of 2" in page_text(first)


def test_the_number_of_queries_does_not_grow_with_the_clients(cast, alice, django_assert_max_num_queries):
    counts = {}
    for wanted in (3, 40):
        while (number := Client.objects.filter(practitioner=cast.alice).count()) < wanted:
            prescription = make.prescription(make.client(cast.alice, f"Client{number:02}"))
            make.report(prescription, 4, 8 if number % 2 else 3)
        with django_assert_max_num_queries(12) as asked:
            page = alice.get(url("index"))
        assert len(names(page)) == wanted
        counts[wanted] = len(asked)
    assert counts[3] == counts[40]


def test_what_a_client_is_called_cannot_become_markup(cast, alice):
    make.invited(cast.alice, "<script>alert(1)</script>", email="x@home.example")
    page = alice.get(url("index")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_who_has_no_exercise_yet_leads_to_prescribing(cast, alice):
    page = alice.get(url("index")).content.decode()
    assert f'href="{url("prescribe", cast.dana.pk)}"' in page
    assert not Prescription.objects.exists()
