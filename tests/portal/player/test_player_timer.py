"""The hold lives by the wall clock: it can be paused, and a reload or a locked phone does not lose it."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from tests import make
from tests.portal.player.browser_player import NOON, walker  # noqa: F401  fixture
from tests.portal.visit import url

pytestmark = pytest.mark.browser


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, sets=2, hold_seconds=40)


@pytest.fixture
def dana(walker, plan):  # noqa: F811
    """In front of the hold, the clock not yet started."""
    one = walker(plan, at=NOON)
    one.begin(5)
    one.walk_to("Hang")
    return one


def seconds(dana):
    minutes, rest = dana.count.inner_text().split(":")
    return int(minutes) * 60 + int(rest)


def test_it_waits_to_be_started_and_then_counts_down(dana):
    assert seconds(dana) == 40
    dana.page.clock.run_for(5_000)
    assert seconds(dana) == 40
    dana.press("Start the clock")
    dana.page.clock.run_for(7_000)
    assert 32 <= seconds(dana) <= 34


def test_it_says_again_to_tighten_and_that_ten_seconds_are_left(dana):
    dana.press("Start the clock")
    status = dana.page.get_by_role("status")
    expect(status).to_have_text("The clock runs.")
    dana.page.clock.run_for(12_500)
    expect(status).to_contain_text("Tighten again. Do the knuckle test once more")
    dana.page.clock.run_for(18_000)
    expect(status).to_have_text("10 seconds left.")


def test_when_the_time_is_up_it_says_so_and_pulls_nobody_on(dana):
    dana.press("Start the clock")
    dana.page.clock.run_for(45_000)
    dana.says("Time. Now: Come up with your legs.")
    dana.page.clock.run_for(60_000)
    dana.at("Hang")
    dana.press("Next")
    dana.at("Come up with your legs")


def test_a_pause_stops_it_for_as_long_as_it_lasts(dana):
    dana.press("Start the clock")
    dana.page.clock.run_for(10_000)
    dana.press("Pause")
    stood = seconds(dana)
    dana.page.clock.run_for(100_000)
    assert seconds(dana) == stood
    dana.says("Paused.")
    dana.press("Go on")
    dana.page.clock.run_for(5_000)
    assert stood - 6 <= seconds(dana) <= stood - 4


def test_a_reload_in_the_middle_goes_on_at_the_right_second(dana):
    dana.press("Start the clock")
    dana.page.clock.run_for(10_000)
    dana.page.reload()
    dana.at("Hang")
    assert 28 <= seconds(dana) <= 30
    dana.page.clock.run_for(10_000)
    assert 18 <= seconds(dana) <= 20
    dana.walk_to("How is your pain now?")
    dana.answer(4)
    dana.says("Pain went from 5 to 4.")


def test_after_a_reload_back_still_goes_one_screen_back(dana):
    dana.page.reload()
    dana.at("Hang")
    dana.press("Back")
    dana.at("Bend at the waist")
    dana.page.go_back()
    dana.at("Hands on your waist")


def test_a_reload_while_it_is_paused_leaves_it_paused(dana):
    dana.press("Start the clock")
    dana.page.clock.run_for(10_000)
    dana.press("Pause")
    stood = seconds(dana)
    dana.page.clock.run_for(20_000)
    dana.page.reload()
    assert seconds(dana) == stood
    expect(dana.page.get_by_role("button", name="Go on")).to_be_visible()


def test_a_locked_phone_does_not_stop_the_time(dana):
    dana.press("Start the clock")
    dana.page.clock.fast_forward(15_000)
    assert 24 <= seconds(dana) <= 25


def test_a_time_that_ended_while_the_phone_was_locked_is_told(dana):
    dana.press("Start the clock")
    dana.page.clock.fast_forward(90_000)
    dana.says("The time ended while your phone was locked. Time. Now: Come up with your legs.")


def test_after_the_rest_the_second_round_is_held_as_long(dana):
    dana.says("Round 1 of 2")
    dana.press("Start the clock")
    dana.page.clock.run_for(41_000)
    dana.press("Next")
    dana.press("Next")
    dana.at("Rest")
    dana.page.clock.run_for(10_000)
    assert 19 <= seconds(dana) <= 21
    dana.page.clock.run_for(25_000)
    dana.says("The rest is over. Go on when you are ready.")
    dana.press("Next")
    dana.at("Bend at the waist")
    dana.says("Round 2 of 2")
    dana.press("Next")
    assert seconds(dana) == 40
    dana.press("Start the clock")
    dana.page.clock.run_for(5_000)
    assert 34 <= seconds(dana) <= 36
    dana.walk_to("How is your pain now?")


def test_the_rest_may_be_cut_short(dana):
    dana.walk_to("Rest")
    dana.press("End the rest")
    dana.at("Bend at the waist")


def test_the_hold_may_be_ended_early(dana):
    dana.press("Start the clock")
    dana.page.clock.run_for(5_000)
    dana.press("End it now")
    dana.at("Come up with your legs")


@pytest.mark.parametrize("later", [dt.timedelta(hours=3, minutes=1), dt.timedelta(hours=13)])
def test_what_was_kept_is_dropped_after_three_hours_and_on_another_day(walker, plan, later):  # noqa: F811
    begun = NOON if later < dt.timedelta(hours=12) else NOON + dt.timedelta(hours=11)
    later = later if begun == NOON else dt.timedelta(hours=2)  # from eleven at night to one in the morning
    dana = walker(plan, at=begun, timezone_id="UTC")
    dana.begin(5)
    dana.page.clock.fast_forward(int(later.total_seconds() * 1000))
    dana.page.reload()
    expect(dana.page.get_by_role("group", name="Pain before")).to_be_visible()
    expect(dana.page.locator("input:checked")).to_have_count(0)


def test_what_was_kept_is_gone_once_it_is_saved(dana, plan):
    dana.walk_to("How is your pain now?")
    dana.answer(4)
    assert dana.page.evaluate("Object.keys(sessionStorage).length") == 0
    dana.page.goto(url("player", plan.pk))
    expect(dana.page.locator("input:checked")).to_have_count(0)


def test_the_bob_goes_down_with_the_time(dana):
    dana.press("Start the clock")
    dana.page.clock.run_for(20_000)
    y = dana.page.locator(".hold .clock [data-bob]").get_attribute("y")
    assert 45 <= float(y.removesuffix("%")) <= 53


CLOCK = """async (address) => {
  const clock = await import(address);
  let one = clock.started(30, 1000);
  const told = { begun: clock.left(one, 1000), later: clock.left(one, 11000), back: clock.left(one, -90000) };
  one = clock.paused(one, 11000);
  told.paused = clock.left(clock.paused(one, 20000), 60000);
  one = clock.goneOn(one, 61000);
  told.goneOn = clock.left(one, 66000);
  told.over = clock.left(one, 999000);
  told.late = clock.late(one, 61000 + 20000 + 7000);
  told.faces = [0, 0.2, 9, 59.5, 60, 600].map(clock.face);
  told.moments = [15, 20, 30, 60].map((seconds) => clock.moments(seconds, true).map(([at, what]) => `${at} ${what}`));
  told.silent = clock.moments(15, false);
  told.due = clock.due(clock.moments(60, true), 11, 25);
  return told;
}"""


def test_the_clocks_sums(dana):
    address = dana.page.locator("[data-module=clock]").get_attribute("href")
    assert dana.page.evaluate(CLOCK, address) == {
        "begun": 30,
        "later": 20,
        "back": 30,
        "paused": 20,
        "goneOn": 15,
        "over": 0,
        "late": 7,
        "faces": ["0:00", "0:01", "0:09", "1:00", "1:00", "10:00"],
        "moments": [[], ["10 ten"], ["12 remind", "20 ten"], ["12 remind", "24 remind", "36 remind", "50 ten"]],
        "silent": [],
        "due": "remind",
    }
