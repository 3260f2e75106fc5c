"""A diary in weeks and in a few numbers: averages of what was told, never of what was not. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clinic.progress.adherence import Diary, Tally, tally

DAY = dt.timedelta(days=1)
WEEK = 7  # days


@dataclass(frozen=True)
class Told:
    """One report. Whole points 0–10; None: not answered."""

    day: dt.date  # in the client's own zone
    did: bool  # the exercise
    before: int | None = None
    after: int | None = None
    morning: int | None = None

    @property
    def score(self) -> int | None:
        """The pain before or, where nobody asked, after: what stands on the chart."""
        return self.after if self.before is None else self.before


@dataclass(frozen=True)
class Week:
    """Seven days. Averages in points; None: nobody told."""

    first: dt.date
    last: dt.date
    tally: Tally
    reports: int
    before: float | None
    after: float | None
    morning: float | None


@dataclass(frozen=True)
class Lately:
    """The last seven days, today included, beside the seven before; and how the sessions of the last went."""

    now: float | None
    reports: int  # in the last seven days, with a score
    earlier: float | None
    lower: int = 0
    same: int = 0
    higher: int = 0

    @property
    def alike(self) -> bool:
        """Whether the two weeks differ by less than half a point."""
        return self.now is not None and self.earlier is not None and abs(self.now - self.earlier) < 0.5


def average(scores: Iterable[int | None]) -> float | None:
    """The mean of those that are numbers; None: none is."""
    told = [score for score in scores if score is not None]
    return sum(told) / len(told) if told else None


def about(points: float) -> float:
    """To the nearest half point, halves of that upwards: 3.3 → 3.5."""
    return math.floor(2 * points + 0.5) / 2


def week_of(day: dt.date, begins_on: int) -> dt.date:
    """The first day of its week; ``begins_on``: a weekday, Monday is 0."""
    return day - DAY * ((day.weekday() - begins_on) % WEEK)


def weeks(told: Sequence[Told], diary: Diary, first: dt.date, last: dt.date, begins_on: int) -> list[Week]:
    """Every week that has a day from ``first`` to ``last``, oldest first, empty ones too.

    The first and the last week are cut to those days.
    """
    found, begin = [], week_of(first, begins_on)
    while begin <= last:
        days = [day for day in (begin + DAY * ahead for ahead in range(WEEK)) if first <= day <= last]
        own = [one for one in told if days[0] <= one.day <= days[-1]]
        found.append(
            Week(
                days[0], days[-1], tally(diary, days), len(own),
                average(one.before for one in own),
                average(one.after for one in own),
                average(one.morning for one in own),
            )
        )  # fmt: skip
        begin += DAY * WEEK
    return found


def lately(told: Iterable[Told], today: dt.date) -> Lately:
    """The week until ``today`` and the one before."""
    told = list(told)
    this = [one for one in told if today - DAY * WEEK < one.day <= today]
    before = [one for one in told if today - 2 * DAY * WEEK < one.day <= today - DAY * WEEK]
    changes = [one.after - one.before for one in this if one.before is not None and one.after is not None]
    return Lately(
        average(one.score for one in this),
        sum(one.score is not None for one in this),
        average(one.score for one in before),
        lower=sum(change < 0 for change in changes),
        same=sum(change == 0 for change in changes),
        higher=sum(change > 0 for change in changes),
    )
