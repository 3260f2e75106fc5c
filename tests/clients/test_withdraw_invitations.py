"""An invitation is withdrawn: its link dies, and the same address may be invited anew."""

import pytest
from django.core import mail
from django.core.exceptions import ValidationError

from clinic.clients import acceptance, invitations
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, Invitation, Registrant
from clinic.prescriptions import prescribing
from tests import make


@pytest.fixture
def frida(cast):
    return make.invited(cast.alice, "Frida")


def test_of_whom_nothing_is_known_the_row_goes(cast, frida):
    invitations.withdraw_invitation(frida, by=cast.alice)
    assert not Client.objects.filter(pk=frida.pk).exists()
    assert not Invitation.objects.filter(client_id=frida.pk).exists()
    assert (
        AuditEntry.objects.filter(verb="invitation_withdrawn", target_id=frida.pk, actor=cast.alice.user).count() == 1
    )


def test_the_link_dies_and_a_mail_that_waits_does_not_go(cast, frida):
    row = frida.invitations.get().pk
    invitations.withdraw_invitation(frida, by=cast.alice)
    with pytest.raises(acceptance.InvitationUnusable):
        acceptance.usable_invitation(row)
    assert "sent" not in send_due(Invitation)
    assert mail.outbox == []


def test_who_has_the_link_open_cannot_take_it_any_more(cast, frida):
    opened = acceptance.usable_invitation(frida.invitations.get().pk)
    invitations.withdraw_invitation(frida, by=cast.alice)
    with pytest.raises(acceptance.InvitationUnusable):
        acceptance.accept_invitation(opened, password=make.PASSWORD)


def test_of_whom_something_was_prescribed_the_record_stays_and_the_plan_ends(cast, frida):
    bend = make.prescription(frida)
    invitations.withdraw_invitation(frida, by=cast.alice)
    frida.refresh_from_db()
    bend.refresh_from_db()
    assert (frida.state, bend.state, bend.state_reason) == ("left", "ended", "The invitation was withdrawn.")
    assert frida.left_at is not None
    assert not bend.schedules.filter(active=True).exists()
    with pytest.raises(ValidationError):
        prescribing.prescribe_exercise(frida, make.exercise(), make.dose(), make.nothing_found(), by=cast.alice)


@pytest.mark.parametrize("prescribed", [False, True])
def test_the_same_address_may_be_invited_again(cast, frida, prescribed):
    if prescribed:
        make.prescription(frida)
    invitations.withdraw_invitation(frida, by=cast.alice)
    again = make.invited(cast.bob, "Frida")
    assert (again.state, again.practitioner) == ("invited", cast.bob)


def test_who_registered_waits_again(cast):
    nora = make.registrant(cast.alice.clinic)
    client = invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    invitations.withdraw_invitation(client, by=cast.alice)
    nora.refresh_from_db()
    assert (nora.state, nora.client, nora.decided_by) == (Registrant.State.WAITING, None, None)
    assert invitations.accept_registrant(nora, cast.bob, by=cast.bob).practitioner == cast.bob


def test_who_has_joined_stays(cast):
    with pytest.raises(ValidationError, match="no invitation to withdraw"):
        invitations.withdraw_invitation(cast.dana, by=cast.alice)
    cast.dana.refresh_from_db()
    assert cast.dana.state == "joined"


def test_of_several_those_who_joined_meanwhile_are_left_out(cast, frida):
    gone = invitations.withdraw_invitations([frida, cast.dana], by=cast.alice)
    assert [client.pk for client in gone] == [frida.pk]


def test_nobody_withdraws_at_another_clinic(cast, frida):
    with pytest.raises(ValidationError):
        invitations.withdraw_invitation(frida, by=cast.charlie)
    assert Client.objects.filter(pk=frida.pk, state="invited").exists()
