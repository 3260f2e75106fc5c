"""Each page of /accounts/ bears the clinic's name and style, and nothing that the Content-Security-Policy forbids."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client as Browser

from config.accounts.adapter import verify_email
from tests import make
from tests.accounts.people import signed_in_browser, with_verified_email

ANYONE = [
    "login/",
    "login/code/",
    "inactive/",
    "password/reset/",
    "password/reset/done/",
    "password/reset/key/1-abc/",
    "password/reset/key/done/",
]
SIGNED_IN = ["logout/", "email/", "password/change/", "sessions/", "reauthenticate/", "2fa/", "2fa/webauthn/"]
AFTER_REAUTHENTICATION = ["2fa/totp/activate/", "2fa/webauthn/add/"]  # after a password was typed once more
WITH_A_SECOND_FACTOR = [
    "2fa/totp/deactivate/",
    "2fa/recovery-codes/",
    "2fa/recovery-codes/generate/",
    "2fa/reauthenticate/",
]


def check(answer, clinic="Riverside Physio"):
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f"<span>{clinic}</span>" in page
    assert "clinic/tokens.css" in page
    assert page.count("<h1>") == 1
    for attributes in re.findall(r"<script\b([^>]*)>", page):
        assert "src=" in attributes or 'type="application/json"' in attributes
    assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
    assert not re.search(r'(src|href|action)="(https?:)?//', page)
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "default-src 'self'" in answer["Content-Security-Policy"]


@pytest.fixture
def here(db):
    return make.practitioner(make.clinic())


def open_page(browser, page):
    """The page, once the password was typed again."""
    browser.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    return browser.get(f"/accounts/{page}")


@pytest.mark.parametrize("page", ANYONE)
def test_for_anyone(here, page):
    check(Browser().get(f"/accounts/{page}", follow=True))


@pytest.mark.parametrize("page", SIGNED_IN)
def test_for_a_client_who_is_signed_in(here, page):
    dana = with_verified_email(make.client(here))
    answer = signed_in_browser(dana.user).get(f"/accounts/{page}")
    check(answer)
    assert 'class="navigation"' in answer.content.decode()


@pytest.mark.parametrize("page", AFTER_REAUTHENTICATION)
def test_for_a_client_who_typed_the_password_again(here, page):
    check(open_page(signed_in_browser(with_verified_email(make.client(here)).user), page))


@pytest.mark.parametrize("page", WITH_A_SECOND_FACTOR)
def test_for_a_client_with_a_second_step(here, page):
    dana = with_verified_email(make.client(here))
    TOTP.activate(dana.user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(dana.user)
    check(open_page(signed_in_browser(dana.user), page))


@pytest.mark.parametrize("page", ["2fa/webauthn/", "2fa/webauthn/keys/{}/edit/", "2fa/webauthn/keys/{}/remove/"])
def test_for_a_client_with_a_key(here, page):
    dana = with_verified_email(make.client(here))
    key = Authenticator.objects.create(
        user=dana.user, type=Authenticator.Type.WEBAUTHN, data={"name": "<b>Phone</b>", "credential": {}}
    )
    answer = open_page(signed_in_browser(dana.user), page.format(key.pk))
    check(answer)
    assert "&lt;b&gt;Phone&lt;/b&gt;" in answer.content.decode()


def test_somebody_else_s_key_is_not_there(here):
    dana, erin = with_verified_email(make.client(here)), make.client(here, "Erin")
    key = Authenticator.objects.create(user=erin.user, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone"})
    for act in ("edit", "remove"):
        assert open_page(signed_in_browser(dana.user), f"2fa/webauthn/keys/{key.pk}/{act}/").status_code == 404


def test_the_second_step_of_signing_in(here):
    dana, browser = with_verified_email(make.client(here)), Browser()
    TOTP.activate(dana.user, "JBSWY3DPEHPK3PXP")
    answer = browser.post("/accounts/login/", {"login": dana.email, "password": make.PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/2fa/authenticate/"
    check(answer)


def test_the_page_that_asks_for_the_code(here):
    dana = with_verified_email(make.client(here))
    check(Browser().post("/accounts/login/", {"login": dana.email}, follow=True))


def test_the_page_that_asks_whether_the_address_is_theirs(here):
    dana = make.client(here)
    answer = Browser().post("/accounts/login/", {"login": dana.email, "password": make.PASSWORD}, follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/confirm-email/"
    check(answer)


def test_choosing_a_first_password(here):
    frida = make.client(here, "Frida")
    frida.user.set_unusable_password()
    frida.user.save()
    check(signed_in_browser(with_verified_email(frida).user).get("/accounts/password/change/", follow=True))


def test_several_addresses(here):
    dana = with_verified_email(make.client(here))
    EmailAddress.objects.create(user=dana.user, email="new@home.example", verified=False)
    answer = signed_in_browser(dana.user).get("/accounts/email/")
    check(answer)
    assert all(act in answer.content.decode() for act in ("action_primary", "action_send", "action_remove"))


def test_a_practitioner_sees_the_clinic_and_no_client_s_rooms(here):
    verify_email(here.user)
    answer = signed_in_browser(here.user).get("/accounts/2fa/")
    check(answer)
    assert 'class="navigation"' not in answer.content.decode()


def test_the_address_is_explained_to_who_reads_it(here):
    """A client's reminders go where the clinic has it; a practitioner is told of no reminders."""
    dana = with_verified_email(make.client(here))
    verify_email(here.user)
    page = "/accounts/email/"
    assert "Where reminders go stands with your clinic" in signed_in_browser(dana.user).get(page).content.decode()
    assert "so does every other mail to you" in signed_in_browser(here.user).get(page).content.decode()


def test_on_a_site_with_several_clinics_a_stranger_is_shown_none(cast):
    check(Browser().get("/accounts/login/"), clinic="Plumbline")
    check(signed_in_browser(with_verified_email(cast.dana).user).get("/accounts/email/"), clinic="Riverside Physio")


def test_a_form_that_was_open_too_long_says_so(here):
    answer = Browser(enforce_csrf_checks=True).post("/accounts/login/", {"login": "dana@home.example"})
    assert answer.status_code == 403
    assert "This page was open too long" in answer.content.decode()


def test_asking_again_where_there_is_nothing_to_ask_for_is_a_page_too(here):
    frida = make.client(here, "Frida")
    frida.user.set_unusable_password()
    frida.user.save()
    answer = signed_in_browser(frida.user).get("/accounts/reauthenticate/")
    assert answer.status_code == 403
    assert "This page is not for you" in answer.content.decode()
