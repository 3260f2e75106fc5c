"""Weekly averages of the reported scores and adherence; a missing score is never 0. Pure."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clinic.progress.adherence import Adherence, Diary, count_adherence

DAY = dt.timedelta(days=1)
WEEK = 7  # days


@dataclass(frozen=True)
class ReportedScores:
    """One report. Whole points 0–10; None: not answered."""

    day: dt.date  # in the client's own zone
    did_exercise: bool
    before: int | None = None
    after: int | None = None
    next_morning: int | None = None

    @property
    def score(self) -> int | None:
        """The pain before or, where nobody asked, after: what stands on the chart."""
        return self.after if self.before is None else self.before


@dataclass(frozen=True)
class WeekSummary:
    """Seven days. Averages in points; None: no score."""

    first: dt.date
    last: dt.date
    adherence: Adherence
    reports: int
    before: float | None
    after: float | None
    next_morning: float | None


@dataclass(frozen=True)
class RecentWeeks:
    """The last seven days, today included, beside the seven before; and how the sessions of the last went."""

    now: float | None
    reports: int  # in the last seven days, with a score
    earlier: float | None
    lower: int = 0
    same: int = 0
    higher: int = 0

    @property
    def is_similar(self) -> bool:
        """Whether the two weeks differ by less than half a point."""
        return self.now is not None and self.earlier is not None and abs(self.now - self.earlier) < 0.5


def average(scores: Iterable[int | None]) -> float | None:
    """The mean of the scores that are given; None: none is."""
    given = [score for score in scores if score is not None]
    return sum(given) / len(given) if given else None


def round_to_half(points: float) -> float:
    """To the nearest half point, halves of that upwards: 3.3 → 3.5."""
    return math.floor(2 * points + 0.5) / 2


def first_day_of_week(day: dt.date, begins_on: int) -> dt.date:
    """The first day of its week; ``begins_on``: a weekday, Monday is 0."""
    return day - DAY * ((day.weekday() - begins_on) % WEEK)


def summarize_weeks(
    scores: Sequence[ReportedScores], diary: Diary, first: dt.date, last: dt.date, begins_on: int
) -> list[WeekSummary]:
    """Every week that has a day from ``first`` to ``last``, oldest first, empty ones too.

    The first and the last week are cut to those days.
    """
    summaries, begin = [], first_day_of_week(first, begins_on)
    while begin <= last:
        days = [day for day in (begin + DAY * ahead for ahead in range(WEEK)) if first <= day <= last]
        own = [row for row in scores if days[0] <= row.day <= days[-1]]
        summaries.append(
            WeekSummary(
                days[0], days[-1], count_adherence(diary, days), len(own),
                average(row.before for row in own),
                average(row.after for row in own),
                average(row.next_morning for row in own),
            )
        )  # fmt: skip
        begin += DAY * WEEK
    return summaries


def compare_recent_weeks(scores: Sequence[ReportedScores], today: dt.date) -> RecentWeeks:
    """The week until ``today`` and the one before."""
    this = [row for row in scores if today - DAY * WEEK < row.day <= today]
    before = [row for row in scores if today - 2 * DAY * WEEK < row.day <= today - DAY * WEEK]
    changes = [row.after - row.before for row in this if row.before is not None and row.after is not None]
    return RecentWeeks(
        average(row.score for row in this),
        sum(row.score is not None for row in this),
        average(row.score for row in before),
        lower=sum(change < 0 for change in changes),
        same=sum(change == 0 for change in changes),
        higher=sum(change > 0 for change in changes),
    )
