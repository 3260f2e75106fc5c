"""No screen of the session has an accessibility fault, in light and dark, on a small phone, at twice its size."""

import pytest

from tests import axe, make
from tests.portal.player.browser_player import walker  # noqa: F401  fixture
from tests.portal.test_in_a_browser import SMALL_TARGETS

pytestmark = pytest.mark.browser

TWICE, DESK = {"width": 180, "height": 370}, {"width": 1280, "height": 800}
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, sets=2, hold_seconds=40, variation="chair")


def faults(page):
    return axe.violations(page) + page.evaluate(SMALL_TARGETS)


def every_screen(dana):
    """Stop at each screen of the first round and the rest, and at what may be missing."""
    dana.press("Next")
    yield "a missing number"
    dana.score("Pain before", 5)
    yield "before"
    dana.press("Next")
    while True:
        title = dana.heading.inner_text()
        if dana.page.locator("summary:visible").count():
            dana.page.locator("summary:visible").first.click()  # what goes wrong
        yield title
        if title == "Hang":
            dana.press("Start the clock")
            yield "Hang, running"
        if title == "Rest":
            break
        dana.page.locator("[data-act=next]:visible").click()
    dana.press("It hurts more: stop here")
    for summary in dana.page.locator("summary:visible").all():
        summary.click()
    yield "after"
    dana.answer(6)
    yield "the answer"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_screen_has_a_fault(walker, plan, scheme):  # noqa: F811
    dana = walker(plan, color_scheme=scheme)
    errors = {name: found for name in every_screen(dana) if (found := faults(dana.page))}
    assert errors == {}


@pytest.mark.parametrize("viewport", [NARROW, TWICE, DESK])
def test_no_screen_is_wider_than_the_phone(walker, plan, viewport):  # noqa: F811
    dana = walker(plan, viewport=viewport)
    wide = []
    for name in every_screen(dana):
        width = dana.page.evaluate("document.documentElement.scrollWidth")
        if width > viewport["width"]:
            wide.append((name, width))
    assert wide == []


def test_at_twice_the_size_the_buttons_do_not_cover_the_words(walker, plan):  # noqa: F811
    dana = walker(plan, viewport=TWICE)
    dana.begin(5)
    assert dana.page.locator(".bar:visible").evaluate("bar => getComputedStyle(bar).position") == "static"


def test_without_scripts_the_screens_have_no_fault_either(walker, plan):  # noqa: F811
    """axe is a script itself: the pages are sent to a browser that has one, with the player kept out."""
    dana = walker(plan)
    dana.page.route("**/player/*.js", lambda route: route.abort())
    dana.trouble.clear()
    dana.scripts = False
    dana.open()
    found = {}
    dana.score("Pain before", 5)
    for _screen in range(30):
        title = dana.heading.inner_text()
        if errors := faults(dana.page):
            found[title] = errors
        if title == "How is your pain now?":
            break
        dana.page.locator("[data-act=next]:visible").click()
    assert found == {}
    dana.trouble = [line for line in dana.trouble if "ERR_FAILED" not in line]
