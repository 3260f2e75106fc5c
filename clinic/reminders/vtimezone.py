"""The VTIMEZONE of a zone: its clock changes, for calendar programs without a zone database.

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
"""How far ahead changes are listed; after it, such a calendar program keeps the last offset."""

STEP = dt.timedelta(days=7)  # no zone changes its clocks twice within a week and back


class Offset(NamedTuple):
    """The offset from UTC between two clock changes."""

    utcoffset: dt.timedelta
    is_dst: bool
    name: str


@lru_cache(maxsize=256)
def build_vtimezone(name: str, first_year: int) -> Timezone:
    """Build the VTIMEZONE of an IANA zone for `YEARS` from a 1 January. Cached: do not change the result."""
    zone = ZoneInfo(name)
    begin = dt.datetime(first_year, 1, 1, tzinfo=dt.UTC)
    onsets: dict[tuple[Offset, Offset], list[dt.datetime]] = {}
    before = _offset(zone, begin)
    onsets[(before, before)] = [(begin + before.utcoffset).replace(tzinfo=None)]
    for at, after in _changes(zone, begin, begin.replace(year=first_year + YEARS)):
        onsets.setdefault((before, after), []).append((at + before.utcoffset).replace(tzinfo=None))
        before = after
    component = Timezone()
    component.add("TZID", name)
    for (old, new), dates in onsets.items():
        rule = TimezoneDaylight() if new.is_dst else TimezoneStandard()
        rule.add("DTSTART", dates[0])
        if dates[1:]:
            rule.add("RDATE", dates[1:])
        rule.add("TZOFFSETFROM", old.utcoffset)
        rule.add("TZOFFSETTO", new.utcoffset)
        rule.add("TZNAME", new.name)
        component.add_component(rule)
    return component


def _changes(zone: ZoneInfo, begin: dt.datetime, end: dt.datetime) -> Iterator[tuple[dt.datetime, Offset]]:
    """Each clock change: its instant, to the second, and the offset after it."""
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
    local = at.astimezone(zone)
    return Offset(local.utcoffset() or dt.timedelta(), bool(local.dst()), local.tzname() or "")
