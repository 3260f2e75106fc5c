"""Each local date once, never on a date that does not exist, in every zone and over every change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

from hypothesis import given, settings, strategies as st

from clinic.reminders.schedule import Plan, next_slot, slots
from tests.reminders.slot_cases import EVERY_DAY, FIRST, LAST, changing_zones, zones_by_changes

ZONES = sorted(available_timezones())
DAY = timedelta(days=1)

zones = st.sampled_from(ZONES).map(ZoneInfo)
instants = st.datetimes(
    FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC), allow_imaginary=False
)
days = st.dates(date(2005, 1, 1), date(2037, 12, 31))
clock_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59]))
windows = st.none() | st.tuples(clock_times, clock_times)
plans = st.builds(
    Plan,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    times=st.lists(clock_times, min_size=1, max_size=4).map(tuple),
    starts_on=days,
    ends_on=st.none() | days,
    paused_until=st.none() | days,
    quiet=windows,
    wakes_at=st.none() | clock_times,
    mornings_allowed=st.booleans(),
)


def expected(day: date, at: time, zone: ZoneInfo) -> datetime | None:
    """The contract said another way: the first instant whose wall clock shows it, else gap rules."""
    wall = datetime.combine(day, at)
    middle = wall.replace(tzinfo=UTC)
    before, after = (wall_shift(middle + timedelta(hours=hours), zone) for hours in (-30, 30))
    shown = [
        instant
        for instant in ((wall - shift).replace(tzinfo=UTC) for shift in (before, after))
        if instant.astimezone(zone).replace(tzinfo=None, fold=0) == wall
    ]
    if shown:
        return min(shown)
    hours = (middle + timedelta(hours=hours) for hours in range(-30, 31))
    if not any(instant.astimezone(zone).date() == day for instant in hours):
        return None
    return (wall - before).replace(tzinfo=UTC)


def wall_shift(at: datetime, zone: ZoneInfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta(0)


@given(zones, days, st.lists(clock_times, min_size=1, max_size=3, unique=True))
def test_each_local_slot_comes_once_a_day_and_never_on_a_missing_date(
    zone: ZoneInfo, first: date, times: list[time]
) -> None:
    last = first + timedelta(days=20)
    plan = Plan(days=EVERY_DAY, times=tuple(times), starts_on=first, ends_on=last)
    far = datetime.combine(first, time(), UTC)
    due = list(slots(plan, zone, far - 3 * DAY, far + 30 * DAY))
    wanted = [expected(first + n * DAY, at, zone) for n in range(21) for at in times]
    assert due == sorted(instant for instant in wanted if instant is not None)


def test_every_change_of_the_clocks_from_2005_to_2037_keeps_the_promise() -> None:
    for name, changes in changing_zones():
        zone = ZoneInfo(name)
        for at, jump in changes:
            # The wall clock times around the change: before it, in its gap or overlap, after it.
            wall = at.astimezone(zone).replace(tzinfo=None)
            for shift in (-abs(jump) / 2, timedelta(0), abs(jump) / 2):
                moment = wall + shift
                plan = Plan(EVERY_DAY, (moment.time(),), moment.date() - DAY, moment.date() + DAY)
                wanted = [expected(moment.date() + n * DAY, moment.time(), zone) for n in (-1, 0, 1)]
                due = list(slots(plan, zone, at - 5 * DAY, at + 5 * DAY))
                assert due == [instant for instant in wanted if instant is not None], (name, moment)


def test_every_zone_there_is_has_each_local_slot_once_a_day_from_2020_to_2037() -> None:
    first, last = date(2020, 1, 1), date(2037, 12, 31)
    every_date = [first + n * DAY for n in range((last - first).days + 1)]
    plan = Plan(EVERY_DAY, (time(2, 30),), first, last)  # within most gaps and overlaps there are
    named: list[str] = []
    for names in zones_by_changes().values():
        zone = ZoneInfo(names[0])
        due = slots(plan, zone, datetime(2019, 12, 25, tzinfo=UTC), datetime(2038, 1, 7, tzinfo=UTC))
        assert [instant.astimezone(zone).date() for instant in due] == every_date, names
        named += names
    assert sorted(named) == ZONES


@given(plans, zones, st.lists(instants, min_size=3, max_size=3).map(sorted))
@settings(deadline=None)
def test_neighbouring_intervals_add_up_to_the_whole(plan: Plan, zone: ZoneInfo, cuts: list[datetime]) -> None:
    a = cuts[0]
    b, c = min(cuts[1], a + 40 * DAY), min(cuts[2], a + 80 * DAY)
    b = min(b, c)
    whole = list(slots(plan, zone, a, c))
    assert [*slots(plan, zone, a, b), *slots(plan, zone, b, c)] == whole


@given(plans, zones, instants)
@settings(deadline=None)
def test_slots_come_in_order_inside_the_interval_and_in_utc(plan: Plan, zone: ZoneInfo, start: datetime) -> None:
    due = list(slots(plan, zone, start, start + 30 * DAY))
    assert due == sorted(due)
    assert all(start <= instant < start + 30 * DAY and instant.tzinfo is UTC for instant in due)


@given(plans, zones, instants)
@settings(deadline=None)
def test_walking_by_next_slot_meets_the_same_instants(plan: Plan, zone: ZoneInfo, start: datetime) -> None:
    end = start + 40 * DAY
    walked = []
    for at in set(plan.times):
        slot = next_slot(plan, at, zone, start - timedelta(microseconds=1))
        while slot is not None and slot.due_at < end:
            assert (slot.time, slot.date.weekday() in plan.days) == (at, True)
            walked.append(slot.due_at)
            slot = next_slot(plan, at, zone, slot.due_at)
    assert sorted(walked) == list(slots(plan, zone, start, end))
