"""Each day of a plan comes to exactly one thing, and nobody is asked for a day that was paused."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from clinic.progress.adherence import Adherence, DayStatus, Diary, Hold, PlanVersion, count_adherence

HERE = ZoneInfo("Europe/Madrid")
EVERY_DAY = range(7)
MON, TUE, WED, THU, FRI = (dt.date(2026, 11, day) for day in range(2, 7))


def at(day, hour=18):
    return dt.datetime.combine(day, dt.time(hour), HERE)


def planned(since=None, weekdays=EVERY_DAY, times=(18,), starts_on=MON, ends_on=None):
    return PlanVersion(since or at(starts_on, 0), starts_on, ends_on, weekdays, [dt.time(hour) for hour in times])


def diary(*plans, today=FRI, **more):
    return Diary(today, plans or [planned()], **more)


def test_done_comes_before_told_and_told_before_what_was_planned():
    seen = diary(done={MON}, reported={MON, TUE})
    assert [seen.status(day) for day in (MON, TUE, WED)] == [DayStatus.DONE, DayStatus.REPORTED, DayStatus.OPEN]


def test_today_and_later_are_still_to_come():
    assert [diary().status(day) for day in (THU, FRI, dt.date(2026, 11, 7))] == [
        DayStatus.OPEN,
        DayStatus.AHEAD,
        DayStatus.AHEAD,
    ]


def test_a_day_that_is_not_in_the_plan_is_free():
    seen = diary(planned(weekdays={0, 2}, ends_on=WED))
    assert [seen.status(day) for day in (dt.date(2026, 11, 1), MON, TUE, WED, THU)] == [
        DayStatus.FREE, DayStatus.OPEN, DayStatus.FREE, DayStatus.OPEN, DayStatus.FREE,
    ]  # fmt: skip


def test_a_plan_written_later_asks_for_nothing_before_it_was_written():
    seen = diary(planned(since=at(WED, 19), starts_on=MON))
    assert [seen.status(day) for day in (MON, TUE, WED, THU)] == [
        DayStatus.FREE,
        DayStatus.FREE,
        DayStatus.FREE,
        DayStatus.OPEN,
    ]


def test_on_the_day_of_a_change_the_times_before_it_are_those_of_the_old_plan():
    old, new = planned(times=(8,)), planned(since=at(TUE, 12), weekdays={3}, times=(18,))
    seen = diary(old, new)
    assert [seen.status(day) for day in (MON, TUE, WED, THU)] == [
        DayStatus.OPEN,
        DayStatus.OPEN,
        DayStatus.FREE,
        DayStatus.OPEN,
    ]


def test_a_hold_excuses_the_times_within_it():
    seen = diary(holds=[Hold(at(TUE, 12), at(THU, 9))])
    assert [seen.status(day) for day in (MON, TUE, WED, THU)] == [
        DayStatus.OPEN,
        DayStatus.HELD,
        DayStatus.HELD,
        DayStatus.OPEN,
    ]
    assert diary(holds=[Hold(at(TUE, 20), None)]).status(TUE) == DayStatus.OPEN  # the time had passed before it


def test_a_hold_that_goes_on_is_shown_until_the_plan_is_over():
    seen = diary(planned(weekdays={0}, ends_on=THU), holds=[Hold(at(TUE, 12), None)])
    assert [seen.status(day) for day in (WED, THU, FRI)] == [DayStatus.HELD, DayStatus.HELD, DayStatus.FREE]


def test_the_clients_own_pause_excuses_too():
    assert diary(paused={TUE}).status(TUE) == DayStatus.PAUSED
    assert diary(planned(weekdays={0}), paused={TUE}).status(TUE) == DayStatus.FREE


def test_after_the_end_nothing_is_asked_for():
    seen = diary(ended=at(WED, 12))
    assert [seen.status(day) for day in (TUE, WED, THU)] == [DayStatus.OPEN, DayStatus.FREE, DayStatus.FREE]


def test_the_count_is_of_planned_days_that_have_passed():
    seen = diary(planned(weekdays={0, 1, 2, 4}), done={MON, THU}, reported={MON, TUE, THU}, paused={WED})
    assert count_adherence(seen, [MON, TUE, WED, THU, FRI]) == Adherence(done=1, planned=2, unplanned=1)


def test_today_counts_once_it_is_done():
    assert count_adherence(diary(), [FRI]) == Adherence()
    assert count_adherence(diary(done={FRI}), [FRI]) == Adherence(1, 1)


def test_who_did_it_before_a_hold_began_is_not_told_that_it_was_besides_the_plan():
    assert count_adherence(diary(done={TUE}, holds=[Hold(at(TUE, 12), at(TUE, 20))]), [TUE]) == Adherence(1, 1)


days = st.integers(0, 40).map(lambda ahead: MON + dt.timedelta(days=ahead))
moments = st.builds(at, days, st.integers(0, 23))
holds = st.lists(st.builds(lambda a, b: Hold(min(a, b), max(a, b)), moments, moments), max_size=3)
versions = st.builds(
    planned, moments, st.sets(st.integers(0, 6)), st.sets(st.integers(0, 23), max_size=3), days, st.none() | days
)
plans = st.lists(versions, min_size=1, max_size=3).map(lambda created: sorted(created, key=lambda plan: plan.since))
diaries = st.builds(
    Diary, today=days, plans=plans, ended=st.none() | moments, holds=holds,
    paused=st.sets(days), done=st.sets(days), reported=st.sets(days),
)  # fmt: skip


@given(diaries, st.lists(days, unique=True))
def test_days_partition_and_the_count_follows_from_them(seen, some):
    came_to = [seen.status(day) for day in some]
    counted = count_adherence(seen, some)
    assert counted.done + counted.unplanned == came_to.count(DayStatus.DONE)
    assert counted.done + came_to.count(DayStatus.OPEN) <= counted.planned <= len(some) - counted.unplanned
    assert all(day < seen.today for day, what in zip(some, came_to, strict=True) if what == DayStatus.OPEN)
    assert all(day >= seen.today for day, what in zip(some, came_to, strict=True) if what == DayStatus.AHEAD)


@given(diaries, days)
def test_no_pause_ever_adds_a_day_that_one_is_asked_for(seen, day):
    paused = replace(seen, paused={*seen.paused, day})
    held = replace(seen, holds=[*seen.holds, Hold(at(day, 0), at(day + dt.timedelta(days=1), 0))])
    for excused in (paused, held):
        assert not excused.is_expected(day)
        assert count_adherence(excused, [day]).planned <= count_adherence(seen, [day]).planned


@pytest.mark.parametrize("day", [dt.date(2026, 3, 29), dt.date(2026, 10, 25)])
def test_a_day_on_which_the_clocks_change_is_a_day_like_others(day):
    seen = diary(planned(times=(2,), starts_on=day), today=day + dt.timedelta(days=1))
    assert seen.status(day) == DayStatus.OPEN
    assert count_adherence(seen, [day]) == Adherence(0, 1)
