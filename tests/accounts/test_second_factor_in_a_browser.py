"""A practitioner's first day in Debian's Chromium: led to the second step, sets it up, signs in by it the next time."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from config.accounts.adapter import verify_email
from tests import axe, make
from tests.accounts.test_in_a_browser import AUTHENTICATOR
from tests.accounts.test_second_factor import totp_code
from tests.admin.worklist.test_flags_in_a_browser import DESK, LOOKS, SCREENS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(live_server, cast, settings):
    settings.PLUMBLINE_TWO_FACTOR = True
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    verify_email(cast.alice.user)
    make.report(make.prescription(cast.dana), 4, 8)
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def desk(browser, address):
    """A page that forgives the 403 of a shut door, which Chromium writes into its console."""
    context = browser.new_context(viewport=DESK, base_url=address, reduced_motion="reduce")
    opened, trouble = context.new_page(), []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    yield opened
    context.close()
    assert trouble == []


def sign_in(page, person):
    page.goto("/accounts/login/")
    page.click("text=Use a password instead")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", make.PASSWORD)
    page.keyboard.press("Enter")


def sign_out(page):
    page.goto("/accounts/logout/")
    page.click("main button:has-text('Sign out')")
    page.wait_for_url(re.compile(r"^http://[^/]+/$"))


def faults(page):
    """unfold's own switch of colours stands outside any region."""
    return [fault for fault in axe.violations(page) if "openTheme" not in fault]


def test_an_app_is_set_up_and_asked_for_the_next_time(desk, cast):
    sign_in(desk, cast.alice)
    desk.wait_for_selector("text=One more step to sign in")
    SCREENS.mkdir(parents=True, exist_ok=True)
    for viewport, scheme in LOOKS:
        desk.set_viewport_size(viewport)
        desk.emulate_media(color_scheme=scheme)
        desk.reload()
        assert faults(desk) == []
        desk.screenshot(path=SCREENS / f"second-step-{viewport['width']}-{scheme}.png")
    desk.click("text=Set it up")
    desk.screenshot(path=SCREENS / "second-step-choose.png")
    desk.click("text=Turn it on")
    desk.click("summary:has-text('The app cannot read it')")
    secret = desk.inner_text("#authenticator_secret")
    desk.fill("[name=code]", totp_code(secret))
    desk.click("main button:has-text('Turn it on')")
    desk.wait_for_selector("#recovery_codes")
    spare = desk.inner_text("#recovery_codes li:first-child").strip()
    assert faults(desk) == []
    desk.screenshot(path=SCREENS / "second-step-spare-codes.png")
    desk.click("text=Go to the practitioner site")
    desk.wait_for_selector("text=Dana")
    sign_out(desk)
    sign_in(desk, cast.alice)
    desk.wait_for_url(re.compile("/accounts/2fa/authenticate/"))
    desk.fill("[name=code]", spare)
    desk.keyboard.press("Enter")
    desk.wait_for_url(re.compile("/admin/$"))
    expect(desk.locator("text=Dana").first).to_be_visible()


def test_a_passkey_is_set_up_and_signs_in_alone(desk, cast):
    devices = desk.context.new_cdp_session(desk)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_in(desk, cast.alice)
    desk.click("text=Set it up")
    desk.click("text=Add a key")
    desk.fill("[name=name]", "My computer")
    desk.check("[name=passwordless]")
    desk.click("main button:has-text('Set it up')")
    desk.wait_for_selector("#recovery_codes")
    desk.click("text=Go to the practitioner site")
    desk.wait_for_selector("text=Dana")
    sign_out(desk)
    desk.goto("/accounts/login/")
    desk.click("text=Use your fingerprint or face")
    desk.wait_for_url(re.compile("/admin/$"))
    expect(desk.locator("text=Dana").first).to_be_visible()
