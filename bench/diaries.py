"""Simulated pain diaries, small: clients who do not change, and clients who get worse by two points.

Each client has a usual level, a day-to-day SD (average 1.2: Pagé 2022), some carry-over from day to day,
a slow harmless wander, whole-number answers on a scale that ends, one answer in five missing, holidays
without any. Deterministic by seed; nothing here was used to choose the rule's constants.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Protocol

START = datetime(2024, 1, 1, tzinfo=UTC)
MERGE_DAYS, STALE_DAYS = 14.0, 28.0  # flags nearer than this are one; one that stays on counts again


class Flags(Protocol):
    """What a rule answers with, as far as this page looks."""

    @property
    def flag(self) -> bool: ...


class Rule(Protocol):
    """A rule that follows one client."""

    def update(self, when: datetime, before: int, after: int | None = None) -> Flags: ...


def diary(seed: str, days: int, step: float = 0.0, step_day: float = math.inf) -> list[tuple[float, int]]:
    """One client's reports as (day, score): `step` points are added from `step_day` on."""
    rng = random.Random(seed)
    level = min(7.5, max(1.0, rng.gauss(4.2, 1.7)))
    spread = min(2.4, max(0.5, 1.2 * math.exp(rng.gauss(0, 0.33))))
    carry = rng.betavariate(2, 5)
    answers = rng.betavariate(8, 2)
    wander_sd = abs(rng.gauss(0, 0.35))
    today, wander, away = rng.gauss(0, spread), rng.gauss(0, wander_sd), 0
    reports = []
    for day in range(days):
        today = carry * today + math.sqrt(1 - carry**2) * rng.gauss(0, spread)
        wander = 0.97 * wander + math.sqrt(1 - 0.97**2) * rng.gauss(0, wander_sd)
        if away == 0 and rng.random() < 0.006:
            away = rng.randint(4, 14)
        if away:
            away -= 1
            continue
        if rng.random() > answers:
            continue
        at = day + rng.uniform(0.7, 0.9)
        middle = level + wander + (step if at >= step_day else 0.0)
        room = 1 - 0.4 * ((min(10.0, max(0.0, middle)) - 5) / 5) ** 2  # less room to vary near 0 and 10
        reports.append((at, min(10, max(0, math.floor(middle + room * today + 0.5)))))
    return reports


def when(day: float) -> datetime:
    """The instant of a day of the simulation."""
    return START + timedelta(days=day)


def _flagged_days(rule: Rule, reports: list[tuple[float, int]]) -> Iterator[float]:
    for day, score in reports:
        if rule.update(when(day), score).flag:
            yield day


def false_flags_per_year(make: Callable[[], Rule], clients: int, seed: str = "bench") -> float:
    """Flags per client-year where nothing is wrong, over `clients` years."""
    count = 0
    for client in range(clients):
        begin = last = -math.inf
        for day in _flagged_days(make(), diary(f"{seed}|stable|{client}", 365)):
            if day - last > MERGE_DAYS:
                begin, count = day, count + 1
            elif day - begin >= STALE_DAYS:
                begin, count = begin + STALE_DAYS, count + 1
            last = day
    return count / clients


def flagged_within(
    make: Callable[[], Rule], clients: int, step: float = 2.0, days: float = 14.0, seed: str = "bench"
) -> float:
    """Share of clients flagged within `days` of a lasting step; those flagged just before it set aside."""
    caught = judged = 0
    for client in range(clients):
        change = random.Random(f"{seed}|when|{client}").uniform(45, 110)
        reports = diary(f"{seed}|step|{client}", int(change + days) + 1, step, change)
        flagged = list(_flagged_days(make(), reports))
        if any(change - MERGE_DAYS <= day < change for day in flagged):
            continue
        judged += 1
        caught += any(change <= day <= change + days for day in flagged)
    return caught / max(judged, 1)
