"""Due times of reminders. Pure: no Django, and `now` is an argument.

A *slot* is a local date and time in the client's zone; it happens exactly once on each local date of the
plan. Where clocks go forward over it, it moves forward by the gap (RFC 5545, 3.3.5); where clocks go back
over it, the first of the two counts; a local date that does not exist (Pacific/Apia 2011-12-30) has none.
Everything is computed in the zone and handed out in UTC.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, NamedTuple

AVOID_MORNING: Final = timedelta(hours=2)
"""No bending in the first two hours after rising: it reduced back pain in 85 people (Snook 1998)."""

GAP_AFTER_ZONE_CHANGE: Final = timedelta(hours=12)
"""After a change of zone no slot follows the last one within this time."""

LOOK_AHEAD_DAYS: Final = 800
"""How far `next_slot` looks: over two years, longer than any pause."""

_DAY: Final = timedelta(days=1)
_MARGIN: Final = timedelta(days=2)  # a local date begins within 26 hours of the UTC date; a gap may add 24
_LAST_TIME: Final = time.max


@dataclass(frozen=True, slots=True)
class Plan:
    """The days and times of a prescription, and what restricts its reminders. All are local to the client.

    Raises ValueError on a weekday outside 0-6, on times that carry a zone, on a negative avoid_morning.
    """

    days: frozenset[int]  # weekdays, Monday is 0; empty: no slots
    times: tuple[time, ...]  # times of day, any order; a repeated one counts once
    starts_on: date  # first local date
    ends_on: date | None = None  # last local date, itself included; None: open
    paused_until: date | None = None  # no slots before this local date; slots again on it
    quiet: tuple[time, time] | None = None  # from (included) to (excluded), over midnight if from > to
    wakes_at: time | None = None  # None: no morning is avoided
    avoid_morning: timedelta = AVOID_MORNING  # from wakes_at on, 0-24 hours
    mornings_allowed: bool = False  # the practitioner chose the morning for this client
    days_off: frozenset[int] = frozenset()  # weekdays of which the client does not want to be reminded
    times_off: frozenset[time] = frozenset()  # times of day likewise

    def __post_init__(self) -> None:
        if not all(0 <= day <= 6 for day in self.days):
            raise ValueError("days are weekdays 0-6, Monday is 0")
        local_times = [*self.times, *(self.quiet or ())]
        if any(at.tzinfo is not None for at in local_times) or (self.wakes_at and self.wakes_at.tzinfo):
            raise ValueError("times of day are local: without a zone")
        if self.avoid_morning < timedelta(0):
            raise ValueError("avoid_morning is 0 or more")

    @property
    def first_date(self) -> date:
        """The first local date that may have a slot."""
        return self.starts_on if self.paused_until is None else max(self.starts_on, self.paused_until)

    @property
    def prescribed(self) -> Plan:
        """The same without the client's preferences: every slot that has a row in the ledger."""
        free: frozenset[int] = frozenset()
        return replace(self, paused_until=None, quiet=None, wakes_at=None, days_off=free, times_off=frozenset())

    def is_wanted(self, day: date, at: time) -> bool:
        """Whether the client wants a reminder of this slot."""
        return day.weekday() not in self.days_off and at not in self.times_off

    def is_quiet(self, at: time) -> bool:
        """Whether a time of day is in quiet hours."""
        return self.quiet is not None and is_within(at, *self.quiet)

    def is_too_early(self, at: time) -> bool:
        """Whether a time of day is soon after waking and mornings are not allowed."""
        return not self.mornings_allowed and bool(window_conflicts((at,), self.wakes_at, self.avoid_morning))

    def allows(self, at: time) -> bool:
        """False for a time that is not wanted, in quiet hours or, unless mornings are allowed, soon after waking."""
        return at not in self.times_off and not self.is_quiet(at) and not self.is_too_early(at)


class Slot(NamedTuple):
    """One due reminder: the local date and time it is for, and the instant it is due, in UTC."""

    date: date
    time: time
    due_at: datetime


