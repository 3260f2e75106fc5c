"""What the slot tests share: plans in one line, and every change of the clocks 2005-2037."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from clinic.reminders.schedule import Plan

EVERY_DAY = frozenset(range(7))
FIRST, LAST = datetime(2005, 1, 1, tzinfo=UTC), datetime(2038, 1, 1, tzinfo=UTC)


def plan(*times: str, **changes: Any) -> Plan:
    """A plan for every day from 2005 on, with times like "18:00"."""
    given: dict[str, Any] = {"days": EVERY_DAY, "starts_on": date(2005, 1, 1), **changes}
    return Plan(times=tuple(time.fromisoformat(at) for at in times), **given)


def utc(text: str) -> datetime:
    """An instant like "2024-03-31 01:00" in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def transitions(zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta]]:
    """Each change of the offset 2005-2037: its instant to the second, and by how much local time jumps."""
    week, end = 7 * 86400, int(LAST.timestamp())
    at = int(FIRST.timestamp())
    before = _offset(zone, at)
    while at < end:
        after = _offset(zone, at + week)
        if before != after:
            low, high = at, at + week
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            yield datetime.fromtimestamp(high, UTC), after - before
        at, before = at + week, after


def _offset(zone: ZoneInfo, stamp: int) -> timedelta:
    shift = datetime.fromtimestamp(stamp, zone).utcoffset()
    assert shift is not None
    return shift


Changes = tuple[tuple[datetime, timedelta], ...]


@lru_cache(maxsize=1)
def zones_by_changes() -> dict[tuple[timedelta, Changes], list[str]]:
    """Every zone there is, those with the same changes from the same offset together."""
    found: dict[tuple[timedelta, Changes], list[str]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        key = (_offset(zone, int(FIRST.timestamp())), tuple(transitions(zone)))
        found.setdefault(key, []).append(name)
    return found


def changing_zones() -> tuple[tuple[str, Changes], ...]:
    """Every zone that changes its clocks, aliases once."""
    return tuple((names[0], changes) for (_, changes), names in zones_by_changes().items() if changes)
