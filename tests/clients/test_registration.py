"""Registering on the public page: written down once, confirmed by mail, decided by the clinic, deleted at a wish."""

import datetime as dt

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic import audit, signals
from clinic.accounts.users import SignInNeeded
from clinic.clients import acceptance, invitations, registration
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, Confirmation, Invitation, Practitioner, Registrant
from tests import make

MINUTE, DAY = dt.timedelta(minutes=1), dt.timedelta(days=1)
State = Registrant.State


def register(cast, email="nora@home.example", name="Nora Ellis", now=None):
    registration.register_visitor(cast.alice.clinic, name=name, email=email, language="en", now=now)


def mails_to(address):
    return Confirmation.objects.filter(registrant__email=address).count()


def test_a_new_address_is_written_down_and_gets_a_mail(cast):
    register(cast, email=" Nora@Home.example ", name="  Nora   Ellis ")
    nora = Registrant.objects.get()
    assert (nora.name, nora.email, nora.state, nora.user) == (
        "Nora Ellis",
        "nora@home.example",
        State.UNCONFIRMED,
        None,
    )
    assert nora.consented_at is not None
    assert send_due(Confirmation) == {"sent": 1}
    assert mail.outbox[0].to == ["nora@home.example"]
    assert not get_user_model().objects.filter(email="nora@home.example").exists()


@pytest.mark.parametrize(
    ("invalid", "field"),
    [
        ({"name": "   "}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"email": "nora"}, "email"),
        ({"email": ""}, "email"),
        ({"email": f"{'n' * 300}@home.example"}, "email"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(cast, invalid, field):
    with pytest.raises(ValidationError) as refused:
        register(cast, **invalid)
    assert field in refused.value.message_dict
    assert not Registrant.objects.exists()


def test_a_second_press_brings_no_second_mail(cast):
    now = timezone.now()
    register(cast, now=now)
    register(cast, email="NORA@home.example", now=now + 9 * MINUTE)
    assert (Registrant.objects.count(), mails_to("nora@home.example")) == (1, 1)
    register(cast, now=now + 11 * MINUTE)
    assert mails_to("nora@home.example") == 2


def test_one_address_gets_three_mails_a_day_at_most(cast):
    now = timezone.now()
    for hour in range(10):
        register(cast, now=now + dt.timedelta(hours=hour))
    assert mails_to("nora@home.example") == 3
    register(cast, now=now + DAY + MINUTE)
    assert mails_to("nora@home.example") == 4


def test_who_writes_the_name_anew_before_confirming_is_known_by_the_new_one(cast):
    register(cast, name="Nroa")
    register(cast, name="Nora")
    assert Registrant.objects.get().name == "Nora"
    make.confirmed(Registrant.objects.get())
    register(cast, name="Somebody Else")
    assert Registrant.objects.get().name == "Nora"


def test_confirming_makes_a_sign_in_and_lets_the_clinic_know(cast, django_capture_on_commit_callbacks):
    received = []

    def hear(**kwargs):
        received.append((kwargs["registrant"], kwargs["user"]))

    signals.registrant_joined.connect(hear)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            nora = make.registrant(cast.alice.clinic)
    finally:
        signals.registrant_joined.disconnect(hear)
    assert (nora.state, nora.created_sign_in) == (State.WAITING, True)
    assert nora.user.email == "nora@home.example"
    assert received == [(nora, nora.user)]
    assert list(Registrant.objects.visible_to(cast.alice.user)) == [nora]


def test_the_password_is_optional_and_judged(cast):
    register(cast)
    confirmation = Confirmation.objects.get()
    with pytest.raises(ValidationError, match="too common"):
        registration.confirm_registrant(confirmation, password="12345678")
    assert Registrant.objects.get().state == State.UNCONFIRMED
    account = registration.confirm_registrant(confirmation, password="a quiet river bank")
    assert account.check_password("a quiet river bank")


def test_a_link_confirms_once(cast):
    register(cast)
    confirmation = Confirmation.objects.get()
    registration.confirm_registrant(confirmation)
    with pytest.raises(registration.ConfirmationUnusable):
        registration.confirm_registrant(confirmation)
    with pytest.raises(registration.ConfirmationUnusable):
        registration.usable_confirmation(confirmation.pk)
    assert get_user_model().objects.filter(email="nora@home.example").count() == 1


def test_an_old_link_confirms_nothing(cast):
    register(cast)
    with pytest.raises(registration.ConfirmationUnusable):
        registration.confirm_registrant(Confirmation.objects.get(), now=timezone.now() + 3 * DAY + MINUTE)


def test_only_the_owner_of_a_sign_in_confirms_its_address(cast):
    account = make.user("Nora@home.example")
    register(cast)
    confirmation = Confirmation.objects.get()
    for somebody in (None, cast.alice.user):
        with pytest.raises(SignInNeeded):
            registration.confirm_registrant(confirmation, user=somebody)
    assert registration.confirm_registrant(confirmation, user=account) == account
    assert Registrant.objects.get().created_sign_in is False


def test_a_client_of_the_clinic_who_registers_does_not_wait(cast):
    register(cast, email=cast.dana.email)
    registration.confirm_registrant(Confirmation.objects.get(), user=cast.dana.user)
    row = Registrant.objects.get()
    assert (row.state, row.client) == (State.ACCEPTED, cast.dana)


def test_accepting_invites_a_client_and_tells_who_decided(cast):
    nora = make.registrant(cast.alice.clinic)
    client = invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    nora.refresh_from_db()
    assert (nora.state, nora.client, nora.decided_by) == (State.ACCEPTED, client, cast.alice)
    assert (client.state, client.practitioner, client.consented_at) == (Client.State.INVITED, cast.alice, None)
    assert Invitation.objects.get(client=client).invited_by == cast.alice
    assert set(AuditEntry.objects.filter(actor=cast.alice.user).values_list("verb", flat=True)) == {
        "registrant_accepted",
        "client_invited",
    }


def test_the_owner_may_choose_the_practitioner_and_nobody_else_may(cast):
    owner = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)
    desk = make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)
    nora = make.registrant(cast.alice.clinic)
    elsewhere = make.practitioner(cast.charlie.clinic, "Ida", Practitioner.Role.OWNER)
    refused = [(cast.bob, cast.alice), (desk, owner), (desk, desk), (cast.charlie, cast.charlie), (cast.bob, elsewhere)]
    for practitioner, by in refused:
        with pytest.raises(ValidationError):
            invitations.accept_registrant(nora, practitioner, by=by)
    assert invitations.accept_registrant(nora, cast.bob, by=owner).practitioner == cast.bob
    assert AuditEntry.objects.filter(verb="client_invited", actor=owner.user).count() == 1


