"""The link of a registration: a look changes nothing, one press confirms and opens the library."""

import datetime as dt

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone

from clinic.clients import registration
from clinic.mail import signed_links
from clinic.models import Confirmation, Registrant
from tests import make
from tests.portal.visit import send, signed_in, stranger, url, words, writes

State = Registrant.State


@pytest.fixture
def nora(cast):
    registration.register_visitor(cast.alice.clinic, name="Nora Ellis", email="nora@home.example", language="en")
    return Registrant.objects.get()


@pytest.fixture
def path(nora):
    return signed_links.build_path(signed_links.Purpose.CONFIRMATION, nora.confirmations.get().pk)


def state(registrant):
    registrant.refresh_from_db()
    return registrant.state


def test_a_look_says_who_and_where_and_changes_nothing(path, nora):
    browser = stranger()
    assert "Nora Ellis at Riverside Physio" in words(browser.get(path))
    assert writes(browser, path) == []
    assert browser.head(path).status_code == 200
    assert state(nora) == State.UNCONFIRMED
    assert not get_user_model().objects.filter(email=nora.email).exists()


def test_one_press_confirms_signs_in_and_opens_the_library(path, nora):
    make.exercise()
    browser = stranger()
    assert send(browser, path)["Location"] == url("library")
    text = words(browser.get(url("library")))
    assert "Welcome, Nora. Your address is confirmed." in text
    assert "Forward bend" in text
    assert "Riverside Physio knows that you are here." in text
    assert state(nora) == State.WAITING
    assert not nora.user.has_usable_password()


def test_with_a_password_one_can_sign_in_by_it(path, nora):
    response = send(stranger(), path, password="12345678")
    assert (response.status_code, state(nora)) == (422, State.UNCONFIRMED)
    assert "too common" in words(response)
    send(stranger(), path, password="a quiet river bank")
    assert state(nora) == State.WAITING
    assert nora.user.check_password("a quiet river bank")


def test_confirming_needs_the_forms_token(path, nora):
    """Or another site could sign a visitor in as somebody else."""
    assert stranger().post(path).status_code == 403
    assert state(nora) == State.UNCONFIRMED


def test_a_used_link_says_sign_in_and_leads_its_owner_back(path, nora):
    browser = stranger()
    send(browser, path)
    assert browser.get(path)["Location"] == url("library")
    response = stranger().get(path)
    assert response.status_code == 410
    assert "Sign in, and the exercises are open to you." in words(response)
    assert f'href="{settings.LOGIN_URL}"' in response.content.decode()
    assert "Nora" not in words(response)


def test_an_old_link_says_register_once_more(path, nora):
    with time_machine.travel(timezone.now() + dt.timedelta(days=3, minutes=1)):
        response = stranger().get(path)
    assert response.status_code == 410
    assert "register once more" in words(response)
    assert f'href="{url("register")}"' in response.content.decode()
    assert state(nora) == State.UNCONFIRMED


def test_an_altered_and_a_forgotten_link_look_alike(path, nora):
    Confirmation.objects.all().delete()
    forgotten, altered = stranger().get(path), stranger().get("/m/c1:abc:def/")
    assert forgotten.status_code == altered.status_code == 404
    assert words(forgotten) == words(altered)


def test_a_link_for_something_else_confirms_nothing(cast, path, nora):
    token = path.split("/")[-2]
    assert stranger().get(f"/m/i{token[1:]}/").status_code == 404
    invitation = signed_links.build_path(
        signed_links.Purpose.INVITATION, make.invited(cast.alice, "Frida").invitations.get().pk
    )
    assert stranger().get(f"/m/c{invitation.split('/')[-2][1:]}/").status_code == 404


def test_an_address_with_a_sign_in_is_asked_to_use_it_first(cast, path, nora):
    account = make.user("NORA@home.example")
    page = stranger().get(path)
    assert "Sign in first" in words(page)
    assert f'href="{settings.LOGIN_URL}?next=%2Fm%2F' in page.content.decode()
    assert "signed in as somebody else. Sign out" in words(signed_in(cast.alice.user).get(path))
    assert state(nora) == State.UNCONFIRMED
    assert send(signed_in(account), path)["Location"] == url("library")
    assert state(nora) == State.WAITING
    assert nora.user == account


def test_a_colleague_at_the_same_screen_does_not_confirm_by_it(cast, path, nora):
    browser = signed_in(cast.alice.user)
    assert "When you go on, you are signed in as Nora Ellis." in words(browser.get(path))
    send(browser, path)
    nora.refresh_from_db()
    assert nora.user_id not in {None, cast.alice.user_id}
    assert browser.session["_auth_user_id"] == str(nora.user_id)


def test_it_speaks_the_registrants_language(cast):
    registration.register_visitor(cast.alice.clinic, name="Lucía", email="lucia@home.example", language="es")
    path = signed_links.build_path(signed_links.Purpose.CONFIRMATION, Confirmation.objects.get().pk)
    assert stranger().get(path)["Content-Language"] == "es"
