"""The worklist used by keys, and kept fresh under the hands of whoever works on it."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.flags import lifecycle
from clinic.models import Flag
from tests import axe, make
from tests.admin import flagged_clients
from tests.admin.browsing import signed_in, url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = {"width": 1280, "height": 600}
RETURN = "document.dispatchEvent(new Event('visibilitychange'))"  # to the tab


def flagged(client, ago, severity="high"):
    bend = make.prescription(client)
    at = timezone.now() - ago * flagged_clients.DAY
    return lifecycle.raise_flag(None, "worsening", severity, f"{client.name} is worse.", at, prescription=bend)


@pytest.fixture
def flags(cast):
    """Alice's Ada, Ben and Cleo, flagged three, two and one day ago; Dana has none."""
    return [flagged(make.client(cast.alice, name), ago) for name, ago in (("Ada", 3), ("Ben", 2), ("Cleo", 1))]


@pytest.fixture
def page(browser, live_server, cast, flags):
    context = browser.new_context(viewport=DESK, reduced_motion="reduce", base_url=live_server.url)
    key = signed_in(cast.alice).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
    opened, trouble = context.new_page(), []
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.goto(url("index"))
    yield opened
    context.close()
    assert trouble == []


def focused_row(page):
    return page.evaluate("document.activeElement.closest('.pl-row')?.querySelector('.pl-person > a').textContent")


def names(page):
    return page.locator(".pl-row .pl-person > a:first-child").all_text_contents()


def row_of(page, flag):
    return page.locator(f"#client-{flag.prescription.client_id}")


def test_keys_go_from_row_to_row_and_open_one(page, flags):
    there, back = [("j", "Ada"), ("j", "Ben"), ("ArrowDown", "Cleo")], [("k", "Ben"), ("ArrowUp", "Ada"), ("k", "Ada")]
    for key, name in there + back:
        page.keyboard.press(key)
        assert focused_row(page) == name
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(url("client", flags[0].prescription.client_id)))


def test_keys_act_on_the_row_where_the_focus_is(page, flags):
    ada, ben, _cleo = flags
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(row_of(page, ada).get_by_text("acknowledged")).to_be_visible()
    ada.refresh_from_db()
    assert ada.state == Flag.State.ACKNOWLEDGED
    assert names(page) == ["Ben", "Cleo", "Ada", "Dana"]
    row_of(page, ben).locator(".pl-person > a").first.focus()
    page.keyboard.press("r")
    page.keyboard.press("Space")
    expect(row_of(page, ben).get_by_label("yes, it was real")).to_be_checked()
    row_of(page, ben).get_by_label("What you found or did").fill("Called j k a.")
    row_of(page, ben).get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Ben: resolved.")).to_be_visible()
    assert page.title().startswith("(2) Worklist")
    ben.refresh_from_db()
    assert (ben.state, ben.verdict, ben.events.last().note) == ("resolved", "real", "Called j k a.")


def test_the_neediest_client_is_dealt_with_in_four_presses_and_a_note(page, flags):
    page.keyboard.press("a")
    expect(page.get_by_text("acknowledged")).to_have_count(0)
    page.keyboard.press("r")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.type("Called")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Ada: resolved.")).to_be_visible()
    flags[0].refresh_from_db()
    assert (flags[0].state, flags[0].verdict, flags[0].events.last().note) == ("resolved", "real", "Called")
    assert focused_row(page) == "Ben"


def test_a_form_without_an_answer_is_not_sent_by_keys_either(page, flags):
    page.keyboard.press("r")
    page.keyboard.press("Tab")
    page.keyboard.type("Called")
    page.keyboard.press("Control+Enter")
    expect(row_of(page, flags[0]).get_by_label("What you found or did")).to_be_visible()
    flags[0].refresh_from_db()
    assert flags[0].state == Flag.State.OPEN


def test_what_a_colleague_resolved_meanwhile_is_said_in_the_row_and_the_words_stay(page, cast, flags):
    page.keyboard.press("r")
    page.keyboard.press("Space")
    row_of(page, flags[0]).get_by_label("What you found or did").fill("Called her.")
    olga = make.practitioner(cast.alice.clinic, "Olga", "owner")
    lifecycle.resolve_flag(flags[0], olga.user, "On holiday.", verdict="unclear")
    row_of(page, flags[0]).get_by_role("button", name="Resolve").click()
    message = row_of(page, flags[0]).get_by_role("alert")
    expect(message).to_contain_text("Olga resolved this on")
    expect(message).to_contain_text("“On holiday.”. What you wrote is not stored; keep it as a note.")
    expect(row_of(page, flags[0]).get_by_label("What you found or did")).to_have_value("Called her.")


def test_hold_takes_a_reason_and_stays_on_the_page(page, flags):
    ada = flags[0]
    page.keyboard.press("j")
    page.keyboard.press("h")
    page.keyboard.type("Back from holidays, hold the dose.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The exercise is held. Its reminders stop.")).to_be_visible()
    expect(row_of(page, ada).get_by_text("Forward bend: held")).to_be_visible()
    ada.prescription.refresh_from_db()
    assert (ada.prescription.state, ada.prescription.state_reason) == ("held", "Back from holidays, hold the dose.")
    assert page.url.endswith(url("index"))


def test_an_answer_that_comes_late_leaves_the_next_form_alone(page, flags):
    """Acknowledged, and Resolve opened before the server has answered."""
    waiting = []
    page.route("**/acknowledge/", lambda route: waiting.append(route))
    ada = row_of(page, flags[0])
    ada.get_by_role("button", name="Acknowledge").click()
    ada.get_by_text("Resolve", exact=True).first.click()
    ada.get_by_label("What you found or did").fill("Called")
    waiting[0].continue_()
    expect(ada.get_by_text("acknowledged")).to_be_visible()
    expect(ada.get_by_label("What you found or did")).to_have_value("Called")
    expect(ada.get_by_role("button", name="Acknowledge")).to_have_count(0)


