"""A client's passkey is one more way in: it shuts no other. Who works here keeps the second step."""

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client as Browser

from config.accounts.adapter import verify_email
from tests import make
from tests.accounts.people import (
    CODE,
    ask_for_code,
    mailed_code,
    page_text,
    signed_in_browser,
    travel_by,
    with_verified_email,
)


@pytest.fixture
def here(db):
    return make.practitioner(make.clinic())


def key(user, alone=True):
    """A key as a browser made it; ``alone``: it said that it signs in alone."""
    credential = {"clientExtensionResults": {"credProps": {"rk": alone}}}
    return Authenticator.objects.create(
        user=user, type=Authenticator.Type.WEBAUTHN, data={"name": "Phone", "credential": credential}
    )


def after_the_code(person, address):
    browser = Browser()
    ask_for_code(browser, address)
    return browser.post(CODE, {"code": mailed_code()})["Location"]


def test_a_client_whose_phone_is_lost_gets_in_by_the_code_alone(here):
    dana = with_verified_email(make.client(here))
    key(dana.user)
    assert after_the_code(dana.user, dana.email) == "/portal/"


def test_a_client_with_an_app_for_a_second_step_is_asked_for_it(here):
    dana = with_verified_email(make.client(here))
    key(dana.user)
    TOTP.activate(dana.user, "JBSWY3DPEHPK3PXP")
    assert after_the_code(dana.user, dana.email) == "/accounts/2fa/authenticate/"


def test_a_key_that_opens_nothing_alone_is_a_second_step(here):
    dana = with_verified_email(make.client(here))
    key(dana.user, alone=False)
    assert after_the_code(dana.user, dana.email) == "/accounts/2fa/authenticate/"


def test_who_works_here_is_asked_for_the_key(here):
    verify_email(here.user)
    key(here.user)
    assert after_the_code(here.user, here.email) == "/accounts/2fa/authenticate/"
    assert get_adapter().is_mfa_enabled(here.user)


def test_the_offer_is_on_the_first_page_until_it_is_answered(here):
    browser = signed_in_browser(with_verified_email(make.client(here)).user)
    assert "Next time with your fingerprint or face" in page_text(browser.get("/portal/"))
    answer = browser.post("/accounts/passkey/decline/", follow=True)
    assert "We will not ask again on this phone." in page_text(answer)
    assert "passkey-offer" not in browser.get("/portal/").content.decode()
    cookie = browser.cookies["passkey"]
    assert (cookie.value, cookie["httponly"], cookie["max-age"]) == ("declined", True, 400 * 24 * 3600)


def test_it_is_hidden_until_the_phone_says_that_it_can(here):
    page = signed_in_browser(with_verified_email(make.client(here)).user).get("/portal/").content.decode()
    assert '<section class="card quiet" id="passkey-offer" aria-labelledby="passkey-offer-title" hidden>' in page


def test_who_has_a_passkey_is_not_asked(here):
    dana = with_verified_email(make.client(here))
    key(dana.user)
    assert "passkey-offer" not in signed_in_browser(dana.user).get("/portal/").content.decode()


def test_declining_it_needs_a_sign_in_and_a_button(here):
    assert Browser().post("/accounts/passkey/decline/")["Location"].startswith("/accounts/login/")
    assert (
        signed_in_browser(with_verified_email(make.client(here)).user).get("/accounts/passkey/decline/").status_code
        == 405
    )


def test_the_way_to_it_is_in_the_settings(here):
    page = signed_in_browser(with_verified_email(make.client(here)).user).get("/portal/settings/")
    assert 'href="/accounts/2fa/webauthn/"' in page.content.decode()


def test_a_lost_phone_can_be_removed_by_who_has_no_password(here):
    frida = with_verified_email(make.client(here, "Frida"))
    frida.user.set_unusable_password()
    frida.user.save()
    lost, browser = key(frida.user), signed_in_browser(frida.user)
    browser.post(f"/accounts/2fa/webauthn/keys/{lost.pk}/remove/")
    assert not Authenticator.objects.filter(pk=lost.pk).exists()


def test_who_has_just_typed_a_code_is_not_asked_for_the_password_as_well(here):
    dana = with_verified_email(make.client(here))
    browser = Browser()
    ask_for_code(browser, dana.email)
    browser.post(CODE, {"code": mailed_code()})
    assert browser.get("/accounts/2fa/webauthn/add/").status_code == 200
    with travel_by(301):
        assert browser.get("/accounts/2fa/webauthn/add/")["Location"].startswith("/accounts/reauthenticate/")


def test_a_phone_that_has_one_is_offered_it_first(here):
    browser = Browser()
    browser.cookies["passkey"] = "added"
    page = browser.get("/accounts/login/").content.decode()
    assert page.index("Use your fingerprint or face") < page.index("Send me a code")
    assert page.count('id="passkey_login"') == 1
