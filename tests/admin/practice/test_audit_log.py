"""The audit log: who did what, to whom, in words and the newest first."""

from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clinic.models import AuditEntry, Clinic, Practitioner
from clinic.team import members
from tests import make
from tests.admin.browsing import page_text, signed_in, url

LOG = "audit_log"


@pytest.fixture
def owner(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)


@pytest.fixture
def olga(cast, owner):
    make.report(make.prescription(cast.dana), 4, 3)
    return signed_in(owner)


def lines(browser, query=""):
    """(who, did what, to whom) of each line shown."""
    shown = browser.get(url(LOG) + query).context["lines"]
    return [(line.actor, line.act, line.target.name if line.target else line.entry.target_id) for line in shown]


def test_the_owner_reads_who_did_what_to_whom_the_newest_first(olga):
    shown = lines(olga)
    assert shown[0] == ("Dana", "reported pain", "Dana")
    assert ("Alice", "prescribed an exercise", "Dana") in shown[1:]
    page = page_text(olga.get(url(LOG)))
    assert "Alice prescribed an exercise Prescription Dana" in page
    assert "Dana reported pain Pain report Dana" in page


def test_the_name_of_a_client_leads_to_their_page(cast, olga):
    assert f'<a href="{url("client", cast.dana.pk)}">Dana</a>' in olga.get(url(LOG)).content.decode()


def test_the_time_is_the_clinics_own(cast, olga):
    AuditEntry.objects.all()._raw_delete("default")
    Clinic.objects.filter(pk=cast.alice.clinic_id).update(time_zone="Pacific/Kiritimati")
    entry = AuditEntry(clinic=cast.alice.clinic, verb="client_invited", target_kind="client", target_id=cast.dana.pk)
    entry.save()
    there = timezone.localtime(entry.at, ZoneInfo("Pacific/Kiritimati"))  # 14 hours ahead of UTC
    assert f"{there:%Y, %H:%M}" in page_text(olga.get(url(LOG)))


def test_what_is_no_client_is_named_too_and_what_is_gone_has_its_number(cast, owner, olga):
    gina = members.add_member(
        cast.alice.clinic, name="Gina", email="gina@clinic.example", role=Practitioner.Role.PRACTITIONER, by=owner.user
    )
    AuditEntry.objects.create(
        clinic=cast.alice.clinic, verb="registration_withdrawn", target_kind="registrant", target_id=987654
    )
    shown = lines(olga)
    assert shown[0] == ("the rules, or a link in a mail", "withdrew a registration", 987654)
    assert ("Olga", "added a colleague", "Gina") in shown
    assert url("member", gina.pk) in olga.get(url(LOG)).content.decode()


def test_a_kind_without_words_is_shown_as_it_is(cast, olga):
    AuditEntry.objects.create(clinic=cast.alice.clinic, verb="client_invited", target_kind="thing", target_id=7)
    assert "invited a client Thing 7" in page_text(olga.get(url(LOG)))


def test_it_is_narrowed_to_a_person_to_clients_to_the_rules_and_to_an_act(cast, olga):
    AuditEntry.objects.create(
        clinic=cast.alice.clinic, verb="spam_reported", target_kind="client", target_id=cast.dana.pk
    )
    everything = lines(olga)
    assert {who for who, _, _ in lines(olga, f"?actor={cast.alice.pk}")} == {"Alice"}
    assert {who for who, _, _ in lines(olga, "?actor=clients")} == {"Dana", "Erin"}
    assert lines(olga, "?actor=rules") == [("the rules, or a link in a mail", "marked our mail as spam", "Dana")]
    assert {act for _, act, _ in lines(olga, "?verb=prescription_created")} == {"prescribed an exercise"}
    assert lines(olga, f"?actor={cast.bob.pk}&verb=prescription_created") == []
    assert len(everything) > len(lines(olga, f"?actor={cast.alice.pk}"))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("?actor=12345678", "Person: “12345678” is not in the list. Everything is shown."),
        ("?verb=danced", "Act: “danced” is not in the list. Everything is shown."),
    ],
)
def test_a_filter_that_is_none_of_the_list_is_named_and_narrows_nothing(olga, query, message):
    assert message in page_text(olga.get(url(LOG) + query))
    assert lines(olga, query) == lines(olga)


def test_a_colleague_of_another_clinic_is_no_filter(cast, olga):
    assert "is not in the list" in page_text(olga.get(f"{url(LOG)}?actor={cast.charlie.pk}"))


def test_fifty_stand_on_a_page_and_the_filter_goes_along(cast, olga):
    for number in range(55):
        make.invited(cast.bob, f"Client{number}")
    assert len(lines(olga, "?verb=client_invited")) == 50
    page = olga.get(f"{url(LOG)}?verb=client_invited")
    assert "verb=client_invited&amp;page=2" in page.content.decode()
    assert {act for _, act, _ in lines(olga, "?verb=client_invited&page=2")} == {"invited a client"}


def test_the_owner_of_another_clinic_reads_none_of_it(cast, olga):
    page = signed_in(cast.charlie).get(url(LOG))
    assert page.status_code == 200
    for name in ("Dana", "Alice"):
        assert name not in page_text(page)


def test_a_practitioner_does_not_read_it(cast, olga):
    assert signed_in(cast.alice).get(url(LOG)).status_code == 404


def test_nobody_writes_in_it(olga):
    before = AuditEntry.objects.count()
    assert olga.post(url(LOG), {"post": "yes"}).status_code == 405
    assert AuditEntry.objects.count() == before


def test_it_is_read_in_the_readers_language(olga):
    page = page_text(olga.get(url(LOG), headers={"accept-language": "es"}))
    assert "Quién hizo qué" in page
    assert "pautó un ejercicio" in page


def test_the_number_of_queries_does_not_grow_with_the_entries(cast, olga, django_assert_max_num_queries):
    counts = []
    for round_ in range(2):
        for number in range(10):
            make.invited(cast.bob, f"Client{round_}{number}")
            make.report(make.prescription(make.client(cast.alice, f"Erin{round_}{number}")), 4, 3)
        with django_assert_max_num_queries(22) as asked:
            olga.get(url(LOG))
        counts.append(len(asked))
    assert counts[0] == counts[1]
