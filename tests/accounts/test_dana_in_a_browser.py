"""Dana, 68, on a phone: in by the code, next time by her fingerprint, signed out elsewhere, moved, and away."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from playwright.sync_api import expect

from clinic.models import Client
from tests import make
from tests.accounts.people import mailed_code, signed_in_browser, with_verified_email
from tests.accounts.test_in_a_browser import AUTHENTICATOR, DESK, PHONE, faults
from tests.portal.visit import invitation_link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def address(live_server, settings):
    """Under a name for which browsers allow passkeys over http."""
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def alice(live_server):
    cache.clear()  # the limits on codes; no test of a real server rolls them back
    yield make.practitioner(make.clinic())
    cache.clear()


@pytest.fixture
def dana(alice):
    client = with_verified_email(make.client(alice, time_zone="Europe/Madrid"))
    make.prescription(client, days=["mon", "wed"], times=["12:00", "18:00"])
    return client


@pytest.fixture
def phone(browser):
    """Dana's phone, in Lisbon; the test fails if a script or the Content-Security-Policy complained on the way."""
    context = browser.new_context(viewport=PHONE, timezone_id="Europe/Lisbon", has_touch=True, is_mobile=True)
    page, trouble = context.new_page(), []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    yield page
    context.close()
    assert trouble == []


def sign_in(page, address):
    page.goto(f"{address}/portal/")
    page.fill("[name=login]", "dana@home.example")
    page.click("text=Send me a code")
    page.wait_for_selector("[name=code]")
    page.fill("[name=code]", mailed_code().replace("-", " "))
    page.click("text=Go on")
    page.wait_for_url(re.compile("/portal/$"))


def test_the_countdown_ends_in_the_button_without_a_script(browser, live_server, dana):
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/accounts/login/")
    page.fill("[name=login]", "dana@home.example")
    page.click("text=Send me a code")
    expect(page.locator("text=You can ask for a new code in a minute.").first).to_be_visible()
    expect(page.locator("text=Send a new code")).to_be_hidden()
    # The style sheet's clock, put to its end.
    devices = context.new_cdp_session(page)
    devices.send("Animation.enable")
    devices.send("Animation.setPlaybackRate", {"playbackRate": 1000})
    page.wait_for_selector("button:has-text('Send a new code')", state="visible")
    expect(page.locator("text=You can ask for a new code in a minute.")).to_be_hidden()
    context.close()


def test_by_the_code_then_by_the_fingerprint_and_by_the_code_again(phone, address, dana):
    devices = phone.context.new_cdp_session(phone)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    sign_in(phone, address)
    phone.click("text=Set it up")
    assert phone.input_value("[name=name]").startswith("Chrome on")
    assert phone.is_checked("[name=passwordless]")
    assert faults(phone) == []
    phone.click("main button:has-text('Set it up')")
    phone.wait_for_url(re.compile("/portal/$"))
    expect(phone.locator("#passkey-offer")).to_be_hidden()

    phone.goto(f"{address}/accounts/sessions/")
    phone.click("text=Sign out >> nth=-1")
    phone.wait_for_url(f"{address}/")  # a script clears the phone before it lets the form go
    phone.goto(f"{address}/accounts/login/")
    assert faults(phone) == []
    phone.click("text=Use your fingerprint or face")
    phone.wait_for_url(re.compile("/portal/$"))

    phone.context.clear_cookies()  # another phone: the key is not at hand
    sign_in(phone, address)
    expect(phone.locator(".greeting:has-text('Hello, Dana')").first).to_be_visible()


def test_the_offer_is_for_phones_that_can(phone, live_server, dana):
    """The browser inside a mail app, say."""
    phone.add_init_script("delete window.PublicKeyCredential")
    sign_in(phone, live_server.url)
    expect(phone.locator("#passkey-offer")).to_be_hidden()


def test_no_is_no_for_good(phone, address, dana):
    phone.add_init_script(
        "PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable = () => Promise.resolve(true)"
    )
    sign_in(phone, address)
    phone.click("text=No, do not ask again")
    phone.wait_for_selector("text=We will not ask again on this phone.")
    phone.goto(f"{address}/portal/")
    assert phone.locator("#passkey-offer").count() == 0


