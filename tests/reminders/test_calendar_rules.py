"""What a calendar program makes of a plan's rule is what the scheduler makes of the plan, in every zone."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule, tz
from hypothesis import given, settings, strategies as st
from icalendar import Event

from clinic.reminders.calendar_feed import build_recurrence
from clinic.reminders.schedule import Plan, slots
from clinic.reminders.vtimezone import YEARS, build_vtimezone
from tests.reminders.slot_cases import EVERY_DAY, changing_zones, plan

DAY = timedelta(days=1)
SAMPLE_ZONES = [
    "Europe/Madrid",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
]
NAMES = [name for name, _changes in changing_zones()]
CHANGES = [
    (name, at, jump) for name, changes in changing_zones() for at, jump in changes if 2026 <= at.year < 2026 + YEARS
]

clock_times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59]))
days = st.dates(date(2026, 1, 1), date(2037, 6, 30))


def expand_rule(about: Plan, at: time, zone: ZoneInfo, end: datetime) -> list[datetime]:
    """The instants before ``end`` that dateutil reads out of the rule as it stands in a file."""
    found = build_recurrence(about, at, zone)
    if found is None:
        return []
    event = Event()
    event.add("RRULE", {"FREQ": "WEEKLY", "BYDAY": list(found.days), **({"UNTIL": found.until} if found.until else {})})
    read = rrule.rrulestr(event["RRULE"].to_ical().decode(), dtstart=found.start)
    return list(takewhile(lambda instant: instant < end, (instance.astimezone(UTC) for instance in read)))


plans = st.builds(
    lambda first, length, pause, weekdays, times: Plan(
        days=weekdays,
        times=tuple(times),
        starts_on=first,
        ends_on=None if length is None else first + length * DAY,
        paused_until=None if pause is None else first + pause * DAY,
    ),
    days,
    st.none() | st.integers(0, 60),
    st.none() | st.integers(-5, 30),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.lists(clock_times, min_size=1, max_size=3, unique=True),
)


@given(plans, st.sampled_from(NAMES))
@settings(deadline=None)
def test_any_plan_in_any_zone_reads_as_the_scheduler_says(about: Plan, name: str) -> None:
    zone, begin = ZoneInfo(name), datetime.combine(about.starts_on, time(), UTC) - 3 * DAY
    end = begin + 90 * DAY
    read = sorted(instant for at in about.times for instant in expand_rule(about, at, zone, end))
    assert read == list(slots(about, zone, begin, end))


@given(st.sampled_from(CHANGES), st.sampled_from([-1, -0.5, 0, 0.5, 1]))
@settings(deadline=None, max_examples=300)
def test_a_time_that_the_clocks_jump_over_or_show_twice_is_the_same_instant(change, part) -> None:
    name, at, jump = change
    zone = ZoneInfo(name)
    wall = (at.astimezone(zone).replace(tzinfo=None) + part * abs(jump)).replace(microsecond=0)
    about = Plan(EVERY_DAY, (wall.time(),), wall.date() - DAY, wall.date() + DAY)
    for last in (wall.date(), wall.date() + DAY):  # the plan may end in that very night
        ends = Plan(EVERY_DAY, about.times, about.starts_on, last)
        due = list(slots(ends, zone, at - 5 * DAY, at + 5 * DAY))
        assert expand_rule(ends, wall.time(), zone, at + 5 * DAY) == due


def test_no_zone_leaves_out_a_whole_day_any_more() -> None:
    """There alone would RFC 5545 show an event that the scheduler does not; Samoa did it last, in 2011."""
    assert [(name, at) for name, at, jump in CHANGES if abs(jump) >= DAY] == []


@pytest.mark.parametrize("name", SAMPLE_ZONES)
def test_a_program_without_zones_of_its_own_reads_them_from_the_feed(name: str) -> None:
    text = build_vtimezone(name, 2026).to_ical().decode()
    read = tz.tzical(io.StringIO(text)).get(name)
    zone, at = ZoneInfo(name), datetime(2026, 1, 2, tzinfo=UTC)
    changes = [change for other, change, _jump in CHANGES if other == name]
    moments = [at + n * 11 * DAY for n in range(int(YEARS * 365 / 11))]
    moments += [change + shift for change in changes for shift in (-timedelta(hours=3), timedelta(hours=3))]
    assert [at for at in moments if at.astimezone(read).utcoffset() != at.astimezone(zone).utcoffset()] == []


def test_the_night_of_the_change_is_right_from_the_feed_alone() -> None:
    madrid = tz.tzical(io.StringIO(build_vtimezone("Europe/Madrid", 2026).to_ical().decode())).get("Europe/Madrid")
    for (hour, minute), utc_hour in (((1, 59), 0), ((3, 1), 1)):
        assert datetime(2026, 3, 29, hour, minute, tzinfo=madrid).astimezone(UTC).hour == utc_hour


def test_the_vtimezone_dates_a_change_by_the_clock_before_it() -> None:
    """RFC 5545, 3.6.5: as it gives New York."""
    text = build_vtimezone("America/New_York", 2026).to_ical().decode()
    assert "DTSTART:20260308T020000\r\n" in text
    assert "DTSTART:20261101T020000\r\n" in text
    assert "TZNAME:EDT\r\nTZOFFSETFROM:-0500\r\nTZOFFSETTO:-0400\r\n" in text


@pytest.mark.parametrize(
    "about",
    [
        plan("18:00", starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 3), days=frozenset({6})),
        plan("18:00", starts_on=date(2026, 3, 2), ends_on=date(2026, 3, 9), paused_until=date(2026, 3, 10)),
        plan("18:00", days=frozenset()),
    ],
    ids=["no such weekday", "paused past its end", "no days"],
)
def test_a_plan_without_a_day_has_no_event(about: Plan) -> None:
    assert build_recurrence(about, time(18), ZoneInfo("UTC")) is None
