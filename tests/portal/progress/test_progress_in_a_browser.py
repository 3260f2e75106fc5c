"""How it goes, walked in a real browser: on a phone and a desk, in the light and the dark, also without scripts."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.pain import reporting
from clinic.prescriptions import prescribing
from tests import make
from tests.axe import faults
from tests.portal.test_in_a_browser import DESK, PHONE, SMALL_TARGETS
from tests.portal.visit import signed_in, url

pytestmark = pytest.mark.browser

DAY = dt.timedelta(days=1)


@pytest.fixture
def visit(browser, live_server):
    """Open a path as a client; whatever a script or the Content-Security-Policy complains of fails the test."""
    contexts, trouble = [], []

    def opened(who, path, viewport=PHONE, scheme="light", scripts=True):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, java_script_enabled=scripts, base_url=live_server.url
        )
        contexts.append(context)
        session = signed_in(who).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


def plan_of(client, days=120):
    began = timezone.now() - days * DAY
    return make.prescription(client, now=began, starts_on=began.date())


@pytest.fixture
def plan(cast):
    """Dana's, with all that a story can have: sessions, a gap, a pause, a change, a correction, a warning sign."""
    plan, now, by = plan_of(cast.dana), timezone.now(), cast.alice.user
    for ago in [*range(119, 100, -3), *range(60, 20, -2), *range(12, 0, -1)]:
        stored = make.report(
            plan, 4 + ago % 3, 4 + ago % 2, at=now - ago * DAY, note="Stiff until ten." * (ago % 5 == 0)
        )
    prescribing.hold_prescription(plan, by=by, reason="x", now=now - 19 * DAY)
    prescribing.resume_prescription(plan, by=by, reason="x", now=now - 14 * DAY)
    prescribing.amend_prescription(plan, make.dose(sets=2), by=cast.alice, reason="x", now=now - 13 * DAY)
    reporting.correct_report(stored.report, {"after": 1}, reason="A slip", by=cast.dana.user)
    return plan


@pytest.fixture
def stories(cast, plan):
    """Every kind of story: who, and which page."""
    empty, one, held, two = (make.client(cast.alice, name) for name in ("Emil", "Ona", "Hugo", "Tove"))
    plan_of(empty, 3)
    make.report(plan_of(one, 3), 4, 3)
    make.report(plan_of(held, 30), 6, at=timezone.now(), warning_signs=("leg_weakness",))
    over = plan_of(two, 90)
    make.report(over, 5, 3, at=timezone.now() - 60 * DAY)
    prescribing.end_prescription(over, by=cast.alice.user, reason="x", now=timezone.now() - 40 * DAY)
    plan_of(two, 20)
    here, stored = url("progress"), url("history")
    return {
        "long": (cast.dana, here), "all": (cast.dana, f"{here}?range=all"), "history": (cast.dana, stored),
        "one day": (cast.dana, f"{stored}?on={timezone.now() - DAY:%Y-%m-%d}"),
        "nothing": (make.client(cast.alice, "Jo"), here),
        "no report": (empty, here), "no history": (empty, stored), "one report": (one, here), "held": (held, here),
        "two": (two, here), "ended": (two, f"{here}?prescription={over.pk}"),
    }  # fmt: skip


