"""From the mail to a stored answer on a phone without scripts: a number, one word, Save."""

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from clinic.models import PainReport
from tests.mail import post
from tests.portal.test_in_a_browser import faults

pytestmark = pytest.mark.browser

TARGETS = """[...document.querySelectorAll('.number')].map(a => { const box = a.getBoundingClientRect();
  return {x: box.x, y: box.y, right: box.right, width: box.width, height: box.height} })"""


@pytest.fixture
def phone(browser, cast, live_server, settings):
    """Dana's reminder, opened on a phone whose mail program runs no scripts, nor does its browser."""
    settings.PLUMBLINE_BASE_URL = live_server.url
    context = browser.new_context(viewport={"width": 360, "height": 740}, java_script_enabled=False, has_touch=True)
    page = context.new_page()
    page.set_content(post.html(post.reminder(cast.dana)))
    yield page
    context.close()


def test_three_taps_tell_the_number_without_the_exercise(phone):
    phone.get_by_role("link", name="4", exact=True).tap()
    expect(phone.locator(".if-done")).to_be_hidden()
    phone.locator("label", has_text="No").first.tap()
    phone.get_by_role("button", name="Save my answer").tap()
    phone.get_by_role("heading", name="Thank you. It is saved.").wait_for()
    stored = PainReport.objects.get()
    assert (stored.before, stored.after, stored.did_exercise) == (4, None, False)


def test_nothing_is_stored_before_the_last_of_them(phone):
    phone.get_by_role("link", name="4", exact=True).tap()
    phone.locator("label", has_text="No").first.tap()
    assert phone.locator("[name=before]:checked").get_attribute("value") == "4"
    assert not PainReport.objects.exists()


def test_who_did_the_exercise_is_asked_how_it_is_after_it(phone):
    phone.get_by_role("link", name="4", exact=True).tap()
    phone.locator("label", has_text="Yes").first.tap()
    phone.locator(".if-done label", has_text="3").tap()
    phone.get_by_role("button", name="Save my answer").tap()
    phone.get_by_role("heading", name="Thank you. It is saved.").wait_for()
    stored = PainReport.objects.get()
    assert (stored.before, stored.after) == (4, 3)


def test_the_opened_form_is_free_of_faults(page, cast, live_server, settings):
    settings.PLUMBLINE_BASE_URL = live_server.url
    page.set_content(post.html(post.reminder(cast.dana)))
    page.get_by_role("link", name="10", exact=True).click()
    assert faults(page) == []


@pytest.mark.parametrize(("width", "rows"), [(320, [6, 5]), (360, [6, 5]), (640, [11]), (1000, [11])])
def test_the_numbers_stand_in_even_rows_of_targets_that_a_thumb_hits(page, cast, width, rows):
    """0 to 5 above 6 to 10 on a phone, all in one row on a desk, and none cut off."""
    page.set_viewport_size({"width": width, "height": 740})
    page.set_content(post.html(post.reminder(cast.dana)))
    targets = page.evaluate(TARGETS)
    heights = sorted({target["y"] for target in targets})
    assert [sum(target["y"] == height for target in targets) for height in heights] == rows
    assert min(min(target["width"], target["height"]) for target in targets) >= 44
    assert max(target["right"] for target in targets) < width
    gaps = [after["x"] - before["right"] for before, after in pairwise(targets)]
    assert min(gap for gap in gaps if gap > -44) >= 2
