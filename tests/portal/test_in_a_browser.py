"""The client's pages in Debian's Chromium: no accessibility fault, room on a small phone, forms that go through."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from clinic.clients import preferences as client_preferences
from clinic.models import Client, PainReport
from clinic.prescriptions import prescribing
from tests import make
from tests.axe import faults
from tests.portal.visit import invitation_link, reminder, report_link, signed_in, stop_link, url

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
SMALL_TARGETS = """() => [...document.querySelectorAll('a, button, select, textarea, .score, .choice, summary, input')]
  .filter(e => !e.closest('p, li:not(.navigation li)'))
  .filter(e => !e.matches('.skip, [type=hidden], .score input, .choice input'))
  .filter(e => { const box = e.getBoundingClientRect(); return box.width > 1 && (box.height < 44 || box.width < 44) })
  .map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture
def open_page(browser, live_server):
    """Open one path as somebody, on one screen; everything is closed in the end."""
    contexts = []

    def opened(path, who=None, viewport=PHONE, scheme="light", language="en"):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, reduced_motion="reduce", base_url=live_server.url, locale=language
        )
        contexts.append(context)
        if who is not None:
            session = signed_in(who).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.goto(path)
        return page

    asked: list[str] = []
    yield opened
    assert [address for address in asked if not address.startswith((live_server.url, "data:"))] == []
    for context in contexts:
        context.close()


@pytest.fixture
def pages(cast, live_server):
    """Every page of the client's door, each in the state that shows most of it: name → path and who looks."""
    dana = cast.dana
    plan = make.prescription(dana, variation="chair")
    stored = make.report(plan, 5, 3, note="Stiff until ten.").report
    row = reminder(plan)
    stopped, answered = make.prescription(cast.erin), reminder(make.prescription(cast.erin))
    make.report(stopped, 6, warning_signs=("saddle_numbness",))
    signed_in(cast.erin).post(report_link(answered), {"did": "no", "before": 3})
    held = make.client(cast.alice, "Hugo")
    prescribing.hold_prescription(make.prescription(held), by=cast.alice.user, reason="rest")
    frida = make.invited(cast.alice, "Frida")
    client_preferences.create_calendar_link(held, by=held.user)
    return {
        "front": ("/", None),
        "today": (url("today"), dana),
        "today, a warning sign": (url("today"), cast.erin),
        "today, held": (url("today"), held),
        "today, nothing": (url("today"), make.client(cast.alice, "Jo")),
        "do": (url("player", plan.pk), dana),
        "answer": (url("report_result", stored.pk), dana),
        "report": (url("report"), dana),
        "report which": (url("report"), cast.erin),
        "history": (url("history"), dana),
        "correct": (url("correct_report", stored.pk), dana),
        "library": (url("library"), dana),
        "exercise": (url("exercise", "forward-bend"), dana),
        "settings": (url("settings"), dana),
        "settings, with a calendar": (url("settings"), held),
        "no record": (url("today"), cast.alice.user),
        "mail report": (report_link(row), None),
        "mail answered": (report_link(answered), None),
        "mail stop": (stop_link(dana), None),
        "mail invitation": (invitation_link(frida), None),
        "mail altered": ("/m/altered/", None),
    }


def test_every_page_is_free_of_faults_and_fits_a_small_phone(pages, open_page):
    errors = {}
    for name, (path, who) in pages.items():
        for viewport, scheme in ((PHONE, "light"), (DESK, "dark")):
            page = open_page(path, who, viewport, scheme)
            found = faults(page) + page.evaluate(SMALL_TARGETS)
            if found:
                errors[name, scheme] = found
            page.context.close()
    assert errors == {}


@pytest.mark.parametrize("width", [320, 640])
def test_no_page_scrolls_sideways_on_the_narrowest_screen_or_at_twice_its_size(pages, open_page, width):
    """640 is a desk of 1280 at 200 %, 320 the same at 400 % (WCAG 2.2, 1.4.10)."""
    errors = []
    for name, (path, who) in pages.items():
        page = open_page(path, who, {"width": width, "height": 512})
        page.evaluate("document.querySelectorAll('details').forEach(e => { e.open = true })")
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            errors.append(name)
        page.context.close()
    assert errors == []


def test_forms_with_something_wrong_are_free_of_faults_too(pages, open_page):
    for name in ("do", "report", "mail report", "mail invitation", "correct"):
        page = open_page(*pages[name])
        if name == "correct":
            page.fill("#id_reason", "")
        page.click("main form button.primary")
        assert page.locator("[role=alert]").count() == 1, name
        assert faults(page) == [], name


def test_the_way_from_the_message_to_its_field(pages, open_page):
    page = open_page(*pages["report"])
    page.evaluate("document.querySelector('form[data-answers]').submit()")  # as without scripts: the server's page
    page.click("[role=alert] a")
    assert page.evaluate("document.activeElement.id") == "id_before_0"


def test_the_picker_goes_by_keyboard_and_shows_the_choice(pages, open_page):
    page = open_page(*pages["report"])
    page.focus("#id_before_0")
    page.keyboard.press("Space")
    for _step in range(4):
        page.keyboard.press("ArrowRight")
    assert page.locator("#id_before_4").is_checked()
    ink = page.evaluate("getComputedStyle(document.querySelector('#id_before_4 + span')).backgroundColor")
    assert ink == "rgb(29, 42, 46)"
    page.click("main form button.primary")
    page.wait_for_url("**/portal/history/*/")
    assert PainReport.objects.filter(before=4, after=None).exists()


def test_the_invitation_goes_through_in_a_real_browser(pages, open_page):
    """Its Referrer-Policy must not make the browser hide where the form comes from, or the CSRF check refuses it."""
    page = open_page(*pages["mail invitation"])
    page.check("#id_agree")
    page.click("main form button.primary")
    page.wait_for_url("**/portal/")
    assert page.locator(".greeting").inner_text().startswith("Hello, Frida")
    assert Client.objects.get(name="Frida").state == Client.State.JOINED


def test_the_mail_link_goes_through_in_a_real_browser(pages, open_page):
    page = open_page(*pages["mail report"])
    page.get_by_label("No", exact=True).first.check()
    expect(page.locator("#id_after_0")).to_be_hidden()
    page.check("#id_before_6")
    page.click("main form button.primary")
    assert page.locator("h1").inner_text() == "Thank you. It is saved."
