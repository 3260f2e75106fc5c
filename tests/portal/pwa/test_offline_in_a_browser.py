"""Without a network in Debian's Chromium: the pages are there, answers wait and are sent once, with the right times."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.models import Clinic, PainReport
from clinic.prescriptions import prescribing
from tests import make
from tests.portal.pwa.browser_phone import phone  # noqa: F401  fixture
from tests.portal.visit import url

pytestmark = pytest.mark.browser


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, sets=1, hold_seconds=30)


def test_the_worker_keeps_what_was_told_and_no_more(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    assert dana.keeps() == sorted(
        [url("today"), url("report"), url("player", plan.pk), url("exercise", "forward-bend")]
    )
    dana.open("settings")
    dana.open("history")
    assert url("settings") not in dana.keeps()
    assert url("history") not in dana.keeps()


def test_three_answers_given_offline_are_sent_once_with_their_times(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    dana.offline()
    now = timezone.now().replace(microsecond=0)
    times = [now - dt.timedelta(hours=hours) for hours in (3, 2, 1)]
    for time, pain in zip(times, (4, 6, 3), strict=True):
        dana.clock(time)
        dana.open()
        dana.says(f"No connection. You see this page as it was {'today at' if time.date() == now.date() else 'on'}")
        dana.open("report")
        dana.report(pain)
        dana.says("Your answer is kept on this phone")
        dana.says("Your practitioner sees your answer once it is sent.")
    assert not PainReport.objects.exists()
    dana.clock(now)
    dana.open()
    day = "today" if times[0].date() == now.date() else "yesterday"  # three hours back
    dana.says(f"3 answers wait to be sent. The first was given {day} at ")
    dana.offline(False)
    expect(dana.page.get_by_role("link", name="What it means")).to_have_count(
        3, timeout=20_000
    )  # tried again meanwhile
    stored = PainReport.objects.order_by("occurred_at")
    assert [(row.occurred_at, row.before, row.source, row.did_exercise) for row in stored] == [
        (time, pain, "portal", False) for time, pain in zip(times, (4, 6, 3), strict=True)
    ]
    assert dana.waiting() == []


# The first try on a page finds no network, and knows it only once that is back.
SLOW_TO_FAIL = """() => {
  const real = window.fetch;
  let tried = false;
  window.fetch = async (...asked) => {
    if (tried || asked[0] !== document.querySelector("[data-offline]").dataset.door) return real(...asked);
    tried = true;
    await new Promise((back) => window.addEventListener("online", back, { once: true }));
    throw new TypeError("no network");
  };
}"""


def test_a_network_that_comes_back_while_a_try_still_waits_is_used_within_seconds(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.answers_offline()
    dana.page.add_init_script(f"({SLOW_TO_FAIL})()")
    dana.open()
    dana.says("1 answer waits to be sent.")
    dana.offline(False)
    expect(dana.page.get_by_role("link", name="What it means")).to_have_count(1, timeout=10_000)


def session(dana, plan, before, after, moved=""):
    """The whole exercise, offline or not, up to what it means."""
    dana.open("player", plan.pk)
    page = dana.page

    def choose(group, number):
        asked = page.get_by_role("group", name=group)
        asked.get_by_role("radio", name=str(number), exact=number not in (0, 5, 10)).check(force=True)

    choose("Pain before", before)
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="Next", exact=True).click()
    page.get_by_role("button", name="It hurts more: stop here").click()
    choose("Pain after", after)
    if moved:
        page.get_by_role("group", name="further down").get_by_role("radio", name=moved).check()
    page.get_by_role("button", name="Save my answers").click()


@pytest.mark.parametrize(
    ("before", "after", "moved", "text"),
    [
        (5, 3, "", "Pain went from 5 to 3. Good: carry on as planned."),
        (4, 4, "No", "Pain stayed at 4. Carry on, gently. We are watching how the days compare."),
        (4, 6, "", "Pain went from 4 to 6. Stop for today. Do not repeat it until tomorrow"),
        (4, 7, "", "Do not do it again until we have your answer. Call 555 0100 if it gets worse."),
        (4, 3, "Yes", "Do not do it again until we have your answer. Call 555 0100 if it gets worse."),
    ],
)
def test_what_a_session_means_is_said_without_the_network(phone, plan, cast, before, after, moved, text):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    dana.offline()
    session(dana, plan, before, after, moved)
    dana.says(text)
    assert dana.page.evaluate("document.activeElement.tagName") == "H1"
    (entry,) = dana.waiting()
    assert (entry["before"], entry["after"], entry["state"]) == (before, after, "waits")


def test_a_sign_given_offline_says_whom_to_call_on_every_page_until_it_is_sent(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    dana.offline()
    dana.open("report")
    dana.report(6, sign="numbness")
    call = dana.page.get_by_role("main").get_by_role("link", name="Call")
    expect(call).to_have_attribute("href", "tel:5550100")
    for name, of in (("today", ()), ("player", (plan.pk,))):
        dana.open(name, *of)
        expect(dana.page.locator("[data-stops]")).to_contain_text("Stop the exercise. Call 555 0100 now.")
        expect(dana.page.get_by_role("link", name="Do the exercise")).to_have_count(0)
        expect(dana.page.get_by_role("heading", name="Time for your exercise")).to_have_count(0)
    dana.offline(False)
    dana.open()
    expect(dana.page.get_by_role("article")).to_contain_text("Warning sign")
    assert PainReport.objects.get().advice == "call_now"


def test_the_servers_word_takes_the_place_of_the_phones(phone, plan, cast):  # noqa: F811
    for day in (3, 2, 1):
        make.report(plan, 2, 3, at=timezone.now() - dt.timedelta(days=day))
    plan.refresh_from_db()
    dana = phone(cast.dana)
    dana.keeps()
    dana.offline()
    session(dana, plan, 2, 3)
    dana.says("Your answer is kept on this phone")
    dana.offline(False)
    dana.page.wait_for_url("**/portal/history/*/")
    dana.says("Your practitioner has paused this exercise.")


def test_two_tabs_send_once(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.answers_offline()
    other = dana.open("today", page=dana.context.new_page())
    expect(other.locator("[data-waiting]")).to_contain_text("1 answer waits to be sent.")
    dana.offline(False)
    dana.page.wait_for_url("**/portal/history/**")
    expect(other.get_by_text("1 answer waits")).to_have_count(0)
    assert PainReport.objects.count() == 1


def test_an_answer_whose_reply_was_lost_is_sent_again_and_stored_once(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana, service_workers="block")  # the worker would send it behind the test's back
    sent = []

    def lose(route):
        if route.request.method == "GET":
            route.continue_()
            return
        sent.append(route.fetch().status)
        route.abort("connectionreset")

    dana.page.route(f"**{url('offline_submission')}", lose)
    dana.open("report")
    dana.report(4)
    dana.says("Your answer is kept on this phone")
    dana.page.unroute(f"**{url('offline_submission')}")
    dana.open()
    expect(dana.page.get_by_role("link", name="What it means")).to_be_visible()
    assert sent == [201]
    assert PainReport.objects.count() == 1


def test_an_error_of_the_server_keeps_the_answer(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana, service_workers="block")  # the worker would send it behind the test's back
    answer = {"status": 500, "body": "<h1>Sorry</h1>", "content_type": "text/html"}
    dana.page.route(f"**{url('offline_submission')}", lambda route: route.fulfill(**answer))
    dana.open("report")
    dana.report(4)
    dana.says("That did not work. We try again by ourselves.")
    assert [entry["state"] for entry in dana.waiting()] == ["waits"]
    dana.page.unroute(f"**{url('offline_submission')}")
    dana.open()
    expect(dana.page.get_by_role("link", name="What it means")).to_be_visible()
    assert PainReport.objects.count() == 1


def test_a_reload_while_it_is_being_sent_loses_nothing_and_sends_once(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana, service_workers="block")  # the worker would send it behind the test's back
    held = []
    # The first stays on its way until the reload cuts it off; let go before that, it might still arrive.
    dana.page.route(f"**{url('offline_submission')}", lambda route: route.continue_() if held else held.append(route))
    dana.open("report")
    dana.report(4)
    while not held:
        dana.page.wait_for_timeout(20)
    dana.page.reload()
    expect(dana.page.locator("[data-waiting]").get_by_role("link", name="What it means")).to_be_visible()
    assert PainReport.objects.count() == 1


def test_a_plan_that_ended_meanwhile_ends_in_a_choice(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.answers_offline()
    prescribing.end_prescription(plan, by=cast.alice.user, reason="done")
    dana.offline(False)
    dana.open()
    dana.says("1 answer could not be saved. See below why, and decide.")
    dana.says("Not saved: This exercise has ended; it takes no more reports.")
    dana.page.locator("[data-waiting]").get_by_role("button", name="Delete").click()
    dialog = dana.page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nobody has seen it.")
    dialog.get_by_role("button", name="Delete").click()
    expect(dana.page.locator("[data-waiting]")).to_be_hidden()
    assert dana.waiting() == []


def test_the_clock_of_a_phone_that_is_ahead_is_put_right(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    now = timezone.now()
    dana.clock(now + dt.timedelta(hours=2))
    dana.open("report")
    dana.report(4)
    dana.page.wait_for_url("**/portal/history/*/")
    assert abs(PainReport.objects.get().occurred_at - now) < dt.timedelta(minutes=1)


def test_a_time_that_the_server_cannot_take_is_mended_by_the_client(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    dana.offline()
    now = timezone.now()
    dana.clock(now + dt.timedelta(days=2))
    dana.open("report")
    dana.report(4)
    dana.says("Your answer is kept on this phone")
    dana.clock(now)
    dana.offline(False)
    dana.open()
    dana.says("That is in the future. Give the time when it happened.")
    an_hour_ago = (timezone.localtime(now, ZoneInfo("UTC")) - dt.timedelta(hours=1)).replace(second=0, microsecond=0)
    dana.page.get_by_label("When was it?").fill(f"{an_hour_ago:%Y-%m-%dT%H:%M}")
    dana.page.get_by_role("button", name="Send with this time").click()
    expect(dana.page.get_by_role("link", name="What it means")).to_be_visible()
    assert PainReport.objects.get().occurred_at == an_hour_ago


def test_a_new_version_takes_over_with_the_next_page_and_leaves_a_form_alone(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    (shell,) = dana.page.evaluate("caches.keys().then((all) => all.filter((name) => name.endsWith('-shell')))")
    form = dana.open("report", page=dana.context.new_page())
    form.get_by_label("Anything your practitioner").evaluate("(field) => { field.value = 'half a sentence' }")
    Clinic.objects.filter(pk=cast.dana.clinic_id).update(phone="555 0199")
    dana.open()
    while not dana.page.evaluate("async () => Boolean((await navigator.serviceWorker.getRegistration()).waiting)"):
        dana.page.wait_for_timeout(20)
    dana.open()
    while shell in dana.page.evaluate("caches.keys()"):
        dana.page.wait_for_timeout(20)
    assert all(not name.startswith(shell.removesuffix("shell")) for name in dana.page.evaluate("caches.keys()"))
    assert form.get_by_label("Anything your practitioner").input_value() == "half a sentence"
    assert dana.keeps()


def test_without_a_worker_answers_wait_all_the_same(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana, service_workers="block")
    dana.open("report")
    dana.offline()
    dana.report(4)
    dana.says("Your answer is kept on this phone")
    dana.offline(False)
    dana.page.wait_for_url("**/portal/history/*/")
    assert PainReport.objects.get().before == 4


def test_without_a_store_in_the_browser_the_form_is_a_form(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana, service_workers="block")
    dana.page.add_init_script("indexedDB.open = () => { throw new Error('none here') }")
    dana.open("report")
    dana.report(4)
    dana.page.wait_for_url("**/portal/history/*/")
    assert PainReport.objects.get().before == 4


def test_a_missing_number_is_asked_for_without_the_network(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    dana.offline()
    dana.open("report")
    dana.page.get_by_role("button", name="Save my answer").click()
    expect(dana.page.get_by_role("alert")).to_have_text("Your pain now: choose a number. No pain is 0.")
    assert dana.waiting() == []


def test_two_answers_from_one_kept_page_are_two(phone, plan, cast):  # noqa: F811
    dana = phone(cast.dana)
    dana.keeps()
    dana.offline()
    for pain in (3, 4):
        dana.open("report")
        dana.report(pain)
        dana.says("Your answer is kept on this phone")
    assert len({entry["id"] for entry in dana.waiting()}) == 2
