"""Where it hurts, on a drawing or in a list: the same tick boxes, without scripts, by thumb and by keyboard."""

import pytest
from playwright.sync_api import expect

from clinic.models import Area, PainReport
from tests import make
from tests.axe import faults
from tests.portal.visit import signed_in, url

pytestmark = pytest.mark.browser

SHORT_OF_A_TARGET = """[...document.querySelectorAll('.body-spot')].map(e => e.getBoundingClientRect())
  .filter(box => box.width < 44 || box.height < 44).length"""
OUT_OF_PLACE = """[...document.querySelectorAll('.regions')].flatMap(side =>
  [...side.querySelectorAll('.body-spot')].filter(spot => {
  const area = spot.className.match(/at-(\\w+)/)[1], label = spot.getBoundingClientRect();
  const drawn = side.querySelector('.region.' + area).getBoundingClientRect();
  return drawn.top < label.top - 2 || drawn.bottom > label.bottom + 2 || drawn.left < label.left - 2;
}).map(spot => spot.className))"""
LOOK = "getComputedStyle(document.querySelector('.seen-back .region.low_back')).fill"


@pytest.fixture
def opened(browser, cast, live_server):
    """The report page on a phone without scripts; ``page`` of other screens by keyword."""
    plan = make.prescription(cast.dana)
    contexts = []

    def at(path=None, **screen):
        options = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False, **screen}
        contexts.append(browser.new_context(base_url=live_server.url, **options))
        cookie = {"name": "sessionid", "value": signed_in(cast.dana).cookies["sessionid"].value}
        contexts[-1].add_cookies([{**cookie, "url": live_server.url}])
        page = contexts[-1].new_page()
        page.goto(path or url("report"))
        page.get_by_text("Say more, if you like").click()
        return page

    at.plan = plan
    yield at
    for context in contexts:
        context.close()


def spot(page, area, side="back"):
    return page.locator(f".seen-{side} .at-{area}")


def box(page, name):
    return page.get_by_role("checkbox", name=name, exact=True)


def test_a_place_touched_on_the_drawing_is_ticked_said_in_words_and_sent(opened):
    page = opened(has_touch=True)
    spot(page, "low_back").tap()
    spot(page, "thigh", "front").tap()
    expect(box(page, "low back")).to_be_checked()
    expect(page.locator(".choices").get_by_text("thigh")).to_be_in_viewport(ratio=0)
    page.locator("label[for=id_before_4]").tap()
    page.get_by_role("button", name="Save my answer").tap()
    page.wait_for_url("**/portal/history/*/")
    assert [row.area for row in PainReport.objects.get().areas.all()] == ["low_back", "thigh"]


def test_touched_again_it_is_taken_back(opened):
    page = opened()
    for _tap in range(2):
        spot(page, "neck").click()
    expect(box(page, "neck")).not_to_be_checked()


def test_front_and_back_are_one_place(opened):
    page = opened()
    spot(page, "knee", "front").click()
    spot(page, "knee", "back").click()
    expect(box(page, "knee")).not_to_be_checked()


def test_the_list_is_the_same_tick_boxes(opened):
    page = opened()
    spot(page, "foot").click()
    page.get_by_text("Choose from a list instead").click()
    expect(page.locator(".bodies")).to_be_hidden()
    expect(box(page, "foot")).to_be_checked()
    box(page, "hip").check()
    assert page.locator("[name=areas]").count() == len(Area)
    page.locator("label[for=id_before_4]").click()
    page.get_by_role("button", name="Save my answer").click()
    page.wait_for_url("**/portal/history/*/")
    assert [row.area for row in PainReport.objects.get().areas.all()] == ["hip", "foot"]


@pytest.mark.parametrize("forced", ["none", "active"])
def test_what_is_chosen_looks_different_in_dark_and_in_forced_colours(opened, forced):
    page = opened(color_scheme="dark", forced_colors=forced, java_script_enabled=True, reduced_motion="reduce")
    before = page.evaluate(LOOK)
    spot(page, "low_back").click()
    assert page.evaluate(LOOK) != before


def test_by_keyboard_the_drawing_shows_where_one_is(opened):
    page = opened(java_script_enabled=True)
    page.locator(".list-instead input").focus()
    for _step in range(3):
        page.keyboard.press("Tab")
    expect(box(page, "low back")).to_be_focused()
    assert page.evaluate("getComputedStyle(document.querySelector('.seen-back .region.low_back')).strokeWidth") == "5px"
    page.keyboard.press("Space")
    expect(box(page, "low back")).to_be_checked()


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_each_place_is_a_target_over_what_is_drawn(opened, width):
    page = opened(viewport={"width": width, "height": 740}, java_script_enabled=True)
    assert page.evaluate(SHORT_OF_A_TARGET) == 0
    assert page.evaluate(OUT_OF_PLACE) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_neither_view_has_a_fault(opened):
    page = opened(java_script_enabled=True)
    spot(page, "low_back").click()
    assert faults(page) == []
    page.get_by_text("Choose from a list instead").click()
    assert faults(page) == []


def test_pain_is_told_in_three_taps_from_the_first_page(opened, live_server):
    page = opened(has_touch=True)
    page.goto(url("today"))
    page.get_by_role("link", name="Just report pain").tap()
    page.locator("label[for=id_before_4]").tap()
    save = page.get_by_role("button", name="Save my answer")
    expect(save).to_be_in_viewport(ratio=1)  # no scrolling on the way
    save.tap()
    page.wait_for_url("**/portal/history/*/")
    assert PainReport.objects.get().before == 4