def test_it_is_decided_once(cast):
    nora = make.registrant(cast.alice.clinic)
    invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    with pytest.raises(ValidationError, match="decided already"):
        invitations.accept_registrant(nora, cast.bob, by=cast.bob)
    assert not registration.decline_registrant(nora, by=cast.bob)
    assert Client.objects.filter(email=nora.email).count() == 1


def test_a_declined_registrant_keeps_the_library_and_may_be_taken_on_later(cast):
    nora = make.registrant(cast.alice.clinic)
    assert not registration.decline_registrant(nora, by=cast.charlie)
    assert registration.decline_registrant(nora, by=cast.alice)
    assert not registration.decline_registrant(nora, by=cast.alice)
    assert Registrant.objects.for_user(nora.user).exists()
    assert invitations.accept_registrant(nora, cast.alice, by=cast.alice).state == Client.State.INVITED


def test_an_accepted_registrant_joins_by_the_invitation(cast):
    nora = make.registrant(cast.alice.clinic)
    client = invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    acceptance.accept_invitation(client.invitations.get(), user=nora.user)
    assert Client.objects.for_user(nora.user).get() == client


def test_withdrawing_deletes_the_registration_its_mails_and_the_sign_in_it_made(cast):
    nora = make.registrant(cast.alice.clinic)
    registration.withdraw_registration(nora)
    assert not Registrant.objects.exists()
    assert not Confirmation.objects.exists()
    assert not get_user_model().objects.filter(email="nora@home.example").exists()
    assert AuditEntry.objects.filter(verb="registration_withdrawn", actor=None).count() == 1


