"""The status of each day of a plan: done, reported, planned, on hold, paused or free. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest


class DayStatus(StrEnum):
    """The status of a day; the first that is true."""

    DONE = "done"  # the exercise, planned or not
    REPORTED = "reported"  # pain, without the exercise
    OPEN = "open"  # planned, and nothing was reported
    AHEAD = "ahead"  # planned for today or later
    HELD = "held"  # by the practitioner
    PAUSED = "paused"  # by the client
    FREE = "free"  # nothing was planned


@dataclass(frozen=True)
class PlanVersion:
    """One version of a plan. All dates and times are the client's own."""

    since: dt.datetime  # aware: from when it counts, until the next version does
    starts_on: dt.date
    ends_on: dt.date | None  # itself included; None: open
    weekdays: Collection[int]  # Monday is 0
    times: Collection[dt.time]


@dataclass(frozen=True)
class Hold:
    """A time on hold; both ends aware."""

    since: dt.datetime
    until: dt.datetime | None  # None: still on hold


@dataclass(frozen=True)
class Diary:
    """All that decides the status of a day."""

    today: dt.date
    plans: Sequence[PlanVersion]  # in the order in which they were made
    ended: dt.datetime | None = None  # the prescription, for good
    holds: Sequence[Hold] = ()
    paused: Collection[dt.date] = frozenset()
    done: Collection[dt.date] = frozenset()
    reported: Collection[dt.date] = frozenset()

    def status(self, day: dt.date) -> DayStatus:
        """Return the status of ``day``."""
        if day in self.done:
            return DayStatus.DONE
        if day in self.reported:
            return DayStatus.REPORTED
        if self.is_expected(day):
            return DayStatus.OPEN if day < self.today else DayStatus.AHEAD
        if any(self._overlaps(hold, day) for hold in self.holds) and self._within(day):
            return DayStatus.HELD
        return DayStatus.PAUSED if day in self.paused and self.slots(day) else DayStatus.FREE

    def slots(self, day: dt.date) -> list[dt.datetime]:
        """The times at which the exercise was planned, whatever came between; a plan counts from when it was made."""
        slots = []
        for plan, following in zip_longest(self.plans, self.plans[1:]):
            until = following.since if following else self.ended
            in_plan = plan.starts_on <= day and (plan.ends_on is None or day <= plan.ends_on)
            if in_plan and day.weekday() in plan.weekdays:
                moments = [dt.datetime.combine(day, time, plan.since.tzinfo) for time in plan.times]
                slots += [at for at in moments if plan.since <= at and (until is None or at < until)]
        return sorted(slots)

    def is_expected(self, day: dt.date) -> bool:
        """Whether it was planned at a time outside of holds and pauses."""
        return day not in self.paused and any(
            not any(hold.since <= at and (hold.until is None or at < hold.until) for hold in self.holds)
            for at in self.slots(day)
        )

    def _within(self, day: dt.date) -> bool:
        """Whether the plan ran on that day at all."""
        began = min((plan.starts_on for plan in self.plans), default=dt.date.max)
        ends = self.plans[-1].ends_on if self.plans else None
        over = [end for end in (ends, self.ended.date() if self.ended else None) if end is not None]
        return began <= day and all(day <= end for end in over)

    def _overlaps(self, hold: Hold, day: dt.date) -> bool:
        return hold.since.date() <= day and (hold.until is None or day <= hold.until.date())


@dataclass(frozen=True)
class Adherence:
    """On how many days the exercise was done."""

    done: int = 0  # of the planned days
    planned: int = 0
    unplanned: int = 0  # on days on which it was not planned


def count_adherence(diary: Diary, days: Iterable[dt.date]) -> Adherence:
    """Count the past of ``days``; today counts once the exercise was done. Days on hold or paused are not planned."""
    return count_combined_adherence([diary], days)


def count_combined_adherence(diaries: Collection[Diary], days: Iterable[dt.date]) -> Adherence:
    """Count several prescriptions of one client: a day is planned, or done, when it is for one of them."""
    done = planned = unplanned = 0
    for day in days:
        did = [diary for diary in diaries if day in diary.done]
        if any(diary.slots(day) for diary in did):
            done, planned = done + 1, planned + 1
        elif any(day < diary.today and diary.is_expected(day) for diary in diaries):
            planned += 1
        elif did:
            unplanned += 1
    return Adherence(done, planned, unplanned)
