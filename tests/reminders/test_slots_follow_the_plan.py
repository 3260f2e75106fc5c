"""Days, dates, pauses, quiet hours and mornings."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.reminders.schedule import Plan, Slot, has_only_quiet_slots, next_slot, slots, window_conflicts
from tests.reminders.slot_cases import EVERY_DAY, plan, utc

MADRID = ZoneInfo("Europe/Madrid")
MONDAY, SUNDAY_AFTER = utc("2024-06-03"), utc("2024-06-10")


def week(case: Plan) -> list[str]:
    """What falls in the week from Monday 2024-06-03, as Madrid's wall clock shows it."""
    found = slots(case, MADRID, MONDAY, SUNDAY_AFTER)
    return [f"{instant.astimezone(MADRID):%a %H:%M}" for instant in found]


def test_only_the_chosen_days_have_slots() -> None:
    assert week(plan("18:00", days=frozenset({0, 3}))) == ["Mon 18:00", "Thu 18:00"]


def test_no_days_means_no_slots() -> None:
    assert week(plan("18:00", days=frozenset())) == []


def test_no_times_means_no_slots() -> None:
    assert week(plan()) == []


def test_several_times_a_day_come_in_order_and_a_repeated_one_once() -> None:
    assert week(plan("20:00", "12:30", "20:00", days=frozenset({2}))) == ["Wed 12:30", "Wed 20:00"]


def test_the_first_and_the_last_date_are_both_included() -> None:
    case = plan("18:00", starts_on=date(2024, 6, 4), ends_on=date(2024, 6, 6))
    assert week(case) == ["Tue 18:00", "Wed 18:00", "Thu 18:00"]


def test_a_plan_that_ends_before_it_starts_has_no_slots() -> None:
    assert week(plan("18:00", starts_on=date(2024, 6, 6), ends_on=date(2024, 6, 4))) == []


def test_a_pause_ends_on_its_date() -> None:
    assert week(plan("18:00", paused_until=date(2024, 6, 8))) == ["Sat 18:00", "Sun 18:00"]


def test_a_slot_in_quiet_hours_is_not_made() -> None:
    case = plan("13:59", "14:00", "15:59", "16:00", days=frozenset({0}), quiet=(time(14), time(16)))
    assert week(case) == ["Mon 13:59", "Mon 16:00"]


def test_quiet_hours_may_go_over_midnight() -> None:
    case = plan("06:59", "07:00", "21:00", "22:00", days=frozenset({0}), quiet=(time(22), time(7)))
    assert week(case) == ["Mon 07:00", "Mon 21:00"]


def test_quiet_hours_that_end_where_they_begin_are_none() -> None:
    assert len(week(plan("18:00", quiet=(time(18), time(18))))) == 7


def test_the_two_hours_after_waking_have_no_slots() -> None:
    case = plan("06:59", "07:00", "08:59", "09:00", days=frozenset({0}), wakes_at=time(7))
    assert week(case) == ["Mon 06:59", "Mon 09:00"]


def test_unless_the_practitioner_allows_mornings() -> None:
    assert len(week(plan("07:30", wakes_at=time(7), mornings_allowed=True))) == 7


def test_the_morning_of_someone_who_wakes_before_midnight_goes_over_it() -> None:
    case = plan("23:30", "00:59", "01:00", days=frozenset({0}), wakes_at=time(23))
    assert week(case) == ["Mon 01:00"]


def test_the_length_of_the_avoided_morning_can_be_chosen() -> None:
    case = plan("07:30", "08:00", days=frozenset({0}), wakes_at=time(7), avoid_morning=timedelta(hours=1))
    assert week(case) == ["Mon 08:00"]


def test_conflicting_times_are_named_in_the_order_given() -> None:
    times = (time(9, 30), time(8), time(18), time(7))
    assert window_conflicts(times, time(7)) == (time(8), time(7))


def test_an_unknown_waking_time_conflicts_with_nothing() -> None:
    assert window_conflicts((time(7),), None) == ()


def test_the_start_is_included_and_the_end_is_not() -> None:
    case = plan("18:00")
    due = utc("2024-06-03 16:00")
    assert list(slots(case, MADRID, due, due + timedelta(days=1))) == [due]


def test_an_empty_or_backward_interval_has_no_slots() -> None:
    assert list(slots(plan("18:00"), MADRID, MONDAY, MONDAY)) == []
    assert list(slots(plan("18:00"), MADRID, SUNDAY_AFTER, MONDAY)) == []


def test_the_next_slot_is_strictly_after() -> None:
    due = utc("2024-06-03 16:00")
    assert next_slot(plan("18:00"), time(18), MADRID, due) == Slot(date(2024, 6, 4), time(18), due + timedelta(days=1))


def test_the_next_slot_of_a_plan_years_ahead_is_its_first() -> None:
    slot = next_slot(plan("18:00", starts_on=date(2034, 6, 5)), time(18), MADRID, MONDAY)
    assert slot is not None
    assert slot.date == date(2034, 6, 5)


def test_after_the_last_date_there_is_no_next_slot() -> None:
    assert next_slot(plan("18:00", ends_on=date(2024, 6, 2)), time(18), MADRID, MONDAY) is None


def test_a_time_in_quiet_hours_has_no_next_slot() -> None:
    assert next_slot(plan(quiet=(time(17), time(19))), time(18), MADRID, MONDAY) is None


def test_no_days_means_no_next_slot() -> None:
    assert next_slot(plan(days=frozenset()), time(18), MADRID, MONDAY) is None


def test_the_ends_of_the_calendar_do_not_crash() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert next_slot(plan("18:00"), time(18), MADRID, last) is None
    assert list(slots(plan("18:00"), MADRID, last - timedelta(hours=1), last)) == []
    first = datetime.min.replace(tzinfo=UTC)
    assert list(slots(plan("18:00"), MADRID, first, first + timedelta(days=9))) == []


def test_an_instant_without_a_zone_is_refused() -> None:
    naive = datetime(2024, 6, 3)  # noqa: DTZ001
    with pytest.raises(ValueError, match="zone"):
        next_slot(plan("18:00"), time(18), MADRID, naive)
    with pytest.raises(ValueError, match="zone"):
        list(slots(plan("18:00"), MADRID, naive, MONDAY))


def test_a_weekday_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="weekdays"):
        Plan(days=frozenset({7}), times=(), starts_on=date(2024, 1, 1))


def test_a_time_of_day_with_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="local"):
        Plan(days=EVERY_DAY, times=(time(18, tzinfo=UTC),), starts_on=date(2024, 1, 1))
    with pytest.raises(ValueError, match="local"):
        next_slot(plan(), time(18, tzinfo=UTC), MADRID, MONDAY)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (plan("18:00", quiet=(time(17), time(20))), True),
        (plan("18:00", "20:00", quiet=(time(17), time(20))), False),
        (plan("18:00", quiet=(time(17), time(20)), ends_on=date(2024, 6, 2)), False),  # it is over anyway
        (plan("18:00"), False),
    ],
)
def test_quiet_hours_are_to_blame_only_where_a_time_would_be_left_without_them(case: Plan, expected: bool) -> None:
    assert has_only_quiet_slots(case, MADRID, MONDAY) is expected
