"""The session on a phone: each way through it, in Debian's Chromium."""

import pytest
from playwright.sync_api import expect

from clinic.models import PainReport, Prescription
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.player.browser_player import walker  # noqa: F401  fixture
from tests.portal.visit import url

pytestmark = pytest.mark.browser


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, sets=1, hold_seconds=30)


def stored():
    return PainReport.objects.get()


def test_better_goes_on(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.at("Set your feet")
    dana.walk_to("How is your pain now?")
    assert not PainReport.objects.exists(), "nothing is sent on the way"
    expect(dana.page.get_by_text("Come up first, if you are still down")).to_be_hidden()
    dana.answer(3)
    dana.says("Pain went from 5 to 3. Good: carry on as planned.")
    dana.page.get_by_role("link", name="Back to today").click()
    dana.says("Better")
    assert (stored().before, stored().after, stored().did_exercise, stored().moved_down_leg) == (5, 3, True, False)


def test_worse_stops_for_today(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(4)
    dana.press("It hurts more: stop here")
    dana.answer(6)
    dana.says("Pain went from 4 to 6. Stop for today.")
    expect(dana.page.get_by_role("img", name="Pain before: 4. Pain after: 6.")).to_be_visible()


def test_strongly_worse_holds_it_and_says_whom_to_call(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(4)
    dana.walk_to("How is your pain now?")
    dana.answer(8)
    dana.says("Your practitioner has paused this exercise.")
    assert dana.page.get_by_role("main").get_by_role("link", name="Call").get_attribute("href") == "tel:5550100"
    dana.page.goto(url("player", plan.pk))
    dana.says("Paused")


def test_a_warning_sign_stops_it_at_once(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.score("Pain before", 5)
    dana.press("Next")
    dana.page.get_by_role("checkbox", name="one of your legs").check()
    dana.press("Next")
    dana.page.wait_for_url("**/portal/history/*/")
    dana.says("Stop the exercise. Call 555 0100 now.")
    assert (stored().did_exercise, stored().before) == (False, 5)
    plan.refresh_from_db()
    assert plan.state == Prescription.State.HELD


def test_a_sign_without_a_number(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.press("Something new is wrong")
    dana.page.get_by_role("checkbox", name="numbness").check()
    dana.press("Next")
    dana.page.wait_for_url("**/portal/history/*/")
    assert (stored().before, stored().advice) == (None, "call_now")


def test_a_sign_met_in_the_bend(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.walk_to("Hang")
    dana.press("It hurts more: stop here")
    dana.says("Come up first, if you are still down: First put your hands on your hips.")
    dana.page.locator("summary", has_text="Something new is wrong").click()
    dana.page.get_by_role("checkbox", name="numbness").check()
    dana.answer(7)
    dana.says("Stop the exercise. Call 555 0100 now.")
    assert (stored().did_exercise, stored().after) == (True, 7)


def test_a_missing_number_is_said_at_its_question_in_the_servers_words(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.press("Next")
    expect(dana.page.get_by_role("alert")).to_have_text("Pain before you start: choose a number. No pain is 0.")
    assert dana.page.evaluate("document.activeElement.name") == "before"
    dana.score("Pain before", 5)
    expect(dana.page.get_by_role("alert")).to_have_count(0)
    dana.press("Next")
    dana.press("Next")
    dana.press("It hurts more: stop here")
    dana.press("Save my answers")
    expect(dana.page.get_by_role("alert")).to_have_text("Pain after the exercise: choose a number. No pain is 0.")


def test_enter_on_a_number_does_not_turn_the_page(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.score("Pain before", 5)
    dana.page.keyboard.press("Enter")
    expect(dana.page.get_by_role("group", name="Pain before")).to_be_visible()


def test_the_browsers_back_goes_one_screen_back_and_loses_nothing(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.press("Next")
    dana.at("Find your base")
    dana.page.go_back()
    dana.at("Set your feet")
    dana.press("Back")
    dana.at("A check before you start")
    dana.press("Back")
    expect(dana.page.get_by_role("radio", name="5").first).to_be_checked()
    dana.page.go_forward()
    dana.at("A check before you start")


def test_after_a_stop_back_leads_to_where_it_was(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.walk_to("Wake up your thighs")
    dana.press("It hurts more: stop here")
    dana.press("Back")
    dana.at("Wake up your thighs")


def test_keyboard_alone_from_the_first_number_to_the_answer(walker, plan):  # noqa: F811
    dana = walker(plan, at=None)
    keys = dana.page.keyboard

    def tab_to(name):
        for _stop in range(40):
            keys.press("Tab")
            if dana.page.evaluate("(document.activeElement.textContent || '').trim()") == name:
                return
        raise AssertionError(f"the keyboard does not reach {name}")

    for _stop in range(6):
        keys.press("Tab")
        if dana.page.evaluate("document.activeElement.name") == "before":
            break
    keys.press("Space")
    for _point in range(4):
        keys.press("ArrowRight")
    while dana.heading.inner_text() != "How is your pain now?":
        here = dana.heading.inner_text()
        tab_to("Next" if here != "Hang" else "Without the clock")
        keys.press("Enter")
        expect(dana.heading).not_to_have_text(here)
        assert dana.page.evaluate("document.activeElement.tagName") == "H1", "each screen is read from its heading"
    while dana.page.evaluate("document.activeElement.name") != "after":
        keys.press("Tab")
    keys.press("Space")
    tab_to("Save my answers")
    keys.press("Enter")
    dana.page.wait_for_url("**/portal/history/*/")
    assert (stored().before, stored().after) == (4, 0)


def test_each_screen_has_its_title(walker, plan):  # noqa: F811
    dana = walker(plan)
    assert dana.page.title() == "Forward bend – Riverside Physio"
    dana.begin(5)
    assert dana.page.title() == "Set your feet – Forward bend – Riverside Physio"


def test_without_a_connection_the_answers_wait_and_are_saved_once(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.walk_to("How is your pain now?")
    dana.score("Pain after", 3)
    dana.page.context.set_offline(True)
    dana.press("Save my answers")
    dana.at("Your answer is kept on this phone")
    dana.says("Pain went from 5 to 3. Good: carry on as planned.")
    dana.page.context.set_offline(False)
    dana.page.wait_for_url("**/portal/history/*/")
    assert stored().after == 3
    dana.trouble = [line for line in dana.trouble if "ERR_INTERNET_DISCONNECTED" not in line]


def test_an_answer_that_was_stored_though_its_reply_was_lost_is_not_stored_again(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.press("It hurts more: stop here")
    dana.score("Pain after", 6)

    def lose(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    dana.page.route(f"**{url('offline_submission')}", lose)
    dana.press("Save my answers")
    dana.says("Pain went from 5 to 6. Stop for today.")
    dana.page.unroute(f"**{url('offline_submission')}")
    dana.open()
    expect(dana.page.get_by_role("group", name="Pain before")).to_be_visible()
    expect(dana.page.get_by_role("link", name="What it means")).to_be_visible()
    assert stored().after == 6
    dana.trouble = [line for line in dana.trouble if "ERR_CONNECTION_RESET" not in line]


def test_who_was_signed_out_on_the_way_signs_in_and_the_answers_are_sent(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.walk_to("How is your pain now?")
    dana.score("Pain after", 3)
    cookies = dana.page.context.cookies()
    dana.page.context.clear_cookies(name="sessionid")
    dana.press("Save my answers")
    dana.says("Pain went from 5 to 3.")
    dana.says("You are signed out. Sign in, and your answers are sent.")
    dana.page.context.add_cookies(cookies)
    dana.open()
    expect(dana.page.get_by_role("link", name="What it means")).to_be_visible()
    assert (stored().before, stored().after) == (5, 3)
    dana.trouble = [line for line in dana.trouble if "401" not in line]


def test_a_plan_that_ended_meanwhile_is_told_by_the_servers_page(walker, plan, cast):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.press("It hurts more: stop here")
    dana.score("Pain after", 6)
    prescribing.end_prescription(plan, by=cast.alice.user, reason="done")
    dana.press("Save my answers")
    expect(dana.page.get_by_role("alert").first).to_contain_text("This exercise has ended")
    dana.says("Pain after the exercise")
    expect(dana.page.locator("[name=after][value='6']")).to_be_checked()
    dana.press("Back")
    expect(dana.page.get_by_text("This exercise has ended")).to_have_count(0)
    dana.trouble = [line for line in dana.trouble if "422" not in line and "409" not in line]


def test_leaving_stores_nothing_and_begins_anew(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.page.get_by_role("link", name="Leave without saving").click()
    dana.page.wait_for_url("**/portal/")
    dana.open()
    expect(dana.page.get_by_role("group", name="Pain before")).to_be_visible()
    expect(dana.page.locator("input:checked")).to_have_count(0)
    assert not PainReport.objects.exists()


def test_signing_out_takes_along_what_the_tab_kept(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.begin(5)
    dana.page.goto(url("today"))
    assert dana.page.evaluate("Object.keys(sessionStorage).length") == 1
    dana.press("Sign out")
    dana.page.wait_for_url(lambda there: "/portal/" not in there)
    assert dana.page.evaluate("Object.keys(sessionStorage).length") == 0


def test_the_voice_is_off_until_it_is_asked_for(walker, plan):  # noqa: F811
    dana = walker(plan)
    dana.page.evaluate("() => { speechSynthesis.speak = (words) => (window.heard ??= []).push(words.text) }")
    dana.begin(5)
    assert dana.page.evaluate("window.heard") is None
    dana.press("Read the cues aloud")
    dana.press("Next")
    heard = dana.page.evaluate("window.heard")
    assert "Both feet point straight ahead." in heard[0]
    assert heard[1].startswith("Find your base.")
    dana.page.reload()
    expect(dana.page.get_by_role("button", name="Read the cues aloud")).to_have_attribute("aria-pressed", "true")


@pytest.mark.parametrize(("motion", "ticks"), [("no-preference", True), ("reduce", False)])
def test_the_phone_ticks_unless_motion_is_unwanted(walker, plan, motion, ticks):  # noqa: F811
    dana = walker(plan, reduced_motion=motion)
    dana.page.evaluate("() => { navigator.vibrate = () => { window.felt = true } }")
    dana.begin(5)
    assert dana.page.evaluate("window.felt === true") is ticks


def test_without_scripts_it_is_plain_pages(walker, plan):  # noqa: F811
    dana = walker(plan, java_script_enabled=False)
    dana.score("Pain before", 4)
    dana.press("Next")
    dana.press("Next")
    dana.at("Set your feet")
    assert dana.page.get_by_role("button", name="Read the cues aloud").count() == 0
    dana.walk_to("Hang")
    dana.says("Hold for 30 seconds. Count slowly, or look at a clock.")
    assert dana.page.url.endswith(url("player", plan.pk)), "no answer stands in an address"
    dana.walk_to("How is your pain now?")
    dana.answer(2)
    dana.says("Pain went from 4 to 2.")