def slots(plan: Plan, zone: tzinfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The due instants of a plan with start <= instant < end, in order.

    Two slots that a gap moved onto one instant are two; neighbouring intervals add up without loss.

    Arguments: plan; zone, the client's (a `ZoneInfo`); start, end: aware datetimes, in any zone.
    Yields aware datetimes in UTC. Raises ValueError when start or end has no zone.
    """
    start, end = _to_utc(start), _to_utc(end)
    times = [at for at in sorted({_check_naive(at) for at in plan.times}) if plan.allows(at)]
    if not times or start >= end:
        return
    # A gap can move a late slot past the next date's early ones: an instant waits until none can precede it.
    pending: list[datetime] = []
    for day in _dates(plan, start.date(), end.date()):
        pending += [due for at in times if (due := _due_at(day, at, zone)) is not None and start <= due < end]
        pending.sort()
        settled = datetime.combine(day, time(), UTC) - _DAY
        while pending and pending[0] < settled:
            yield pending.pop(0)
    yield from pending


def next_slot(plan: Plan, local_time: time, zone: tzinfo, after: datetime) -> Slot | None:
    """The next slot of one local time strictly after an instant, or None.

    Looks day by day, at most `LOOK_AHEAD_DAYS` from the first possible date and never past `ends_on`.

    Arguments: plan (its `times` are not read); local_time, a time of day without a zone; zone, the
    client's; after, an aware datetime. Raises ValueError when `after` has no zone.
    """
    after = _to_utc(after)
    local_time = _check_naive(local_time)
    if not plan.allows(local_time):
        return None
    first = max(plan.first_date, _add(after.date(), -_MARGIN))
    for day in _dates(plan, first, _add(first, timedelta(days=LOOK_AHEAD_DAYS))):
        due = _due_at(day, local_time, zone)
        if due is not None and due > after:
            return Slot(day, local_time, due)
    return None


def first_slot(plan: Plan, zone: tzinfo, after: datetime) -> Slot | None:
    """The next slot of any of the plan's times strictly after an instant, or None.

    Arguments: plan; zone, the client's; after, an aware datetime. Raises ValueError when `after` has no zone.
    """
    candidates = (next_slot(plan, at, zone, after) for at in plan.times)
    return min((slot for slot in candidates if slot is not None), key=lambda slot: slot.due_at, default=None)


def has_only_quiet_slots(plan: Plan, zone: tzinfo, after: datetime) -> bool:
    """Whether quiet hours alone leave no slot strictly after an instant. Arguments as for `first_slot`."""
    without_quiet = replace(plan, quiet=None)
    return first_slot(plan, zone, after) is None and first_slot(without_quiet, zone, after) is not None


def slot_after_zone_change(plan: Plan, local_time: time, zone: tzinfo, after: datetime, last: Slot) -> Slot | None:
    """The next slot of one local time for a client who has changed zone, or None.

    The last slot's local date does not come again, and `REST_AFTER_A_MOVE` lies between the two.

    Arguments: as for `next_slot`; last, the newest slot that came due, wherever the client was then.
    """
    earliest = last.due_at + GAP_AFTER_ZONE_CHANGE - timedelta(microseconds=1)
    moved = replace(plan, starts_on=max(plan.starts_on, _add(last.date, _DAY)))
    return next_slot(moved, local_time, zone, max(_to_utc(after), _to_utc(earliest)))


def window_conflicts(
    times: Iterable[time], wakes_at: time | None, window: timedelta = AVOID_MORNING
) -> tuple[time, ...]:
    """The `times` that lie within `window` after waking (its end excluded), for a warning.

    Arguments: times, local times of day; wakes_at, or None for "unknown", which conflicts with nothing;
    window, 0 or more. Returns the conflicting times in the order given.
    """
    if wakes_at is None:
        return ()
    woke = _since_midnight(wakes_at)
    return tuple(at for at in times if (_since_midnight(at) - woke) % _DAY < window)


def _dates(plan: Plan, first: date, last: date) -> Iterator[date]:
    """The plan's local dates that could fall between two UTC dates."""
    day = max(plan.first_date, _add(first, -_MARGIN))
    last = _add(last, _MARGIN)
    if plan.ends_on is not None:
        last = min(last, plan.ends_on)
    while day <= last:
        if day.weekday() in plan.days - plan.days_off:
            yield day
        if day == date.max:
            return
        day += _DAY


def _due_at(day: date, at: time, zone: tzinfo) -> datetime | None:
    """The instant of a local date and time; None when the date does not exist there."""
    try:
        # fold=0 is both rules at once: the offset before a gap moves forward, and the first of an overlap.
        due = datetime.combine(day, at, zone).astimezone(UTC)
        if due.astimezone(zone).date() != day and not _exists(day, zone):
            return None
    except OverflowError:  # the ends of the calendar
        return None
    return due


def _exists(day: date, zone: tzinfo) -> bool:
    """False for a local date that a move across the date line left out."""
    ends = (datetime.combine(day, at, zone).astimezone(UTC) for at in (time(), _LAST_TIME))
    return any(end.astimezone(zone).date() == day for end in ends)


def is_within(at: time, begin: time, end: time) -> bool:
    """Whether a time of day is in [begin, end), over midnight if begin > end; never if they are equal."""
    return begin <= at < end if begin <= end else at >= begin or at < end


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)


def _check_naive(at: time) -> time:
    if at.tzinfo is not None:
        raise ValueError("times of day are local: without a zone")
    return at.replace(fold=0)


def _to_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return instant.astimezone(UTC)


def _add(day: date, by: timedelta) -> date:
    """Add days, stopping at the ends of the calendar."""
    try:
        return day + by
    except OverflowError:
        return date.max if by > timedelta(0) else date.min
