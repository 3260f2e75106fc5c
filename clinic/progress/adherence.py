"""What each day of a plan came to: done, told, paused, planned or free; exactly one of them. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import zip_longest


class Day(StrEnum):
    """What a day came to; the first that is true."""

    DONE = "done"  # the exercise, planned or not
    TOLD = "told"  # pain was reported, without the exercise
    OPEN = "open"  # planned, and nothing was told
    AHEAD = "ahead"  # planned for today or later
    HELD = "held"  # by the practitioner
    PAUSED = "paused"  # by the client
    FREE = "free"  # nothing was planned


@dataclass(frozen=True)
class Planned:
    """One version of a plan. All dates and times are the client's own."""

    since: dt.datetime  # aware: from when it counts, until the next version does
    starts_on: dt.date
    ends_on: dt.date | None  # itself included; None: open
    weekdays: Collection[int]  # Monday is 0
    times: Collection[dt.time]


@dataclass(frozen=True)
class Hold:
    """The exercise was not to be done; both ends aware."""

    since: dt.datetime
    until: dt.datetime | None  # None: it is not to be done still


@dataclass(frozen=True)
class Diary:
    """All that decides what a day came to."""

    today: dt.date
    plans: Sequence[Planned]  # in the order in which they were made
    ended: dt.datetime | None = None  # the prescription, for good
    holds: Sequence[Hold] = ()
    paused: Collection[dt.date] = frozenset()
    done: Collection[dt.date] = frozenset()
    told: Collection[dt.date] = frozenset()

    def of(self, day: dt.date) -> Day:
        """What ``day`` came to."""
        if day in self.done:
            return Day.DONE
        if day in self.told:
            return Day.TOLD
        if self.expected(day):
            return Day.OPEN if day < self.today else Day.AHEAD
        if any(self._overlaps(hold, day) for hold in self.holds) and self._within(day):
            return Day.HELD
        return Day.PAUSED if day in self.paused and self.slots(day) else Day.FREE

    def slots(self, day: dt.date) -> list[dt.datetime]:
        """The times at which the exercise was planned, whatever came between; a plan counts from when it was made."""
        found = []
        for plan, following in zip_longest(self.plans, self.plans[1:]):
            until = following.since if following else self.ended
            in_plan = plan.starts_on <= day and (plan.ends_on is None or day <= plan.ends_on)
            if in_plan and day.weekday() in plan.weekdays:
                moments = [dt.datetime.combine(day, time, plan.since.tzinfo) for time in plan.times]
                found += [at for at in moments if plan.since <= at and (until is None or at < until)]
        return sorted(found)

    def expected(self, day: dt.date) -> bool:
        """Whether it was planned at a time at which nobody had paused it."""
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
class Tally:
    """How often the exercise was done."""

    done: int = 0  # of the planned days
    planned: int = 0
    besides: int = 0  # on days on which it was not planned


def tally(diary: Diary, days: Iterable[dt.date]) -> Tally:
    """Count the past of ``days``; today counts once something was done. Days that were paused are not asked for."""
    return together([diary], days)


def together(diaries: Collection[Diary], days: Iterable[dt.date]) -> Tally:
    """The same of several exercises of one client: a day is planned when one of them is, and done when one was."""
    done = planned = besides = 0
    for day in days:
        did = [diary for diary in diaries if day in diary.done]
        if any(diary.slots(day) for diary in did):
            done, planned = done + 1, planned + 1
        elif any(day < diary.today and diary.expected(day) for diary in diaries):
            planned += 1
        elif did:
            besides += 1
    return Tally(done, planned, besides)
