"""The way to a calendar in Debian's Chromium: make the link, copy it, subscribe as a phone does, renew it."""

from __future__ import annotations

import icalendar
import pytest

from tests import make
from tests.portal.visit import signed_in, url

pytestmark = pytest.mark.browser


def test_from_the_settings_to_the_phones_calendar(cast, live_server, page, settings):
    settings.PLUMBLINE_BASE_URL = live_server.url
    make.prescription(cast.dana)
    session = signed_in(cast.dana).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(live_server.url + url("settings"))

    page.get_by_role("button", name="Make a calendar link").click()
    page.get_by_role("button", name="Copy the address").click()
    page.get_by_text("Copied.").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    subscribe = page.get_by_role("link", name="Add to my calendar").get_attribute("href")
    assert subscribe.partition(":")[::2] == ("webcal", copied.partition(":")[2])

    response = page.request.get(subscribe.replace("webcal:", "http:"))
    assert len(list(icalendar.Calendar.from_ical(response.body()).walk("VEVENT"))) == 1
    assert page.request.get(copied, headers={"If-None-Match": response.headers["etag"]}).status == 304

    page.get_by_role("button", name="Make a new address").click()
    assert page.get_by_label("Or copy this address").input_value() != copied
    assert page.request.get(copied).status == 404
    page.get_by_role("button", name="Switch it off").click()
    page.get_by_role("button", name="Make a calendar link").wait_for()
