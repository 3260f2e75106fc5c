"""Importing: what would happen to each row, then all that are right or none."""

import datetime as dt
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies as st

from clinic.clients import csv_import, csv_reader, invitation_mail
from clinic.clients.csv_import import RowOutcome
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, Invitation, Practitioner, Registrant
from tests import make
from tests.clients.tables import looked, many, rows

FULL = "Name,E-mail,Language,Time zone,Usually gets up at,Practitioner"


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)


def stored():
    return Client.objects.count(), Invitation.objects.count(), AuditEntry.objects.count()


def test_a_row_becomes_a_client_of_the_importer_with_an_invitation(cast):
    clients = csv_import.import_clients(rows(" Frida  Kern ,Frida@Home.example"), cast.alice)
    frida = Client.objects.get(email="frida@home.example")
    assert [client.pk for client in clients] == [frida.pk]
    assert (frida.name, frida.practitioner, frida.clinic, frida.state) == (
        "Frida Kern", cast.alice, cast.alice.clinic, "invited",
    )  # fmt: skip
    assert Invitation.objects.get(client=frida).invited_by == cast.alice
    assert AuditEntry.objects.filter(verb="client_invited", target_kind="client", target_id=frida.pk).count() == 1


def test_what_is_left_empty_is_the_clinics(cast):
    cast.alice.clinic.time_zone, cast.alice.clinic.language = "America/Lima", "es"
    (line,) = looked(cast.alice, "Frida,f@home.example,,,,", head=FULL)
    assert (line.client.time_zone, line.client.language, line.client.wakes_at) == ("America/Lima", "es", dt.time(7, 0))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("7", (7, 0)), ("7:30", (7, 30)), ("07:30", (7, 30)), ("07:30:00", (7, 30)), ("7.30", (7, 30)),
        ("7h30", (7, 30)),
        ("7:30 am", (7, 30)), ("12:15 a.m.", (0, 15)), ("1 PM", (13, 0)), ("06:45 h", (6, 45)),
    ],
)  # fmt: skip
def test_times_as_people_write_them(cast, given, read):
    (line,) = looked(cast.alice, f"Frida,f@home.example,,,{given},", head=FULL)
    assert (line.outcome, line.client.wakes_at) == (RowOutcome.INVITE, dt.time(*read))


@pytest.mark.parametrize("given", ["es", "ES", "es-MX", "es_MX", "Spanish", "español", "Español"])
def test_languages_as_people_write_them(cast, given):
    (line,) = looked(cast.alice, f"Frida,f@home.example,{given},,,", head=FULL)
    assert (line.outcome, line.client.language) == (RowOutcome.INVITE, "es")


