"""A peer for the trend rule: a local-level Kalman filter, compared with its own level of weeks ago.

The textbook answer to the same question (Durbin & Koopman 2012, chapter 2), written plainly: a level that
wanders, whole-number reports with noise around it, and a z for "the level now is a point above the mean
level 10 to 35 days back". It says no more than that: no flag that clears, no watch, no stored state.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime

WANDER = 0.02  # variance of the level a day, points²
NOISE = 1.5  # variance of a report, points²
NEAR_DAYS, FAR_DAYS = 10.0, 35.0  # the weeks it compares with
RISE = 1.0  # points


class LocalLevel:
    """Follows one client; `update` returns the z, or None while there is nothing to compare with."""

    def __init__(self) -> None:
        self.level = self.doubt = 0.0
        self.first: datetime | None = None
        self.day = 0.0
        self.past: deque[tuple[float, float, float]] = deque()

    def update(self, when: datetime, before: int, after: int | None = None) -> float | None:
        """Take one report (an instant, pain 0-10) and return the z of a rise of a point."""
        if self.first is None:
            self.first, self.level, self.doubt = when, float(before), NOISE
        else:
            day = (when - self.first).total_seconds() / 86400
            doubt = self.doubt + WANDER * (day - self.day)
            gain = doubt / (doubt + NOISE)
            self.level += gain * (before - self.level)
            self.doubt, self.day = doubt * (1 - gain), day
        self.past.append((self.day, self.level, self.doubt))
        while self.past[0][0] < self.day - FAR_DAYS:
            self.past.popleft()
        weeks_ago = [(level, doubt) for day, level, doubt in self.past if day <= self.day - NEAR_DAYS]
        if len(weeks_ago) < 4:
            return None
        level = sum(level for level, _ in weeks_ago) / len(weeks_ago)
        doubt = sum(doubt for _, doubt in weeks_ago) / len(weeks_ago)
        return (self.level - level - RISE) / math.sqrt(self.doubt + doubt)
