"""A client who comes to another zone hears again of the next day, and not within twelve hours of the last time."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings, strategies as st

from clinic.reminders.schedule import (
    GAP_AFTER_ZONE_CHANGE,
    Plan,
    Slot,
    first_slot,
    next_slot,
    slot_after_zone_change,
    slots,
)
from tests.reminders.slot_cases import plan, utc
from tests.reminders.test_slots_in_every_zone import DAY, clock_times, instants, plans, zones

MICROSECOND = timedelta(microseconds=1)
HOURS = st.integers(0, 60).map(lambda hours: timedelta(hours=hours))


@given(zones, zones, clock_times, instants, HOURS)
@settings(deadline=None)
def test_twelve_hours_lie_between_the_two_and_no_date_comes_twice(
    old: ZoneInfo, new: ZoneInfo, at: time, start: datetime, waited: timedelta
) -> None:
    case = plan(f"{at:%H:%M}")
    last = next_slot(case, at, old, start)
    assert last is not None
    moved_at = last.due_at + waited
    found = slot_after_zone_change(case, at, new, moved_at, last)
    assert found is not None
    assert found.due_at - last.due_at >= GAP_AFTER_ZONE_CHANGE
    assert found.due_at > moved_at
    assert found.date > last.date


@given(plans, zones, zones, instants, HOURS)
@settings(deadline=None)
def test_it_is_the_first_slot_of_the_new_zone_that_is_rested(
    case: Plan, old: ZoneInfo, new: ZoneInfo, start: datetime, waited: timedelta
) -> None:
    at = case.times[0]
    last = next_slot(case, at, old, start)
    if last is None:
        return
    moved_at = last.due_at + waited
    wanted = next_slot(case, at, new, moved_at)
    while wanted is not None and (wanted.date <= last.date or wanted.due_at - last.due_at < GAP_AFTER_ZONE_CHANGE):
        wanted = next_slot(case, at, new, wanted.due_at)
    assert slot_after_zone_change(case, at, new, moved_at, last) == wanted


def test_eighteen_in_los_angeles_and_a_flight_to_auckland_skip_the_evening_that_comes_after_four_hours() -> None:
    los_angeles, auckland = ZoneInfo("America/Los_Angeles"), ZoneInfo("Pacific/Auckland")
    last = next_slot(plan("18:00"), time(18), los_angeles, utc("2024-06-03 12:00"))
    assert last == Slot(date(2024, 6, 3), time(18), utc("2024-06-04 01:00"))
    found = slot_after_zone_change(plan("18:00"), time(18), auckland, last.due_at, last)
    assert found == Slot(date(2024, 6, 5), time(18), utc("2024-06-05 06:00"))


@given(plans, zones, instants)
@settings(deadline=None)
def test_the_first_slot_is_the_first_of_all_times(case: Plan, zone: ZoneInfo, after: datetime) -> None:
    found = first_slot(case, zone, after)
    if found is None:
        assert list(slots(case, zone, after + MICROSECOND, after + 60 * DAY)) == []
        return
    assert found.time in case.times
    assert next(slots(case, zone, after + MICROSECOND, found.due_at + MICROSECOND)) == found.due_at


def test_a_plan_without_times_has_no_first_slot() -> None:
    assert first_slot(plan(), ZoneInfo("UTC"), utc("2024-06-03")) is None


@given(plans, zones, instants)
@settings(deadline=None)
def test_what_was_prescribed_has_every_slot_and_wishes_account_for_each_that_is_left_out(
    case: Plan, zone: ZoneInfo, start: datetime
) -> None:
    end = start + 20 * DAY
    kept = set(slots(case, zone, start, end))
    assert kept <= set(slots(case.prescribed, zone, start, end))
    for at in set(case.times):
        slot = next_slot(case.prescribed, at, zone, start - MICROSECOND)
        while slot is not None and slot.due_at < end:
            paused = case.paused_until is not None and slot.date < case.paused_until
            if not (paused or case.is_quiet(at) or case.is_too_early(at)):
                assert slot.due_at in kept
            slot = next_slot(case.prescribed, at, zone, slot.due_at)


@given(plans, clock_times)
def test_a_time_is_allowed_unless_it_is_quiet_or_too_early(case: Plan, at: time) -> None:
    assert case.allows(at) == (not case.is_quiet(at) and not case.is_too_early(at))


def test_quiet_hours_begin_included_and_end_excluded_over_midnight_too() -> None:
    night, noon = plan(quiet=(time(22), time(7))), plan(quiet=(time(12), time(14)))
    assert [night.is_quiet(time(*at)) for at in ((21, 59), (22,), (0,), (6, 59), (7,))] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert [noon.is_quiet(time(*at)) for at in ((11, 59), (12,), (13, 59), (14,))] == [False, True, True, False]
    assert not plan().is_quiet(time(3))


def test_two_hours_after_waking_are_too_early_unless_mornings_are_allowed() -> None:
    early = plan(wakes_at=time(7))
    assert [early.is_too_early(time(*at)) for at in ((6, 59), (7,), (8, 59), (9,))] == [False, True, True, False]
    assert not plan(wakes_at=time(7), mornings_allowed=True).is_too_early(time(8))
    assert not plan().is_too_early(time(8))
