"""Prescribing in Debian's Chromium: from the client's page to done in a few presses, and each step looked at."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.dosage.values import Dosage
from clinic.models import Client, Clinic, DoseTemplate, Prescription
from clinic.prescriptions import dose_templates, prescribing
from exercises import authoring
from tests import make
from tests.admin.browsing import signed_in, url
from tests.axe import faults
from tests.exercises import make as content

pytestmark = pytest.mark.browser

SCREENS = Path(__file__).resolve().parents[3] / "var" / "screens"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
LOOKS = [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")]
PRESSES_AT_MOST = 20


@pytest.fixture
def open_page(browser, live_server, cast):
    contexts, trouble = [], []

    def opened(path, viewport=DESK, scheme="light", scripts=True, who=None):
        context = browser.new_context(
            viewport=viewport,
            color_scheme=scheme,
            reduced_motion="reduce",
            base_url=live_server.url,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        key = signed_in(who or cast.alice).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("console", lambda text: trouble.append(text.text) if text.type == "error" else None)
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def kept(cast):
    return dose_templates.add_usual_template(make.exercise(), by=cast.alice)


@pytest.fixture
def dana(cast):
    """Up at seven, quiet at night."""
    make.exercise()
    quiet = {"quiet_from": dt.time(22), "quiet_until": dt.time(7)}
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Europe/Madrid", **quiet)
    cast.dana.refresh_from_db()
    return cast.dana


class Presses:
    """Counts what a person presses: each click, and each key."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def click(self, what):
        what.click()
        self.count += 1

    def key(self, key):
        self.page.keyboard.press(key)
        self.count += 1


