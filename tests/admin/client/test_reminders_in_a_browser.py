"""The ledger and the client's card in Chromium: nothing runs over the edge, on phone or desk, light or dark."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic.models import Client
from tests import axe, make
from tests.admin.browsing import signed_in, url
from tests.admin.client.test_reminder_ledger import NOW, fill

pytestmark = pytest.mark.browser

SCREENS = Path(__file__).resolve().parents[3] / "var" / "screens"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}


@pytest.mark.parametrize("who", ["practitioner", "client"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_it_fits_and_can_be_read(browser, live_server, cast, settings, who, scheme, viewport):
    settings.PLUMBLINE_IGNORED_AT_MOST = 3
    make.prescription(cast.dana)
    fill(cast.dana, 30)
    long_ago = NOW.replace(year=NOW.year - 1)
    cast.dana.prescriptions.update(state_since=long_ago)
    Client.objects.filter(pk=cast.dana.pk).update(reminders_since=long_ago)
    path = url("reminders", cast.dana.pk) if who == "practitioner" else "/portal/settings/"
    person = cast.alice if who == "practitioner" else cast.dana.user
    context = browser.new_context(viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    key = signed_in(person).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + path)
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"reminders-{who}-{viewport['width']}-{scheme}.png")
    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
    assert axe.violations(page, only=("color-contrast", "label", "link-name", "button-name")) == []
    context.close()
