"""Where somebody is signed in: in words they know, and ended with one tap."""

import pytest
from django.test import Client as Browser

from config.templatetags.devices import device
from tests import make
from tests.accounts.people import ask_for_code, proven, words

PIXEL = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)
SESSIONS = "/accounts/sessions/"


@pytest.mark.parametrize(
    ("user_agent", "said"),
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
        ("curl/8.5.0", "A browser we do not know"),
        ("", "A browser we do not know"),
        ("<script>alert(1)</script>", "A browser we do not know"),
    ],
)
def test_a_browser_in_words(user_agent, said):
    assert device(user_agent) == said


@pytest.fixture
def two_devices(db):
    """Two browsers in which dana is signed in: a desk and a phone."""
    dana = proven(make.client(make.practitioner(make.clinic())))
    browsers = Browser(), Browser(headers={"user-agent": PIXEL})
    for browser in browsers:
        ask_for_code(browser, dana.email, password=make.PASSWORD)
        assert browser.get("/accounts/email/").status_code == 200
    return browsers


def test_each_device_is_listed(two_devices):
    desk, _phone = two_devices
    said = words(desk.get(SESSIONS))
    assert "This one A browser we do not know" in said
    assert "Chrome on Android" in said


def test_the_others_are_signed_out_and_this_one_stays(two_devices):
    desk, phone = two_devices
    answer = desk.post(SESSIONS, follow=True)
    assert "All other devices are signed out." in words(answer)
    assert "Chrome on Android" not in words(answer)
    assert phone.get("/accounts/email/")["Location"].startswith("/accounts/login/")
    assert desk.get("/accounts/email/").status_code == 200


def test_somebody_else_s_devices_are_not_listed_and_stay(two_devices):
    desk, _phone = two_devices
    stranger = Browser(headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/127.0"})
    erin = proven(make.client(make.practitioner(make.clinic("Hilltop Rehab"), "Charlie"), "Erin"))
    ask_for_code(stranger, erin.email, password=make.PASSWORD)
    assert "Firefox on Windows" not in words(desk.get(SESSIONS))
    desk.post(SESSIONS)
    assert stranger.get("/accounts/email/").status_code == 200
