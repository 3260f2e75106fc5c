"""Where somebody is signed in: in words they know, and ended with one tap."""

import re

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client as Browser

from clinic.accounts.devices import describe_device
from tests import make
from tests.accounts.people import ask_for_code, page_text, travel_by, with_verified_email

PIXEL = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
SESSIONS = "/accounts/sessions/"


@pytest.mark.parametrize(
    ("user_agent", "text"),
    [
        (PIXEL, "Chrome on Android"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        ("Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) CriOS/126.0 Mobile/15E148 Safari/604.1", "Chrome on iPad"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) Chrome/126.0 Safari/537.36", "Chrome on Chromebook"),
        ("curl/8.5.0", "A browser we do not know"),
        ("", "A browser we do not know"),
        ("<script>alert(1)</script>", "A browser we do not know"),
    ],
)
def test_a_browser_in_words(user_agent, text):
    assert describe_device(user_agent) == text


@pytest.fixture
def two_devices(db):
    """Two browsers in which dana is signed in: a desk and a phone."""
    dana = with_verified_email(make.client(make.practitioner(make.clinic())))
    browsers = Browser(), Browser(headers={"user-agent": PIXEL})
    for browser in browsers:
        ask_for_code(browser, dana.email, password=make.PASSWORD)
        assert browser.get("/accounts/email/").status_code == 200
    return browsers


def test_each_device_is_listed(two_devices):
    desk, _phone = two_devices
    text = page_text(desk.get(SESSIONS))
    assert "This one A browser we do not know" in text
    assert "Chrome on Android" in text


def test_the_others_are_signed_out_and_this_one_stays(two_devices):
    desk, phone = two_devices
    answer = desk.post(SESSIONS, follow=True)
    assert "All other devices are signed out." in page_text(answer)
    assert "Chrome on Android" not in page_text(answer)
    assert phone.get("/accounts/email/")["Location"].startswith("/accounts/login/")
    assert desk.get("/accounts/email/").status_code == 200


def test_somebody_else_s_devices_are_not_listed_and_stay(two_devices):
    desk, _phone = two_devices
    stranger = Browser(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/127.0"})
    erin = with_verified_email(make.client(make.practitioner(make.clinic("Hilltop Rehab"), "Charlie"), "Erin"))
    ask_for_code(stranger, erin.email, password=make.PASSWORD)
    assert "Firefox on Windows" not in page_text(desk.get(SESSIONS))
    desk.post(SESSIONS)
    assert stranger.get("/accounts/email/").status_code == 200


def device_number(page, name):
    return re.search(rf"{name}.*?name=\"session\" value=\"(\d+)\"", page.content.decode(), re.DOTALL)[1]


def test_one_device_is_signed_out_there(two_devices):
    desk, phone = two_devices
    answer = desk.post(SESSIONS, {"session": device_number(desk.get(SESSIONS), "Chrome on Android")}, follow=True)
    assert "That device is signed out." in page_text(answer)
    assert "Chrome on Android" not in page_text(answer)
    assert phone.get("/portal/").status_code == 302
    assert desk.get("/portal/").status_code == 200


def test_everywhere_means_here_too(two_devices):
    desk, phone = two_devices
    assert "You are signed out everywhere." in page_text(desk.post(SESSIONS, {"session": "all"}, follow=True))
    assert desk.get("/portal/").status_code == phone.get("/portal/").status_code == 302


@pytest.mark.parametrize("number", ["0", "-1", "9" * 40, "x", "²"])
def test_a_number_that_is_none_of_theirs_ends_nothing(two_devices, number):
    desk, phone = two_devices
    assert desk.post(SESSIONS, {"session": number}).status_code == 302
    assert phone.get("/portal/").status_code == 200


def test_nobody_ends_somebody_else_s(two_devices):
    desk, phone = two_devices
    theirs = device_number(desk.get(SESSIONS), "Chrome on Android")
    stranger = Browser()
    erin = with_verified_email(make.client(make.practitioner(make.clinic("Hilltop Rehab"), "Charlie"), "Erin"))
    ask_for_code(stranger, erin.email, password=make.PASSWORD)
    stranger.post(SESSIONS, {"session": theirs})
    assert phone.get("/portal/").status_code == 200


def test_when_a_device_was_last_seen_is_known_to_the_hour(two_devices):
    desk, phone = two_devices
    there = UserSession.objects.get(user_agent=PIXEL)
    with travel_by(1800):
        phone.get("/portal/")
        assert UserSession.objects.get(pk=there.pk).last_seen_at == there.last_seen_at
    with travel_by(2 * 3600):
        phone.get("/portal/")
        assert UserSession.objects.get(pk=there.pk).last_seen_at > there.last_seen_at
    assert "Last seen" in page_text(desk.get(SESSIONS))


def test_the_settings_lead_there(two_devices):
    desk, _phone = two_devices
    assert f'href="{SESSIONS}"' in desk.get("/portal/settings/").content.decode()
