"""A client leaves: all mail and the sign-in end at once, the mail address goes later, the record stays."""

import datetime as dt

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client as Browser
from django.utils import timezone

from clinic.accounts import users
from clinic.clients import acceptance, departure, invitations
from clinic.flags import lifecycle
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, Flag, Invitation, Prescription, Registrant, Reminder
from clinic.reminders import planning
from clinic.worklist.query import clients_by_need
from config.accounts.adapter import verify_email
from tests import make


@pytest.fixture
def dana(cast):
    make.report(make.prescription(cast.dana), 4, 3)
    return cast.dana


def leave(client):
    done = departure.leave_clinic(client, by=client.user)
    client.refresh_from_db()
    return done


def test_the_record_stays_and_says_since_when(dana):
    before = timezone.now()
    assert leave(dana)
    assert dana.state == Client.State.LEFT
    assert before <= dana.left_at <= timezone.now()
    assert dana.name == "Dana"
    assert dana.prescriptions.get().reports.count() == 1
    assert AuditEntry.objects.filter(verb="client_left", target_id=dana.pk).get().actor_id == dana.user_id


def test_no_reminder_goes_out_any_more_not_even_one_that_was_due(dana):
    due = dana.prescriptions.get().schedules.get().next_due_at
    planning.create_due_reminders(due)
    leave(dana)
    send_due(Reminder, due)
    assert mail.outbox == []
    assert Reminder.objects.latest("due_at").status_detail == "ended"
    assert planning.create_due_reminders(due + dt.timedelta(days=3)) == 0
    assert dana.prescriptions.get().state == Prescription.State.ENDED


def test_the_sign_in_is_closed_and_its_sessions_end(dana, django_capture_on_commit_callbacks):
    verify_email(dana.user)
    browser = Browser()
    browser.force_login(dana.user)
    assert browser.get("/portal/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        leave(dana)
    assert browser.get("/portal/").status_code == 302
    assert not dana.user.is_active
    assert not dana.user.has_usable_password()
    assert "dana" not in f"{dana.user.email} {dana.user.get_username()} {dana.user.get_full_name()}".lower()
    assert not EmailAddress.objects.filter(user=dana.user).exists()
    assert users.find_user("dana@home.example") is None


def test_links_in_mails_and_the_calendar_open_nothing(dana):
    Client.objects.filter(pk=dana.pk).update(calendar_key="key")
    leave(dana)
    assert dana.calendar_key is None
    assert dana.reminders_wanted is False


def test_leaving_twice_changes_nothing(dana):
    leave(dana)
    left_at = dana.left_at
    assert not leave(dana)
    assert dana.left_at == left_at
    assert AuditEntry.objects.filter(verb="client_left", target_id=dana.pk).count() == 1


def test_who_is_a_client_elsewhere_too_keeps_the_sign_in_for_that(cast, dana):
    there = make.invited(cast.charlie, email=dana.email)
    acceptance.accept_invitation(there.invitations.get(), user=dana.user)
    assert departure.keeps_sign_in(dana)
    leave(dana)
    assert dana.user.is_active
    assert dana.user.email == "dana@home.example"
    there.refresh_from_db()
    assert there.state == Client.State.JOINED


def test_who_works_here_keeps_the_sign_in(cast):
    herself = make.invited(cast.charlie, "Alice", email=cast.alice.email)
    acceptance.accept_invitation(herself.invitations.get(), user=cast.alice.user)
    herself.refresh_from_db()
    leave(herself)
    cast.alice.user.refresh_from_db()
    assert cast.alice.user.is_active


def test_a_registration_at_the_same_clinic_goes_with_it(cast):
    nora = make.registrant(cast.alice.clinic)
    client = invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    acceptance.accept_invitation(client.invitations.get(), user=nora.user)
    client.refresh_from_db()
    assert not departure.keeps_sign_in(client)
    leave(client)
    assert not Registrant.objects.exists()
    assert not client.user.is_active


def test_the_mail_address_goes_after_thirty_days(dana):
    leave(dana)
    assert departure.delete_expired_addresses(dana.left_at + dt.timedelta(days=29)) == 0
    assert departure.delete_expired_addresses(dana.left_at + dt.timedelta(days=30)) == 1
    assert departure.delete_expired_addresses(dana.left_at + dt.timedelta(days=31)) == 0
    dana.refresh_from_db()
    assert dana.email == ""


def test_the_clinic_may_invite_the_same_address_again(cast, dana):
    leave(dana)
    again = make.client(cast.alice)
    assert again.pk != dana.pk
    assert again.user_id != dana.user_id
    assert again.user.is_active


def test_an_invitation_that_is_still_out_is_withdrawn(cast):
    frida = make.invited(cast.alice, "Frida")
    departure.leave_clinic(frida, by=None)
    assert not Invitation.objects.usable(timezone.now()).exists()


def test_a_warning_sign_stays_on_the_worklist_until_it_is_resolved(cast, dana):
    sign = next(one.code for one in make.exercise().precautions_in("en") if one.reported)
    make.report(dana.prescriptions.get(), 5, warning_signs=[sign])
    leave(dana)
    assert dana in clients_by_need(cast.alice.user)
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Called her.")
    assert dana not in clients_by_need(cast.alice.user)


def test_who_left_with_any_other_flag_is_no_longer_there(cast, dana):
    make.report(dana.prescriptions.get(), 4, 8)
    assert Flag.objects.get().severity == Flag.Severity.HIGH
    leave(dana)
    assert dana not in clients_by_need(cast.alice.user)
