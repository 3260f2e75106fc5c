"""The pages of /accounts/ in Debian's Chromium: no accessibility fault, room on a small phone, a passkey that works."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import expect

from tests import axe, make
from tests.accounts.people import mailed_code, signed_in_browser, with_verified_email

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
ANYONE = ["login/", "login/code/", "password/reset/", "password/reset/done/", "password/reset/key/1-abc/"]
SIGNED_IN = ["logout/", "email/", "password/change/", "sessions/", "2fa/", "2fa/webauthn/"]
AFTER_REAUTHENTICATION = [
    "2fa/recovery-codes/",
    "2fa/recovery-codes/generate/",
    "2fa/totp/deactivate/",
    "2fa/webauthn/add/",
]
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, select, textarea, .choice, summary, input')]
  .filter(e => !e.closest('p, .hint, li:not(.navigation li, .sign-in-navigation li)'))
  .filter(e => !e.matches('.skip, [type=hidden], .choice input'))
  .filter(e => { const box = e.getBoundingClientRect(); return box.width && (box.height < 44 || box.width < 44) })
  .map(e => e.outerHTML.slice(0, 90))"""
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def dana(live_server):
    return with_verified_email(make.client(make.practitioner(make.clinic())))


@pytest.fixture
def signed_in_page(page, live_server, dana):
    """A page in a browser in which dana is signed in and has just typed her password again."""
    here = signed_in_browser(dana.user)
    here.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    page.context.add_cookies([{"name": "sessionid", "value": here.cookies["sessionid"].value, "url": live_server.url}])
    return page


def faults(page):
    return axe.faults(page) + page.evaluate(SMALL_TARGETS)


def find_problems(page, address, paths):
    problems = {}
    for path in paths:
        for viewport, scheme in ((PHONE, "light"), (PHONE, "dark"), (DESK, "light")):
            page.set_viewport_size(viewport)
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.goto(f"{address}/accounts/{path}")
            page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
            if found := faults(page):
                problems[path, scheme, viewport["width"]] = found
    return problems


def test_the_pages_for_anyone_are_free_of_faults(page, live_server, dana):
    assert find_problems(page, live_server.url, ANYONE) == {}


def test_the_pages_for_who_is_signed_in_are_free_of_faults(signed_in_page, live_server, dana):
    TOTP.activate(dana.user, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(dana.user)
    assert find_problems(signed_in_page, live_server.url, SIGNED_IN + AFTER_REAUTHENTICATION) == {}


def test_the_picture_for_the_app_too(signed_in_page, live_server):
    assert find_problems(signed_in_page, live_server.url, ["2fa/totp/activate/"]) == {}


def test_signing_in_by_code_on_a_phone(page, live_server, dana):
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("[name=login]", "dana@home.example")
    page.keyboard.press("Enter")
    page.wait_for_selector("[name=code]")
    assert faults(page) == []
    page.fill("[name=code]", "1")
    page.click("text=Go on")
    assert page.inner_text(".error").startswith("This code is not right.")
    assert faults(page) == []
    page.fill("[name=code]", mailed_code())
    page.click("text=Go on")
    page.wait_for_url(re.compile("/portal/"))


def test_a_wrong_password_is_told_where_it_was_typed(page, live_server, dana):
    page.goto(f"{live_server.url}/accounts/login/")
    page.click("text=Use a password instead")
    page.fill("[name=login]", "dana@home.example")
    page.fill("[name=password]", "wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    expect(page.locator("[name=password]").first).to_be_visible()
    assert faults(page) == []


def test_a_passkey_is_made_and_signs_in_under_the_content_policy(signed_in_page, live_server, dana, settings):
    page, settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = signed_in_page, True
    address = live_server.url.replace("127.0.0.1", "localhost")
    session = next(cookie for cookie in page.context.cookies() if cookie["name"] == "sessionid")
    page.context.add_cookies([{"name": "sessionid", "value": session["value"], "url": address}])
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    page.goto(f"{address}/accounts/2fa/webauthn/add/")
    page.fill("[name=name]", "My phone")
    page.check("[name=passwordless]")
    page.click("main button:has-text('Set it up')")
    page.wait_for_selector("text=The key is added.")
    page.goto(f"{address}/accounts/logout/")
    page.click("main button:has-text('Sign out')")
    page.wait_for_url(f"{address}/")  # a script clears the phone before it lets the form go
    page.goto(f"{address}/accounts/login/")
    page.click("text=Use your fingerprint or face")
    page.wait_for_url(re.compile("/portal/"))


def test_a_passkey_that_is_not_used_is_told_on_the_page(page, live_server, dana):
    page.goto(f"{live_server.url}/accounts/login/")
    page.click("text=Use a passkey")
    page.route("**/2fa/webauthn/login/", lambda route: route.fulfill(json={}))
    expect(page.locator("#key_trouble")).to_be_hidden()
    page.click("text=Sign in with the passkey")
    page.wait_for_selector("#key_trouble:visible")