@pytest.mark.parametrize(
    ("row", "field", "complaint"),
    [
        (",f@home.example,,,,", "name", "Write the client's name."),
        (f"{'x' * 121},f@home.example,,,,", "name", "at most 120 characters"),
        ("Frida,,,,,", "email", "Write the client's mail address."),
        ("Frida,frida at home,,,,", "email", "Enter a valid email address."),
        (f"Frida,{'x' * 250}@home.example,,,,", "email", "at most 254 characters"),
        ("Frida,f@home.example,Klingon,,,", "language", "“Klingon” is not a language here. Use one of: en, es."),
        ("Frida,f@home.example,,Mars/Olympus,,", "time_zone", "is not a time zone. Use an IANA name"),
        ("Frida,f@home.example,,../../etc/passwd,,", "time_zone", "is not a time zone"),
        ("Frida,f@home.example,,,25:00,", "wakes_at", "Write a time of day such as 07:00."),
        ("Frida,f@home.example,,,13 pm,", "wakes_at", "Write a time of day such as 07:00."),
        ("Frida,f@home.example,,,early,", "wakes_at", "Write a time of day such as 07:00."),
        ("Frida,f@home.example,,,,Bob", "practitioner", "Only the owner may choose a colleague."),
        ("Kern, Frida,f@home.example,,,,Bob", "row", "It has more cells than the first line: “Bob”."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_others_are_invited(cast, row, field, complaint):
    given = [row, "Gustav,gustav@home.example,,,,"]
    bad, good = looked(cast.alice, *given, head=FULL)
    assert (bad.outcome, good.outcome) == (RowOutcome.INVALID, RowOutcome.INVITE)
    assert complaint in " ".join(bad.errors[field])
    clients = csv_import.import_clients(rows(*given, head=FULL), cast.alice)
    assert [client.name for client in clients] == ["Gustav"]


def test_an_owner_names_the_practitioner_by_name_or_address(cast, olga):
    lines = looked(
        olga,
        "A,a@home.example,,,,bob",
        f"B,b@home.example,,,,{cast.alice.email.upper()}",
        "C,c@home.example,,,,",
        "D,d@home.example,,,,Charlie",
        head=FULL,
    )
    assert [line.client.practitioner for line in lines[:3]] == [cast.bob, cast.alice, olga]
    assert lines[3].errors == {
        "practitioner": ["Nobody who treats here is called so. Write their name or their mail address."]
    }


def test_two_colleagues_of_one_name_and_who_treats_nobody(cast, olga):
    Practitioner.objects.create(user=make.user("b2@home.example"), clinic=olga.clinic, name="Bob")
    make.practitioner(olga.clinic, "Fred", Practitioner.Role.FRONT_DESK)
    two, desk = looked(olga, "A,a@home.example,,,,Bob", "B,b@home.example,,,,Fred", head=FULL)
    assert two.errors == {"practitioner": ["Several here have this name. Write the mail address instead."]}
    assert desk.outcome == RowOutcome.INVALID


def test_who_is_here_already_and_who_is_twice_in_the_table(cast):
    known, first, second, hidden = looked(
        cast.alice, "D,DANA@home.example", "A,a@home.example", "A again,A@home.example", "E,erin@home.example"
    )
    assert (known.outcome, known.existing) == (RowOutcome.EXISTING, cast.dana)
    assert (first.outcome, second.outcome, second.first_line) == (RowOutcome.INVITE, RowOutcome.DUPLICATE, 3)
    assert (hidden.outcome, hidden.existing) == (RowOutcome.EXISTING, None)  # a colleague's client is no news to alice


def test_who_left_may_come_again_and_a_client_of_another_clinic_is_none_of_ours(cast):
    Client.objects.filter(pk=cast.dana.pk).update(state="left")
    make.invited(cast.charlie, "Frida")
    lines = looked(cast.alice, "Dana,dana@home.example", "Frida,frida@home.example")
    assert [line.outcome for line in lines] == [RowOutcome.INVITE, RowOutcome.INVITE]


def test_a_look_writes_nothing_and_asks_three_things_whatever_the_number(cast):
    before = stored()
    for count in (3, 300):
        with CaptureQueriesContext(connection) as asked:
            csv_import.preview_import(many(count), cast.alice)
        assert len(asked) == 3
    assert stored() == before


def test_one_that_fails_in_the_database_leaves_none(cast):
    before = stored()
    with (
        mock.patch.object(invitation_mail, "post_invitations", side_effect=IntegrityError),
        pytest.raises(ValidationError, match="Look again"),
    ):
        csv_import.import_clients(many(5), cast.alice)
    assert stored() == before


@pytest.mark.parametrize("change", [{"role": Practitioner.Role.FRONT_DESK}, {"active": False}])
def test_who_does_not_treat_imports_nobody(cast, change):
    Practitioner.objects.filter(pk=cast.alice.pk).update(**change)
    cast.alice.refresh_from_db()
    before = stored()
    with pytest.raises(ValidationError, match="Only a practitioner may invite a client"):
        csv_import.import_clients(many(2), cast.alice)
    assert stored() == before


def test_a_second_time_nobody_is_invited_twice(cast):
    assert len(csv_import.import_clients(many(4), cast.alice)) == 4
    assert csv_import.import_clients(many(4), cast.alice) == []


def test_who_registered_waits_no_more(cast):
    nora = make.registrant(cast.alice.clinic)
    csv_import.import_clients(rows("Nora,NORA@home.example", "Frida,f@home.example"), cast.alice)
    nora.refresh_from_db()
    assert (nora.state, nora.client.email) == (Registrant.State.ACCEPTED, "nora@home.example")


def test_a_large_import_leaves_room_for_reminders(cast):
    now = timezone.now()
    clients = csv_import.import_clients(many(45), cast.alice, now=now)
    due = sorted(Invitation.objects.filter(client__in=clients).values_list("due_at", flat=True))
    assert [due.count(now + minutes * invitation_mail.BATCH_INTERVAL) for minutes in range(3)] == [20, 20, 5]
    assert invitation_mail.sending_time(45) == 2 * invitation_mail.BATCH_INTERVAL
    assert invitation_mail.sending_time(20) == dt.timedelta()
    assert send_due(Invitation, now)["sent"] == 20
    assert send_due(Invitation, now + 2 * invitation_mail.BATCH_INTERVAL)["sent"] == 25


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=200))
def test_no_text_makes_a_look_fall_over_or_store_anything(cast, body):
    before = stored()
    try:
        table = csv_reader.read_table(f"{FULL}\n{body}")
    except csv_reader.UnreadableTable:
        return
    lines = csv_import.preview_import(table.rows, cast.alice)
    assert len(lines) == len(table.rows)
    assert stored() == before
