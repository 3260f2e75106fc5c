"""What one finds in the demo clinic right after `make run`."""

import datetime as dt

from django.contrib.auth import get_user_model
from django.core import mail

from clinic.conf import conf
from clinic.demo import people
from clinic.mail.outbox import send_due
from clinic.models import (
    AdviceText,
    Client,
    Clinic,
    Flag,
    FlagEvent,
    Invitation,
    Notice,
    PainReport,
    Practitioner,
    Prescription,
    Registrant,
    Reminder,
)
from clinic.practice import settings as practice_settings
from clinic.reminders import planning
from tests.commands.conftest import run_demo

TWO_MINUTES = dt.timedelta(minutes=2)


def person(first_name):
    return Client.objects.get(name__startswith=first_name)


def test_an_owner_two_practitioners_and_a_dozen_clients(demo):
    roles = ["front_desk", "owner", "practitioner", "practitioner"]
    assert sorted(Practitioner.objects.values_list("role", flat=True)) == roles
    assert Client.objects.count() == 12
    owner, alice, bob = (Practitioner.objects.get(name__startswith=name) for name in ("Olivia", "Alice", "Bob"))
    seen = [Client.objects.treated_by(person.user).count() for person in (owner, alice, bob)]
    assert seen == [12, 7, 5]


def test_each_kind_of_flag_is_open_and_none_more(demo):
    found = {flag.kind: flag.prescription.client.first_name for flag in Flag.objects.unresolved()}
    assert found == {
        "red_flag": "Walter",
        "exercise_hurts": "Inés",
        "worsening": "Ruth",
        "silent": "Samuel",
        "undeliverable": "Priya",
    }
    assert Flag.objects.unresolved().count() == 5


def test_the_rules_raised_them_with_the_reports_behind_them(demo):
    for flag in Flag.objects.filter(kind__in=["red_flag", "exercise_hurts", "worsening"]):
        assert flag.raised_by is not None
        assert flag.raised_by in flag.evidence.all()
        assert flag.raised_at == flag.raised_by.received_at


def test_a_warning_sign_and_a_hurting_exercise_are_held(demo):
    held = Prescription.objects.filter(state="held").values_list("client__name", flat=True)
    assert {name.split()[0] for name in held} == {"Walter", "Inés", "Hanna"}


def test_one_was_held_seen_and_resumed(demo):
    tomas = person("Tomás").prescriptions.get()
    assert list(tomas.changes.values_list("new", flat=True)) == ["held", "active"]
    assert tomas.dose.variation == "chair"
    notes = FlagEvent.objects.filter(flag__prescription=tomas, verb="resolved").values_list("note", flat=True)
    assert list(notes) == ["He bent too far. Now with his hands on a chair seat."]


def test_dana_is_due_today_and_has_not_reported_today(demo):
    bend = person("Dana").prescriptions.get()
    schedule = bend.schedules.get(active=True)
    assert (schedule.next_slot, bend.state) == (demo.now.date(), "active")
    assert bend.reports.count() > 15
    assert not bend.reports.filter(occurred_at__date=demo.now.date()).exists()


def test_real_reminders_go_out_within_two_minutes(demo):
    soon = demo.now + TWO_MINUTES
    planning.create_due_reminders(soon)
    send_due(Reminder, soon)
    recipients = {address for message in mail.outbox for address in message.to}
    assert recipients == {
        "Dana Whitfield <dana@demo.example>",
        "Greta Hoffmann <greta@demo.example>",
        "Tomás Silva <tomas@demo.example>",
    }
    unsent = Reminder.objects.filter(due_at__gt=demo.now, state="skipped")
    assert {(row.schedule.prescription.client.first_name, row.status_detail) for row in unsent} == {
        ("Pavel", "paused"),
        ("Priya", "undeliverable"),
    }