def photographed(page, name, viewport, scheme):
    """Kept for those who want to look."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"prescribe-{name}-{viewport['width']}-{scheme}.png", full_page=True)


def answer_all(presses):
    for _question in range(presses.page.locator(".pl-question").count()):
        presses.key("n")


def test_from_the_clients_page_to_done_in_few_presses(dana, kept, open_page):
    presses = Presses(open_page(url("client", dana.pk)))
    presses.click(presses.page.get_by_role("link", name="Prescribe").first)
    answer_all(presses)
    presses.click(presses.page.get_by_role("button", name=kept.name))
    presses.click(presses.page.get_by_role("button", name="Look at it").last)
    presses.click(presses.page.get_by_role("button", name="Prescribe"))
    expect(presses.page.get_by_text("Forward bend is prescribed for Dana.")).to_be_visible()
    print(f"\npresses from the client's page to done: {presses.count}")
    assert presses.count <= PRESSES_AT_MOST
    assert Prescription.objects.get(client=dana).dose.times == kept.times


def test_from_the_worklist_to_done_is_as_quick_for_whom_has_nothing_yet(dana, kept, open_page):
    presses = Presses(open_page(url("index")))
    row = presses.page.locator(".pl-row").filter(has_text="Dana")
    presses.click(row.get_by_role("link", name="Prescribe an exercise"))
    answer_all(presses)
    presses.click(presses.page.get_by_role("button", name=kept.name))
    presses.click(presses.page.get_by_role("button", name="Look at it").last)
    presses.click(presses.page.get_by_role("button", name="Prescribe"))
    expect(presses.page.get_by_text("Forward bend is prescribed for Dana.")).to_be_visible()
    print(f"\npresses from the worklist to done: {presses.count}")
    assert presses.count <= PRESSES_AT_MOST


def test_a_change_from_the_worklist_is_four_presses_and_a_reason(dana, open_page):
    plan = make.prescription(dana)
    presses = Presses(open_page(url("index")))
    presses.click(presses.page.locator(".pl-row").filter(has_text="Dana").get_by_role("link", name="Dose"))
    presses.click(presses.page.get_by_label("Sets"))
    presses.key("ArrowUp")
    presses.page.get_by_label("Why").fill("Goes well.")
    presses.click(presses.page.get_by_role("button", name="Change the dose").last)
    expect(presses.page.get_by_text("Dana reads for a week: 2 rounds instead of 1.")).to_be_visible()
    assert presses.count == 4
    assert plan.dose.sets == 2


def test_a_change_is_looked_at_and_each_screen_is_right(dana, open_page):
    plan = make.prescription(dana)
    page = open_page(url("amend", plan.pk))
    page.get_by_label("Sets").fill("3")
    page.get_by_role("button", name="Look first").click()
    page.get_by_role("link", name="Go to the first").click()
    expect(page.get_by_text("Say in a few words why.")).to_be_in_viewport()
    page.get_by_label("Why").fill("Goes well.")
    page.get_by_role("button", name="Look first").click()
    expect(page.get_by_role("heading", name="What Dana sees today")).to_be_visible()
    assert faults(page) == []
    page.locator("iframe").first.scroll_into_view_if_needed()
    expect(page.frame_locator("iframe").first.get_by_text("3 rounds instead of 1.")).to_be_visible()
    page.get_by_role("button", name="Change the dose").click()
    expect(page.get_by_text("Dana reads for a week: 3 rounds instead of 1.")).to_be_visible()
    assert plan.dose.sets == 3


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_each_step_looks_right(cast, dana, kept, open_page, viewport, scheme):
    page = open_page(url("prescribe", dana.pk), viewport, scheme)
    errors = {}

    def look(name):
        photographed(page, name, viewport, scheme)
        if found := faults(page):
            errors[name] = found

    look("form")
    answer_all(Presses(page))
    page.locator("[name=times]").first.fill("08:30")
    page.locator("[name=times]").nth(1).fill("22:30")
    look("early")
    page.get_by_label("The morning is right for this client").check()
    page.get_by_role("button", name="Look at it").last.click()
    expect(page.get_by_role("heading", name="What Dana sees today")).to_be_visible()
    look("look")
    framed = page.frame_locator("iframe")
    today = framed.first.get_by_text("Time for your exercise")
    page.locator("iframe").first.scroll_into_view_if_needed()
    expect(today).to_be_visible()
    expect(framed.nth(1).get_by_text("Hello Dana,")).to_be_visible()
    letters = today.evaluate("heading => getComputedStyle(heading).fontFamily")
    assert letters.startswith("system-ui"), "the portal's own styles reach the frame"
    page.screenshot(path=SCREENS / f"prescribe-framed-{viewport['width']}-{scheme}.png")
    make.prescription(cast.dana)
    page.goto(url("dose_templates"))
    look("doses")
    page.goto(url("dose_template", kept.pk))
    look("dose")
    page.goto(url("amend", cast.dana.prescriptions.get().pk))
    look("amend")
    fay, gus = (make.client(cast.alice, name) for name in ("Fay", "Gus"))
    page.goto(f"{url('prescribe_several')}?client={fay.pk}&client={gus.pk}")
    look("several")
    answer_all(Presses(page))
    page.get_by_role("button", name="Look at it").last.click()
    expect(page.get_by_role("button", name="Prescribe for 2 clients")).to_be_visible()
    look("several-look")
    page.goto(url("clients"))
    look("clients")
    page.goto(url("end", cast.dana.prescriptions.get().pk))
    look("end")
    DoseTemplate.objects.all().delete()
    page.goto(url("dose_templates"))
    look("doses-none")
    authoring.save_exercise("bridge", "en", content.content(version=None, featured=None, name="Bridge"), published=True)
    page.goto(url("prescribe", dana.pk))
    look("choose")
    assert errors == {}


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_the_client_reads_what_changed(cast, dana, open_page, viewport, scheme):
    plan = make.prescription(dana, now=timezone.now() - dt.timedelta(days=20))
    prescribing.amend_prescription(plan, make.dose(times=["10:00", "18:00"], sets=2), by=cast.alice, reason="More.")
    page = open_page("/portal/", viewport, scheme, who=dana.user)
    expect(page.get_by_text("2 times a day instead of 1: at 10:00 and 18:00.")).to_be_visible()
    photographed(page, "news", viewport, scheme)
    assert faults(page) == []


def test_the_day_follows_what_is_typed(dana, open_page):
    page = open_page(url("prescribe", dana.pk))
    notice = page.locator("[data-early]")
    expect(notice).to_be_hidden()
    page.locator("[name=times]").first.fill("07:30")
    expect(notice).to_contain_text("07:30 is within two hours after Dana gets up (07:00).")
    expect(page.locator(".pl-day-chosen text")).to_have_text(["07:30"])
    page.locator("[name=times]").first.fill("23:00")
    expect(notice).to_be_hidden()
    expect(page.get_by_text("No reminder comes at 23:00: quiet hours.")).to_be_visible()


def test_the_clinics_quiet_hours_are_in_the_day_and_warned_of_as_they_are_typed(cast, dana, open_page):
    Client.objects.filter(pk=dana.pk).update(quiet_from=None, quiet_until=None)
    Clinic.objects.filter(pk=dana.clinic_id).update(quiet_from=dt.time(17), quiet_until=dt.time(20))
    page = open_page(url("prescribe", dana.pk))
    expect(page.get_by_text("no reminder in the clinic’s quiet hours, 17:00 to 20:00")).to_be_visible()
    expect(page.get_by_text("No reminder comes at 18:00: quiet hours.")).to_be_visible()
    page.locator("[name=times]").first.fill("20:00")
    expect(page.locator("[data-quiet-text]")).to_be_hidden()


def test_a_yes_leads_to_its_reason_and_letters_typed_there_answer_nothing(dana, open_page):
    page = open_page(url("prescribe", dana.pk))
    page.keyboard.press("y")
    page.keyboard.type("no, never")
    expect(page.locator("textarea:focus")).to_have_value("no, never")
    expect(page.locator("[value=yes]:checked")).to_have_count(1)
    expect(page.locator("[value=no]:checked")).to_have_count(0)


def test_a_key_held_down_answers_one_question_and_not_all(dana, open_page):
    page = open_page(url("prescribe", dana.pk))
    for _repeat in range(5):
        page.keyboard.down("n")
    expect(page.locator("[value=no]:checked")).to_have_count(1)
    expect(page.get_by_text("1 of 12 answered.")).to_be_visible()


def test_a_dose_is_filled_in_with_its_last_day_and_a_tick_for_mornings_is_taken_back(dana, open_page):
    dosage = Dosage(["mon"], ["09:30", "12:00", "15:00", "18:00", "20:00"], 3, 20, "wall")
    dose_templates.add_template(make.exercise(), "Often", dosage, weeks=2, by=dana.practitioner)
    page = open_page(url("prescribe", dana.pk))
    page.locator("[name=times]").first.fill("08:00")
    page.get_by_label("The morning is right for this client").check()
    page.locator("[name=starts_on]").fill("2026-12-30")
    page.get_by_role("button", name="Often").click()
    assert page.locator("[name=times]").evaluate_all("fields => fields.map(field => field.value)") == dosage.times
    expect(page.locator("[name=ends_on]")).to_have_value("2027-01-12")
    expect(page.locator("[name=days]:checked")).to_have_count(1)
    expect(page.locator("[name=variation]:checked")).to_have_value("wall")
    expect(page.locator("[name=mornings_allowed]")).not_to_be_checked()
    expect(page.locator("[data-early]")).to_be_hidden()
    expect(page.locator(".pl-day-chosen")).to_have_count(5)


def test_without_scripts_it_is_the_same_way(dana, kept, open_page):
    page = open_page(url("prescribe", dana.pk), scripts=False)
    for number in range(page.locator(".pl-question").count()):
        page.locator(".pl-question").nth(number).locator("[value=no]").check(force=True)
    page.get_by_role("button", name=kept.name).click()
    page.get_by_label("Sets").fill("3")
    page.get_by_role("button", name="Look at it").last.click()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Sets")).to_have_value("3")
    expect(page.locator("[value=no]:checked")).to_have_count(page.locator(".pl-question").count())
    page.get_by_role("button", name="Look at it").last.click()
    page.get_by_role("button", name="Prescribe").click()
    assert Prescription.objects.get(client=dana).dose.sets == 3
    assert DoseTemplate.objects.count() == 1
