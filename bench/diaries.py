"""Simulated pain diaries: one client's reports, with the troubles that real ones have.

Each client has a usual level, a day-to-day SD (average 1.2: Pagé 2022) with now and then a far wilder day,
some carry-over from day to day, a slow harmless wander, a weekday and an hour that are worse than others,
a habit of giving the last answer again, whole-number answers on a scale that ends, days without a report,
holidays, and sometimes more reports on bad days than on good ones. Deterministic by seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

START = datetime(2024, 1, 1, tzinfo=UTC)

Course = Callable[[float], float]
"""Points added to the usual level on a day of the simulation."""


def unchanged(day: float) -> float:
    """The course of a client whom nothing happens to."""
    return 0.0


def when(day: float) -> datetime:
    """The instant of a day of the simulation."""
    return START + timedelta(days=day)


def diary(
    seed: str, days: int, course: Course = unchanged, lowest: float = 1.0, highest: float = 7.5
) -> list[tuple[float, int]]:
    """One client's reports as (day, pain before the exercise).

    Arguments: days, how long it lasts; course, what happens to the client; lowest, highest: bounds of the
    usual level, in points, so that the course has room on the scale.
    """
    rng = random.Random(seed)
    level = min(highest, max(lowest, rng.gauss(4.2, 1.7)))
    spread = min(2.4, max(0.5, 1.2 * math.exp(rng.gauss(0, 0.33))))
    carry = 0.75 * rng.betavariate(2, 4)
    wander_sd = abs(rng.gauss(0, 0.4))
    weekday = [rng.gauss(0, 0.2) for _ in range(7)]
    stiff_morning, mornings = rng.gauss(0.15, 0.25), rng.choice((0.1, 0.5, 0.9))
    habit = 0.45 if rng.random() < 0.2 else 0.0
    answers = rng.betavariate(8, 2)
    tells_more_when_bad = rng.gauss(0, 0.08) if rng.random() < 0.25 else 0.0  # share of days a point
    today, wander, away = rng.gauss(0, spread), rng.gauss(0, wander_sd), 0
    fresh, slow = math.sqrt(1 - carry**2), math.sqrt(1 - 0.97**2)
    reports: list[tuple[float, int]] = []
    for day in range(days):
        wild = 2.5 if rng.random() < 0.02 else 1.0
        today = carry * today + fresh * wild * rng.gauss(0, spread)
        wander = 0.97 * wander + slow * rng.gauss(0, wander_sd)
        if away == 0 and rng.random() < 0.006:
            away = rng.randint(4, 14)
        if away:
            away -= 1
            continue
        morning = rng.random() < mornings
        at = day + (rng.uniform(0.27, 0.42) if morning else rng.uniform(0.67, 0.9))
        middle = level + wander + weekday[day % 7] + (stiff_morning if morning else 0.0) + course(at)
        room = 1 - 0.4 * ((min(10.0, max(0.0, middle)) - 5) / 5) ** 2  # less room to vary near 0 and 10
        felt = middle + room * today
        if rng.random() > answers + tells_more_when_bad * (felt - level):
            continue
        repeats = bool(reports) and abs(felt - reports[-1][1]) < 1.3 and rng.random() < habit
        reports.append((at, reports[-1][1] if repeats else whole(felt)))
        if rng.random() < 0.05:  # a second time on the same day
            later = at + rng.uniform(0.02, 0.08)
            reports.append((later, whole(felt + rng.gauss(0, 0.35))))
    return reports


def whole(value: float) -> int:
    """The answer a client gives who feels `value`: a whole number 0-10."""
    return min(10, max(0, math.floor(value + 0.5)))