def test_one_invitation_waits_and_goes_out_and_one_has_waited_for_an_answer(demo):
    assert Invitation.objects.filter(state="ready").count() == 1
    send_due(Invitation, demo.now + TWO_MINUTES)
    assert [message.to[0] for message in mail.outbox] == ["Leo Martin <leo@demo.example>"]
    assert [row.first_name for row in Client.objects.unanswered(demo.now - dt.timedelta(days=7), 3)] == ["Mei"]


def test_the_practitioners_hear_of_the_last_hours(demo):
    send_due(Notice, demo.now + TWO_MINUTES)
    assert sorted(message.to[0] for message in mail.outbox) == [
        "Alice Moreau <alice@demo.example>",
        "Bob Lindqvist <bob@demo.example>",
    ]


def test_two_people_registered_and_wait_to_be_taken_on(demo):
    waiting = Registrant.objects.waiting()
    assert [row.name for row in waiting] == ["Nora Ellis", "Kofi Mensah"]
    assert {mail.state for row in waiting for mail in row.confirmations.all()} == {"sent"}


def test_making_it_mails_nothing(demo):
    assert Reminder.objects.filter(state="sent").count() > 50
    assert mail.outbox == []


def test_nothing_lies_in_the_future(demo):
    assert not PainReport.objects.filter(received_at__gt=demo.now).exists()
    assert not Flag.objects.filter(raised_at__gt=demo.now).exists()
    assert not Reminder.objects.filter(sent_at__gt=demo.now).exists()


def test_reports_that_came_by_a_mail_are_linked_to_it(demo):
    by_mail = PainReport.objects.filter(source="mail")
    assert by_mail.exists()
    assert all(report.reminder.state == "sent" and report.by is None for report in by_mail)


def test_the_printed_sign_ins_open_the_site(demo, client):
    lines = [line.split() for line in demo.printed.splitlines()]
    assert [(role, email) for role, email, _password, _address in lines] == [
        ("owner", "owner@demo.example"),
        ("practitioner", "alice@demo.example"),
        ("practitioner", "bob@demo.example"),
        ("front-desk", "fran@demo.example"),
        ("client", "dana@demo.example"),
        ("site-staff", "staff@demo.example"),
    ]
    for role, email, password, address in lines:
        client.logout()
        answer = client.post("/accounts/login/", {"login": email, "password": password})
        assert answer.status_code == 302, role
        assert address.endswith(answer["Location"]), role
        assert str(client.session["_auth_user_id"]) == str(get_user_model().objects.get(email=email).pk)


def test_who_runs_the_site_sees_the_clinic_and_no_client(demo, client):
    client.post("/accounts/login/", {"login": "staff@demo.example", "password": people.PASSWORD})
    page = client.get("/admin/").content.decode()
    assert "Harbour Street Physiotherapy" in page
    assert [name for name in Client.objects.values_list("name", flat=True) if name in page] == []
    assert client.get("/admin/clients/").status_code == 404
    assert client.get(f"/admin/clients/{person('Dana').pk}/").status_code == 404


def test_the_clinic_has_a_logo_and_a_colour_that_can_be_read(demo):
    clinic = Clinic.objects.get(slug="demo")
    assert clinic.logo.size > 0
    assert clinic.accent != Clinic().accent
    assert practice_settings.is_readable(clinic.accent)


def test_the_other_clients_sign_in_by_a_code(demo):
    assert not person("Greta").user.has_usable_password()
    assert person("Dana").user.check_password(people.PASSWORD)


def test_one_advice_is_in_the_clinics_own_words_and_was_read_so(demo):
    own = AdviceText.objects.get()
    assert "{first_name}" in own.text
    assert PainReport.objects.filter(advice_text=own).exists()


def test_somebody_waits_to_accept_an_invitation(demo):
    assert Client.objects.filter(state="invited").exists()


def test_an_empty_clinic_beside_it_shows_how_one_begins(demo, client):
    for _again in range(2):
        assert "new-owner     nina@demo.example" in run_demo(demo.now, "--empty")
    assert Client.objects.count() == 12
    client.force_login(Practitioner.objects.get(name__startswith="Nina").user)
    page = client.get(conf.worklist_path)
    assert page.context["onboarding"].done_count == 0
