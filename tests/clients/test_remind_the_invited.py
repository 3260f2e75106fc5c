"""A new mail to those who have not answered, where it is sensible."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.clients import invitation_mail, invitations
from clinic.clients.invitations import MAX_INVITATIONS, REMIND_AFTER
from clinic.models import Client, Invitation, SkipReason
from tests import make

NOW = timezone.now()
LONG_AGO = NOW - dt.timedelta(days=8)


@pytest.fixture
def frida(cast):
    client = make.invited(cast.alice, "Frida")
    client.invitations.update(state="sent", sent_at=LONG_AGO, settled_at=LONG_AGO)
    return client


def to_remind():
    return list(Client.objects.unanswered(NOW - REMIND_AFTER, MAX_INVITATIONS))


def test_who_was_mailed_a_week_ago_and_has_not_joined(frida):
    assert to_remind() == [frida]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"sent_at": NOW - dt.timedelta(days=6)}, "it is too early"),
        ({"state": "ready", "sent_at": None}, "it has not gone out"),
        ({"state": "bounced", "status_detail": "no such user"}, "it came back"),
        ({"status_detail": SkipReason.COMPLAINED}, "they called it unwanted"),
    ],
)
def test_who_is_left_alone(frida, changed, why):
    frida.invitations.update(**changed)
    assert to_remind() == [], why


def test_after_three_mails_nobody_is_asked_again(cast, frida):
    for _again in range(MAX_INVITATIONS - 1):
        assert to_remind() == [frida]
        invitations.resend_invitation(frida, by=cast.alice)
        Invitation.objects.filter(state="ready").update(state="sent", sent_at=LONG_AGO, settled_at=LONG_AGO)
    assert to_remind() == []


def test_whose_mail_comes_back_is_not_asked(frida):
    Client.objects.filter(pk=frida.pk).update(undeliverable_since=NOW)
    assert to_remind() == []


def test_each_gets_one_new_link_and_the_old_ones_end(cast, frida):
    gustav = make.invited(cast.alice, "Gustav")
    posted = invitations.resend_invitations([frida, gustav, cast.dana], by=cast.alice)
    assert {row.client for row in posted} == {frida, gustav}
    assert {row.invitations.filter(withdrawn_at=None).count() for row in (frida, gustav)} == {1}
    assert cast.dana.invitations.count() == 1


def test_many_go_one_after_the_other(cast):
    clients = [make.invited(cast.alice, f"Client{number}") for number in range(21)]
    posted = invitations.resend_invitations(clients, by=cast.alice, now=NOW)
    assert sorted({row.due_at for row in posted}) == [NOW, NOW + invitation_mail.BATCH_INTERVAL]


def test_a_client_of_another_clinic_is_passed_over(cast, frida):
    assert invitations.resend_invitations([frida], by=cast.charlie) == []