def test_the_reminders_follow_the_phone_when_dana_says_so(phone, live_server, dana):
    sign_in(phone, live_server.url)
    assert "Your phone says you are in Lisbon. Should reminders follow?" in phone.inner_text("#zone-offer")
    assert faults(phone) == []
    phone.click("#zone-offer >> text=Not now")
    phone.reload()
    expect(phone.locator("#zone-offer")).to_be_hidden()
    phone.evaluate("localStorage.clear()")
    phone.reload()
    phone.click("#zone-offer >> text=Yes")
    phone.wait_for_selector("text=Saved.")
    expect(phone.locator("#zone-offer")).to_be_hidden()
    assert Client.objects.get(pk=dana.pk).time_zone == "Europe/Lisbon"


def test_a_zone_with_the_same_clock_asks_nothing(phone, live_server, dana):
    Client.objects.filter(pk=dana.pk).update(time_zone="Europe/London")
    sign_in(phone, live_server.url)
    phone.wait_for_load_state("networkidle")
    expect(phone.locator("#zone-offer")).to_be_hidden()


def test_a_lost_phone_is_signed_out_from_another(browser, phone, live_server, dana):
    sign_in(phone, live_server.url)
    desk = browser.new_context(viewport=DESK)
    page = desk.new_page()
    sign_in(page, live_server.url)
    page.goto(f"{live_server.url}/accounts/sessions/")
    assert faults(page) == []
    page.click("text=Sign out there")
    page.wait_for_selector("text=That device is signed out.")
    phone.goto(f"{live_server.url}/portal/")
    expect(phone.locator("h1:has-text('Sign in')").first).to_be_visible()
    desk.close()


def test_the_invitation_signs_in_inside_the_mail_app_and_says_how_to_come_back(phone, live_server, alice):
    phone.goto(live_server.url + invitation_link(make.invited(alice, "Frida")))
    phone.check("#id_agree")
    phone.click("main form button.primary")
    phone.wait_for_url(re.compile("/portal/$"))
    message = phone.inner_text("main > [role=status]")
    assert message.startswith("You are in. To come back, open ")
    assert message.endswith("We mail you a code to frida@home.example.")
    assert len(phone.context.pages) == 1  # no other window


def test_dana_chooses_takes_her_data_along_and_leaves(phone, live_server, dana):
    sign_in(phone, live_server.url)
    phone.goto(f"{live_server.url}/portal/settings/")
    phone.click("text=Choose days and times")
    phone.uncheck("label:has-text('Monday') input")
    phone.uncheck("label:has-text('12:00') input")
    phone.click("main button.primary")
    phone.wait_for_selector("text=One day a week: Wednesday, at 18:00.")
    phone.click("text=To my data")
    with phone.expect_download() as download:
        phone.click("text=Get the file (zip)")
    assert download.value.suggested_filename == "my-data.zip"
    phone.click("text=I want to leave")
    assert faults(phone) == []
    phone.click("text=Yes, leave Riverside Physio")
    phone.wait_for_selector("text=You have left Riverside Physio. We send you nothing more.")
    phone.goto(f"{live_server.url}/portal/")
    expect(phone.locator("h1:has-text('Sign in')").first).to_be_visible()
    assert Client.objects.get(pk=dana.pk).state == Client.State.LEFT


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")])
def test_the_new_pages_are_free_of_faults(page, live_server, dana, viewport, scheme):
    session = signed_in_browser(dana.user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.set_viewport_size(viewport)
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    plan, problems = dana.prescriptions.get().pk, {}
    for path in ("", f"reminders/{plan}/", "my-data/", "leave/"):
        page.goto(f"{live_server.url}/portal/settings/{path}")
        problems[path] = faults(page)
    assert {path: found for path, found in problems.items() if found} == {}


def test_a_choice_that_leaves_nothing_is_told_at_its_boxes(browser, live_server, dana):
    context = browser.new_context(viewport=PHONE)
    session = signed_in_browser(dana.user).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/portal/settings/reminders/{dana.prescriptions.get().pk}/")
    for box in page.locator("input[type=checkbox]").all():
        box.uncheck()
    page.click("main button.primary")
    page.click("[role=alert] a >> nth=0")
    assert page.evaluate("document.activeElement.id") == "id_days_0"
    assert faults(page) == []
    context.close()
