"""Peers for the trend rule: textbook detectors and what clinics do by hand, each written plainly.

All follow one client; `update` takes a report (an instant, pain 0-10) and returns a score that grows with
the evidence of worsening, or None while there is nothing to compare with. `LIMIT` is the score at which
each flags where it is used. They say no more than that: no flag that clears, no watch, no stored state.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime

from bench.charts import Cusum


class LocalLevel:
    """A local-level Kalman filter (Durbin & Koopman 2012, chapter 2) against its own level of weeks ago.

    A level that wanders, whole-number reports with noise around it, and a z for "the level now is a point
    above the mean level 10 to 35 days back".
    """

    LIMIT = 1.64  # nineteen in twenty
    WANDER = 0.02  # variance of the level a day, points²
    NOISE = 1.5  # variance of a report, points²
    NEAR_DAYS, FAR_DAYS = 10.0, 35.0  # the weeks it compares with
    RISE = 1.0  # points

    def __init__(self) -> None:
        self.level = self.doubt = 0.0
        self.first: datetime | None = None
        self.day = 0.0
        self.past: deque[tuple[float, float, float]] = deque()

    def update(self, when: datetime, before: int, after: int | None = None) -> float | None:
        """The z of a rise of a point."""
        if self.first is None:
            self.first, self.level, self.doubt = when, float(before), self.NOISE
        else:
            day = (when - self.first).total_seconds() / 86400
            doubt = self.doubt + self.WANDER * (day - self.day)
            gain = doubt / (doubt + self.NOISE)
            self.level += gain * (before - self.level)
            self.doubt, self.day = doubt * (1 - gain), day
        self.past.append((self.day, self.level, self.doubt))
        while self.past[0][0] < self.day - self.FAR_DAYS:
            self.past.popleft()
        weeks_ago = [(level, doubt) for day, level, doubt in self.past if day <= self.day - self.NEAR_DAYS]
        if len(weeks_ago) < 4:
            return None
        level = sum(level for level, _ in weeks_ago) / len(weeks_ago)
        doubt = sum(doubt for _, doubt in weeks_ago) / len(weeks_ago)
        return (self.level - level - self.RISE) / math.sqrt(self.doubt + doubt)


class SelfStartingCusum:
    """Hawkins 1987: each report against all before it, as a normal score, into a one-sided CUSUM.

    The t statistic becomes a normal score by Wallace's formula (1959), good to the second decimal.
    """

    LIMIT = 5.0
    START_SPREAD = 1.2  # points: two imagined reports so far apart, else the first two equal answers mean SD 0

    def __init__(self, spread: float = START_SPREAD) -> None:
        self.count, self.mean = 0, 0.0
        self.squares, self.free = 2 * spread**2, 2 if spread else 0
        self.chart = Cusum()

    def update(self, when: datetime, before: int, after: int | None = None) -> float | None:
        """The CUSUM, in standard deviations."""
        return self.add(float(before))

    def add(self, value: float) -> float | None:
        """The CUSUM after one more value of any scale."""
        score = None
        free = self.free + self.count - 1
        if self.count and free > 0 and self.squares > 0:
            t = (value - self.mean) / math.sqrt(self.squares / free * (1 + 1 / self.count))
            normal = (8 * free + 1) / (8 * free + 3) * math.sqrt(free * math.log1p(t * t / free))
            score = self.chart.add(math.copysign(normal, t))
        self.count += 1
        step = value - self.mean
        self.mean += step / self.count
        self.squares += step * (value - self.mean)
        return score


class TwoAboveTheFirstWeek:
    """By hand: this report minus the mean of the first seven, flagged at 2 points."""

    LIMIT = 2.0

    def __init__(self) -> None:
        self.first: list[int] = []

    def update(self, when: datetime, before: int, after: int | None = None) -> float | None:
        """Points above the first seven reports."""
        if len(self.first) < 7:
            self.first.append(before)
            return None
        return before - sum(self.first) / 7


class LastReportAlerts:
    """The one commercial rule that is published (MedBridge): 7 or more, or two above the last report."""

    LIMIT = 2.0

    def __init__(self) -> None:
        self.last: int | None = None

    def update(self, when: datetime, before: int, after: int | None = None) -> float | None:
        """3 for "critical" (7 or more), 2 for "high" (two above the last), 1 for "low" (one above, from 5 on)."""
        rise = 0 if self.last is None else before - self.last
        self.last = before
        if before >= 7:
            return 3.0
        return 2.0 if rise >= 2 else 1.0 if rise >= 1 and before >= 5 else 0.0
