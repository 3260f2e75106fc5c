"""The link of an invitation: what it is, consent, a sign-in; then the first page."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from clinic.clients import invitations
from clinic.models import Client, Invitation
from tests import make
from tests.portal.visit import invitation_link, send, signed_in, stranger, url, words, writes


@pytest.fixture
def frida(cast):
    return make.invited(cast.alice, "Frida", time_zone="Europe/Madrid")


@pytest.fixture
def path(frida):
    return invitation_link(frida)


def answers(**over):
    return {"agree": "on", "time_zone": "Europe/Lisbon", "password": "", **over}


def not_joined(frida):
    frida.refresh_from_db()
    assert frida.state == Client.State.INVITED
    assert not get_user_model().objects.filter(email=frida.email).exists()
    assert Invitation.objects.get(client=frida).accepted_at is None


def test_a_look_says_who_invites_to_what_and_writes_nothing(path, frida):
    browser = stranger()
    text = words(browser.get(path))
    assert "Welcome, Frida" in text
    assert "Alice of Riverside Physio invites you." in text
    assert "What you agree to" in text
    assert "555 0100" in text
    assert writes(browser, path) == []
    assert browser.head(path).status_code == 200
    not_joined(frida)


def test_the_clinics_guess_of_the_zone_is_chosen(path):
    assert '<option value="Europe/Madrid" selected>' in stranger().get(path).content.decode()


def test_a_zone_off_the_list_is_offered_all_the_same(cast):
    created = make.invited(cast.alice, "Uli", time_zone="UTC")
    page = stranger().get(invitation_link(created)).content.decode()
    assert '<option value="UTC" selected>' in page


def test_joining_signs_in_and_leads_to_the_first_page(path, frida):
    browser = stranger()
    response = send(browser, path, **answers())
    assert (response.status_code, response["Location"]) == (302, url("today"))
    assert "Hello, Frida" in words(browser.get(url("today")))
    frida.refresh_from_db()
    assert (frida.state, frida.time_zone) == (Client.State.JOINED, "Europe/Lisbon")
    assert not frida.user.has_usable_password()


def test_with_a_password_one_can_sign_in_by_it(path, frida):
    send(stranger(), path, **answers(password="a quiet river bank"))
    frida.refresh_from_db()
    assert frida.user.check_password("a quiet river bank")


@pytest.mark.parametrize(
    ("errors", "place", "message"),
    [
        ({"agree": ""}, "agree", "Tick the box to go on."),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "“Mars/Olympus” is not a time zone of the list."),
        ({"time_zone": ""}, "time_zone", "This field is required."),
        ({"password": "12345678"}, "password", "too common"),
        ({"password": "x" * 129}, "password", "at most 128 characters"),
    ],
)
def test_wrong_answers_are_named_and_nobody_joins(path, frida, errors, place, message):
    response = send(stranger(), path, **answers(**errors))
    assert response.status_code == 422
    assert message in words(response)
    assert f'<a href="#id_{place}">' in response.content.decode()
    not_joined(frida)


def test_joining_needs_the_forms_token(path, frida):
    """Or another site could sign a visitor in as somebody else."""
    assert stranger().post(path, answers()).status_code == 403
    not_joined(frida)


def test_a_used_invitation_says_what_to_do(path):
    send(stranger(), path, **answers())
    response = stranger().get(path)
    assert response.status_code == 410
    assert "If you have joined, sign in. If not, ask your clinic for a new invitation." in words(response)
    assert "555 0100" in words(response)
    assert "Frida" not in words(response)


def test_who_joined_by_it_is_led_home(path):
    browser = stranger()
    send(browser, path, **answers())
    assert browser.get(path)["Location"] == url("today")


def test_a_withdrawn_invitation_says_what_to_do(path, frida, cast):
    invitations.resend_invitation(frida, by=cast.alice)
    assert stranger().get(path).status_code == 410


def test_an_expired_invitation_says_what_to_do(path, frida):
    with time_machine.travel(timezone.now() + dt.timedelta(days=14, minutes=1)):
        response = stranger().get(path)
    assert response.status_code == 410
    assert "This invitation has had its time" in words(response)
    not_joined(frida)


def test_one_withdrawn_for_good_says_so_and_names_nobody(path, frida, cast):
    """Its row is gone; whoever has a link with our signature was invited, so it tells them nothing new."""
    invitations.withdraw_invitation(frida, by=cast.alice)
    response = stranger().get(path)
    assert response.status_code == 410
    assert "This invitation has had its time" in words(response)
    assert "Frida" not in words(response)
    assert "Alice" not in words(response)


def test_an_address_with_a_sign_in_is_asked_to_use_it_first(cast, path, frida):
    account = make.user("FRIDA@home.example")
    for response in (stranger().get(path), stranger().post(path, answers())):
        assert response.status_code in (200, 403)
    page = stranger().get(path)
    assert "Sign in first" in words(page)
    assert f'href="{settings.LOGIN_URL}?next=%2Fm%2F' in page.content.decode()
    frida.refresh_from_db()
    assert frida.state == Client.State.INVITED

    owner = signed_in(account)
    assert send(owner, path, **answers())["Location"] == url("today")
    frida.refresh_from_db()
    assert frida.user_id == account.pk


def test_a_colleague_at_the_same_screen_does_not_join_by_it(cast, path, frida):
    """Alice tries the link while she is signed in: the account is Frida's, and the screen is Frida's then."""
    browser = signed_in(cast.alice.user)
    assert "When you go on, you are signed in as Frida." in words(browser.get(path))
    send(browser, path, **answers())
    frida.refresh_from_db()
    assert frida.user_id != cast.alice.user_id
    assert "Hello, Frida" in words(browser.get(url("today")))


def test_signed_in_as_somebody_else_one_is_told_to_sign_out(cast, path):
    make.user("frida@home.example")
    page = signed_in(cast.alice.user).get(path)
    assert "you are signed in as somebody else. Sign out" in words(page)
    assert f'action="{url("sign_out")}"' in page.content.decode()