def test_withdrawing_twice_is_withdrawing_once(cast):
    nora = make.registrant(cast.alice.clinic)
    again = Registrant.objects.get(pk=nora.pk)
    registration.withdraw_registration(nora)
    registration.withdraw_registration(again)
    assert AuditEntry.objects.filter(verb="registration_withdrawn").count() == 1


def test_withdrawing_deletes_an_invitation_that_was_not_taken_up(cast):
    nora = make.registrant(cast.alice.clinic)
    invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    registration.withdraw_registration(nora)
    assert not Client.objects.filter(email="nora@home.example").exists()
    assert not get_user_model().objects.filter(email="nora@home.example").exists()


def test_withdrawing_leaves_a_plan_that_was_made_and_a_client_who_joined(cast):
    nora, paul = make.registrant(cast.alice.clinic), make.registrant(cast.alice.clinic, "Paul")
    make.prescription(invitations.accept_registrant(nora, cast.alice, by=cast.alice))
    joined = invitations.accept_registrant(paul, cast.alice, by=cast.alice)
    acceptance.accept_invitation(joined.invitations.get(), user=paul.user)
    for registrant in (nora, paul):
        registration.withdraw_registration(registrant)
    assert Client.objects.filter(name__in=["Nora", "Paul"]).count() == 2
    assert get_user_model().objects.filter(pk=paul.user_id).exists()


def test_withdrawing_leaves_a_client_who_joins_in_this_very_moment(cast, monkeypatch):
    nora = make.registrant(cast.alice.clinic)
    client = invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    record = audit.record

    def joins_meanwhile(actor, verb, *what):
        record(actor, verb, *what)
        if verb == "registration_withdrawn":
            acceptance.accept_invitation(client.invitations.get(), user=nora.user)

    monkeypatch.setattr(audit, "record", joins_meanwhile)
    registration.withdraw_registration(nora)
    assert Client.objects.get(pk=client.pk).state == Client.State.JOINED
    assert get_user_model().objects.filter(pk=nora.user_id).exists()


def test_withdrawing_leaves_a_sign_in_that_was_there_before(cast):
    account = make.user("nora@home.example")
    register(cast)
    registration.confirm_registrant(Confirmation.objects.get(), user=account)
    registration.withdraw_registration(Registrant.objects.get())
    assert get_user_model().objects.filter(pk=account.pk).exists()


def test_who_never_confirms_is_forgotten_when_the_last_link_has_run_out(cast):
    now = timezone.now()
    register(cast, now=now)
    register(cast, now=now + DAY)
    waiting = make.registrant(cast.alice.clinic, "Paul")
    assert registration.delete_unconfirmed(now + 3 * DAY + MINUTE) == 0
    assert registration.delete_unconfirmed(now + 4 * DAY + MINUTE) == 1
    assert list(Registrant.objects.all()) == [waiting]


def test_nobody_of_another_clinic_and_no_unproven_address_is_shown(cast):
    register(cast, email="unproven@home.example")
    nora = make.registrant(cast.alice.clinic)
    assert list(Registrant.objects.visible_to(cast.bob.user)) == [nora]
    assert not Registrant.objects.visible_to(cast.charlie.user).exists()
    assert not Registrant.objects.visible_to(nora.user).exists()
    assert not Registrant.objects.decided_on_by(cast.charlie.user).exists()
    desk = make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)
    assert list(Registrant.objects.visible_to(desk.user)) == [nora]
    assert not Registrant.objects.decided_on_by(desk.user).exists()


@pytest.mark.parametrize(
    "broken",
    [{"state": "lost"}, {"state": "accepted"}, {"user": None}, {"confirmed_at": None}, {"state": "unconfirmed"}],
)
def test_the_database_keeps_a_registrant_whole(cast, broken):
    nora = make.registrant(cast.alice.clinic)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registrant.objects.filter(pk=nora.pk).update(**broken)


def test_one_address_registers_once_at_a_clinic(cast):
    nora = make.registrant(cast.alice.clinic)
    twin = Registrant(clinic=nora.clinic, name="Twin", email="NORA@home.example", consented_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
