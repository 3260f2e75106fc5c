"""One's own settings in Chromium: nothing runs over the edge, everything can be read and touched; no script needed."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.models import Practitioner
from clinic.team import absences
from tests import axe, make
from tests.admin.browsing import signed_in, url

pytestmark = pytest.mark.browser

SCREENS = Path(__file__).resolve().parents[3] / "var" / "screens"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
SMALL = """() => [...document.querySelectorAll(
    'main button, main .pl-button, main select, main [type=date], main .pl-tick, main li > a')]
  .filter(one => one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"""


def visit(browser, live_server, person, **how):
    context = browser.new_context(**how)
    key = signed_in(person).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    return context.new_page()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
def test_it_fits_and_can_be_read(browser, live_server, cast, viewport, scheme):
    olivia = make.practitioner(cast.alice.clinic, "Olivia", Practitioner.Role.OWNER)
    today = timezone.now().date()
    absence = absences.add_absence(olivia, starts_on=today, ends_on=today, cover=cast.bob, by=olivia.user)
    page = visit(browser, live_server, olivia, viewport=viewport, color_scheme=scheme, reduced_motion="reduce")
    for name, path in (("settings", url("my_settings")), ("absence", url("change_absence", absence.pk))):
        page.goto(live_server.url + path)
        SCREENS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENS / f"my-{name}-{viewport['width']}-{scheme}.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert axe.violations(page, only=("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")) == []
        if viewport == PHONE:
            assert page.evaluate(SMALL) == []


def test_an_absence_without_scripts(browser, live_server, cast):
    page = visit(browser, live_server, cast.alice, java_script_enabled=False)
    today = timezone.now().date()
    page.goto(live_server.url + url("my_settings"))
    page.get_by_label("First day").fill(f"{today}")
    page.get_by_label("Last day").fill(f"{today}")
    page.get_by_label("Covered by").select_option("Bob")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("Bob covers.")).to_be_visible()
    page.get_by_role("button", name="Back already: end it").click()
    expect(page.get_by_text("No absence is written down.")).to_be_visible()