def test_every_story_is_free_of_faults_and_fits_a_small_phone(stories, visit):
    errors = {}
    for name, (who, path) in stories.items():
        rest = [(PHONE, "dark"), (DESK, "light")] if name == "long" else []
        for viewport, scheme in [(PHONE, "light"), (DESK, "dark"), *rest]:
            page = visit(who, path, viewport, scheme)
            for summary in page.locator("details > summary:visible").all():
                summary.click()
            found = faults(page) + page.evaluate(SMALL_TARGETS)
            if found:
                errors[name, viewport["width"], scheme] = found
            page.context.close()
    assert errors == {}


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (DESK, "dark")])
def test_the_whole_way_from_the_picture_to_the_paper(cast, plan, visit, viewport, scheme, scripts):
    page = visit(cast.dana, url("today"), viewport, scheme, scripts)
    page.get_by_role("link", name="Progress", exact=True).click()
    assert page.locator("h1").inner_text() == "How it goes"
    expect(page.locator(".pain-chart:visible")).to_have_count(1)
    page.get_by_role("link", name="3 months").click()
    assert page.locator("[aria-current=true]").inner_text() == "3 months"
    page.locator(".months .earlier").click()
    assert "range=90&month=" in page.url
    page.locator(".months .later").click()
    expect(page.locator(".months")).to_be_visible()
    page.goto(url("progress"))
    page.get_by_role("link", name="Read all that you told us").click()
    page.get_by_role("link", name="Correct this").nth(1).click()
    page.check("#id_after_2")
    page.fill("#id_reason", "I pressed the wrong number")
    page.click("main form button.primary")
    assert "I pressed the wrong number" in page.locator(".entries > li").nth(1).inner_text()
    page.get_by_role("link", name="Back to how it goes").click()
    address = page.get_by_role("link", name="Your summary (PDF)").get_attribute("href")
    answer = page.context.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")


def test_the_drawing_is_made_for_the_width_and_not_shrunk(cast, plan, visit):
    for viewport, size in ((PHONE, "narrow"), (DESK, "wide")):
        page = visit(cast.dana, url("progress"), viewport)
        drawing = page.locator(".pain-chart:visible")
        assert f"chart-{size}" in drawing.get_attribute("class")
        drawn, shown = int(drawing.get_attribute("width")), drawing.bounding_box()["width"]
        assert 0.95 < shown / drawn < 1.1
        words = page.evaluate("getComputedStyle(document.querySelector('.pain-chart')).fontSize")
        assert float(words.removesuffix("px")) * shown / drawn >= 12


def test_by_keyboard_a_day_leads_to_what_was_told(cast, plan, visit):
    reported_on = (timezone.now() - DAY).astimezone(ZoneInfo(cast.dana.time_zone))  # on a first, in the month before
    page = visit(cast.dana, f"{url('progress')}?month={reported_on:%Y-%m}")
    day = page.locator(".month td a").last
    day.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/history/?on=*")
    assert page.locator(".entries > li").count() >= 1


@pytest.mark.parametrize("viewport", [PHONE, {"width": 320, "height": 640}])
@pytest.mark.parametrize(
    "words",
    [
        ["Today", "Pain", "Progress", "Exercises", "Settings"],
        ["Hoy", "Dolor", "Progreso", "Ejercicios", "Ajustes"],
        ["Todayxx", "Painxx", "Progressxxx", "Exercisesxxx", "Settingsxxx"],
    ],
)
def test_the_rooms_stay_apart_in_longer_languages(cast, plan, visit, viewport, words):
    """The last row is 40 % longer than English: its words may break, and never run into each other."""
    page = visit(cast.dana, url("progress"), viewport)
    page.evaluate(
        "words => document.querySelectorAll('.navigation a').forEach((room, place) => room.textContent = words[place])",
        words,
    )
    boxes = page.evaluate("""() => [...document.querySelectorAll('.navigation a')].map(room => {
        const range = document.createRange(); range.selectNodeContents(room);
        const text = range.getBoundingClientRect(), box = room.getBoundingClientRect();
        return [box.width, box.height, text.left, text.right, text.bottom - box.bottom] })""")
    assert all(width >= 44 and height >= 44 and over <= 0 for width, height, _left, _right, over in boxes)
    assert all(boxes[place][3] <= boxes[place + 1][2] for place in range(len(boxes) - 1))
    assert boxes[-1][3] <= viewport["width"]


def test_on_paper_there_is_the_picture_and_nothing_to_press(cast, plan, visit):
    page = visit(cast.dana, url("progress"), DESK, "dark")
    page.emulate_media(media="print")
    assert page.locator(".pain-chart:visible").count() == 1
    expect(page.locator(".month")).to_be_visible()
    for hidden in (".navigation", ".pills", ".months", ".page-foot", ".no-print"):
        assert page.locator(f"{hidden}:visible").count() == 0, hidden
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