def test_what_the_verb_refuses_is_said_in_the_row(page, flags):
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.press("Space")
    row_of(page, flags[0]).get_by_label("What you found or did").fill("   ")
    row_of(page, flags[0]).get_by_role("button", name="Resolve").click()
    expect(row_of(page, flags[0]).get_by_role("alert")).to_have_text("Write in a few words what you found or did.")
    flags[0].refresh_from_db()
    assert flags[0].state == Flag.State.OPEN


def test_escape_closes_a_form_slash_finds_and_d_leads_to_the_dose(page, flags):
    page.keyboard.press("j")
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    expect(page.locator("details[open]")).to_have_count(0)
    page.keyboard.press("/")
    page.keyboard.type("jakr")
    expect(page.get_by_label("Name")).to_have_value("jakr")
    page.locator(".pl-person > a").first.focus()
    page.keyboard.press("d")
    expect(page).to_have_url(re.compile(url("amend", flags[0].prescription_id)))
    page.get_by_label("Sets").fill("2")
    page.get_by_label("Why").fill("Eager.")
    page.get_by_role("main").get_by_role("button", name="Change the dose").click()
    expect(page).to_have_url(re.compile(f"{url('index')}#client-{flags[0].prescription.client_id}$"))
    expect(page.get_by_text("The dose is changed.")).to_be_in_viewport()


def test_what_came_of_an_act_is_in_sight_until_it_is_put_away(page, cast, flags):
    for number in range(12):
        make.invited(cast.alice, f"Client{number:02}")
    zoe = row_of(page, flagged(make.client(cast.alice, "Zoe"), 0.1, "routine"))
    page.reload()
    zoe.scroll_into_view_if_needed()
    page.evaluate("scrollBy(0, 300)")
    zoe.get_by_role("button", name="Acknowledge").click()
    message = page.get_by_role("status").filter(has_text="Zoe: acknowledged.")
    expect(message).to_be_in_viewport()
    message.get_by_role("button", name="Close this message").click()
    expect(page.get_by_text("Zoe: acknowledged.")).to_have_count(0)


def test_the_keys_are_told_and_can_be_turned_off(page):
    page.get_by_role("button", name="Keys").click()
    expect(page.get_by_role("dialog")).to_contain_text("the next client, the one before")
    assert axe.violations(page) == []
    page.get_by_label("Use these keys").uncheck()
    page.get_by_role("button", name="Close").click()
    page.locator("body").press("j")
    assert focused_row(page) is None
    page.reload()
    page.keyboard.press("j")
    assert focused_row(page) is None
    page.keyboard.press("?")
    expect(page.get_by_label("Use these keys")).not_to_be_checked()


def test_a_refresh_brings_news_and_takes_nothing_away(page, cast, flags):
    """Somebody writes to a note at Cleo's while Dana becomes urgent and Ada is resolved elsewhere."""
    cleo = row_of(page, flags[2])
    cleo.get_by_text("Resolve", exact=True).first.click()
    note = cleo.get_by_label("What you found or did")
    note.fill("Half a sen")
    top = cleo.bounding_box()["y"]
    flagged(cast.dana, 0.1, "urgent")
    lifecycle.resolve_flag(flags[0], cast.alice.user, "Called.")
    page.evaluate(RETURN)
    expect(page.locator(".pl-row").first).to_contain_text("Dana is worse.")
    assert names(page) == ["Dana", "Ben", "Cleo", "Ada"]
    expect(note).to_have_value("Half a sen")
    expect(note).to_be_focused()
    page.keyboard.type("tence.")
    expect(note).to_have_value("Half a sentence.")
    assert abs(cleo.bounding_box()["y"] - top) < 2 or page.evaluate("scrollY") == 0
    assert page.title().startswith("(3) Worklist")


def test_a_refresh_keeps_the_focus_and_the_scroll(page, cast, flags):
    for number in range(12):
        make.invited(cast.alice, f"Client{number:02}")
    page.reload()
    last = page.locator(".pl-row").last
    last.locator(".pl-person > a").first.focus()
    before = last.bounding_box()["y"]
    flagged(cast.dana, 0.1, "urgent")
    page.evaluate(RETURN)
    expect(page.locator(".pl-row").first).to_contain_text("Dana is worse.")
    assert focused_row(page) == "Client11"
    assert abs(last.bounding_box()["y"] - before) < 2


def test_a_lost_connection_is_said_and_taken_back(page, flags):
    page.context.set_offline(True)
    page.evaluate(RETURN)
    expect(page.get_by_role("status").filter(has_text="No connection")).to_be_visible()
    page.context.set_offline(False)
    page.evaluate(RETURN)
    expect(page.get_by_text("No connection")).to_have_count(0)


def test_who_is_signed_out_meanwhile_is_told(page):
    page.context.clear_cookies()
    page.evaluate(RETURN)
    expect(page.get_by_role("link", name="Sign in again")).to_be_visible()


def test_a_hidden_tab_asks_nothing(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    hide = "hidden => Object.defineProperty(document, 'hidden', {value: hidden, configurable: true})"
    page.evaluate(hide, True)
    page.evaluate(RETURN)
    page.evaluate(hide, False)
    with page.expect_response(lambda answer: answer.ok):
        page.evaluate(RETURN)
    assert [address.endswith(url("index")) for address in asked].count(True) == 1
