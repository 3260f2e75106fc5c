"""The invitations that are out: what became of each, sent again, reminded, withdrawn."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.clients import invitations
from clinic.models import Client, Practitioner
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url

LONG_AGO = timezone.now() - dt.timedelta(days=8)


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def frida(cast):
    return make.invited(cast.alice, "Frida")


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "Waits to go out · link works until"),
        ({"try_at": timezone.now() + dt.timedelta(hours=1)}, "Goes out in a few minutes"),
        ({"state": "sent", "sent_at": LONG_AGO}, "Mailed 8 days ago · link works until"),
        ({"state": "sent", "sent_at": LONG_AGO, "valid_until": LONG_AGO}, "Mailed 8 days ago · link works no more"),
        ({"state": "bounced", "status_detail": "550 no such user"}, "Came back: 550 no such user"),
        (
            {"state": "failed", "status_detail": "recipient refused: 550 5.1.1"},
            "Refused: the mail server does not take this address",
        ),
    ],
)
def test_each_says_what_became_of_the_last_mail(alice, frida, changed, text):
    frida.invitations.update(**changed)
    page = page_text(alice.get(url("invite")))
    assert "1 invitation is out" in page
    assert text in page


def test_who_has_joined_is_not_among_them_nor_are_those_of_others(cast, alice):
    make.invited(cast.bob, "Gustav")
    make.invited(cast.charlie, "Hanna")
    page = page_text(alice.get(url("invite")))
    assert "0 invitations are out" in page
    assert "Nobody is waiting to join." in page


def test_those_ticked_get_a_new_link(cast, alice, frida):
    gustav = make.invited(cast.alice, "Gustav")
    page = alice.post(url("resend_invitations"), {"client": [frida.pk, gustav.pk, cast.dana.pk]}, follow=True)
    assert flash_messages(page) == [
        "2 new invitations are on their way. 1 person has joined or left in the meantime, and stays as they are."
    ]
    assert [row.invitations.count() for row in (frida, gustav, cast.dana)] == [2, 2, 1]


def test_all_who_have_not_answered_for_a_week_are_reminded_by_one_press(cast, alice, frida):
    frida.invitations.update(state="sent", sent_at=LONG_AGO)
    make.invited(cast.alice, "Gustav")
    page = alice.get(url("invite"))
    assert "1 has not answered for a week." in page_text(page)
    assert flash_messages(alice.post(url("resend_invitations"), {"remind": "1"}, follow=True)) == [
        "1 new invitation is on its way."
    ]
    assert "has not answered for a week" not in page_text(alice.get(url("invite")))
    assert flash_messages(alice.post(url("resend_invitations"), {"remind": "1"}, follow=True)) == [
        "Nobody was chosen, so nothing was sent."
    ]


def test_withdrawing_asks_first(alice, frida):
    page = alice.post(url("withdraw_invitations"), {"client": frida.pk})
    assert "The link in this mail stops working at once" in page_text(page)
    assert Client.objects.filter(pk=frida.pk).exists()
    page = alice.post(url("withdraw_invitations"), {"client": frida.pk, "confirmed": "1"}, follow=True)
    assert flash_messages(page) == ["The invitation to Frida is withdrawn. Its link works no more."]
    assert not Client.objects.filter(pk=frida.pk).exists()


def test_of_whom_something_is_prescribed_it_says_what_happens(cast, alice, frida):
    make.prescription(frida)
    page = alice.get(url("withdraw_invitations"), {"client": frida.pk})
    assert "An exercise is prescribed already: it ends" in page_text(page)
    alice.post(url("withdraw_invitations"), {"client": frida.pk, "confirmed": "1"})
    assert Client.objects.get(pk=frida.pk).state == "left"


def test_looking_withdraws_nothing(alice, frida):
    alice.get(url("withdraw_invitations"), {"client": frida.pk, "confirmed": "1"})
    assert Client.objects.filter(pk=frida.pk).exists()


def test_who_joined_meanwhile_is_told(cast, alice, frida):
    for form in ({"client": cast.dana.pk}, {"client": cast.dana.pk, "confirmed": "1"}):
        page = alice.post(url("withdraw_invitations"), form, follow=True)
        assert flash_messages(page) == ["1 person has joined or left in the meantime, and stays as they are."]
    page = alice.post(url("withdraw_invitations"), {"client": [frida.pk, cast.dana.pk], "confirmed": "1"}, follow=True)
    assert flash_messages(page)[0].startswith("The invitation to Frida is withdrawn.")


@pytest.mark.parametrize("act", ["resend_invitations", "withdraw_invitations"])
def test_nobody_acts_on_others_clients(cast, frida, act):
    for person in (cast.bob, cast.charlie, cast.dana.user, make.practitioner(cast.alice.clinic, "Fred", "front_desk")):
        assert signed_in(person).post(url(act), {"client": frida.pk, "confirmed": "1"}).status_code == 404
    assert frida.invitations.filter(withdrawn_at=None).count() == 1


@pytest.mark.parametrize("act", ["resend_invitations", "withdraw_invitations"])
@pytest.mark.parametrize("number", ["x", "-1", "٣", "9" * 40, "987654", "1\x00"])
def test_a_number_that_is_nobodys(alice, act, number):
    assert alice.post(url(act), {"client": number}).status_code == 404


def test_who_works_at_two_clinics_acts_at_each(cast, alice, frida):
    second = make.clinic("Second Street")
    here = Practitioner.objects.create(user=cast.alice.user, clinic=second, name="Alice")
    hanna = make.invited(here, "Hanna")
    assert "Second Street" in page_text(alice.get(url("invite")))
    alice.post(url("withdraw_invitations"), {"client": [frida.pk, hanna.pk], "confirmed": "1"})
    assert not Client.objects.filter(pk__in=[frida.pk, hanna.pk]).exists()


def test_the_page_asks_no_more_for_many_than_for_few(cast, alice, django_assert_max_num_queries):
    for number in range(12):
        invitations.resend_invitation(make.invited(cast.alice, f"Client{number}"), by=cast.alice)
    with django_assert_max_num_queries(12):
        alice.get(url("invite"))


def test_a_client_page_leads_to_withdrawing(alice, frida):
    assert f"{url('withdraw_invitations')}?client={frida.pk}" in alice.get(url("client", frida.pk)).content.decode()
