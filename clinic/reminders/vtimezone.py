"""The VTIMEZONE of a zone: its changes of the clocks, for a calendar program that knows no zones of its own.

icalendar can make one (7.3), but dates each change forward by the clock after it and not before it, as RFC 5545
(3.6.5) says, so a reader who trusts it is an hour out in the night of the change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

YEARS = 15
"""How far ahead changes are listed; past that a reader without zones of its own stays at the last offset."""

STEP = dt.timedelta(days=7)  # no zone changes its clocks twice within a week and back


class Offset(NamedTuple):
    """What holds between two changes."""

    shift: dt.timedelta
    summer: bool
    name: str


@lru_cache(maxsize=256)
def build_vtimezone(name: str, first_year: int) -> Timezone:
    """The VTIMEZONE of an IANA zone from 1 January of a year on, `YEARS` long. Do not change what is returned."""
    zone = ZoneInfo(name)
    begin = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC)
    onsets: dict[tuple[Offset, Offset], list[dt.datetime]] = {}
    before = _offset(zone, begin)
    onsets[(before, before)] = [(begin + before.shift).replace(tzinfo=None)]
    for at, after in _changes(zone, begin, begin.replace(year=first_year + YEARS)):
        onsets.setdefault((before, after), []).append((at + before.shift).replace(tzinfo=None))
        before = after
    component = Timezone()
    component.add("TZID", name)
    for (old, new), dates in onsets.items():
        rule = TimezoneDaylight() if new.summer else TimezoneStandard()
        rule.add("DTSTART", dates[0])
        if dates[1:]:
            rule.add("RDATE", dates[1:])
        rule.add("TZOFFSETFROM", old.shift)
        rule.add("TZOFFSETTO", new.shift)
        rule.add("TZNAME", new.name)
        component.add_component(rule)
    return component


def _changes(zone: ZoneInfo, begin: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, Offset]]:
    """Each change of the offset: the instant, to the second, and what holds from then on."""
    at, before = begin, _offset(zone, begin)
    while at < end:
        after = _offset(zone, at + STEP)
        if after != before:
            low, high = at, at + STEP
            while high - low > dt.timedelta(seconds=1):
                middle = (low + (high - low) / 2).replace(microsecond=0)
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            yield high, after
        at, before = at + STEP, after


def _offset(zone: ZoneInfo, at: dt.datetime) -> Offset:
    here = at.astimezone(zone)
    return Offset(here.utcoffset() or dt.timedelta(), bool(here.dst()), here.tzname() or "")
