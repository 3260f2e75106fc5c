"""Families of simulated clients: two to whom nothing bad happens, five who get worse in different ways.

The day of the change is drawn far from the beginning and differs by client, so that a rule cannot know it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bench.diaries import Course, diary, unchanged, when

AFTER_DAYS = 30  # a diary goes on so long after its change; what is counted ends at 14 days


@dataclass(frozen=True)
class Story:
    """What happens to one client: for how many days, from which day the pain is worse, and how."""

    days: int
    change: float = math.inf
    course: Course = unchanged
    lowest: float = 1.0  # bounds of the usual level, points
    highest: float = 7.5


@dataclass(frozen=True)
class Client:
    """One simulated client: (day, instant, pain 0-10) in order, and the day the pain got worse."""

    reports: list[tuple[float, datetime, int]]
    change: float
    days: int


def _stable(rng: random.Random) -> Story:
    return Story(365)


def _improving(rng: random.Random) -> Story:
    drop, pace = rng.uniform(1.0, 3.5), rng.uniform(8, 30)
    return Story(365, course=_fall(drop, pace), lowest=drop + 1)


def _step(points: float) -> Callable[[random.Random], Story]:
    return _drift(points, 0.0)


def _drift(points: float, over: float) -> Callable[[random.Random], Story]:
    """Up by `points`, evenly over so many days."""

    def story(rng: random.Random) -> Story:
        change = rng.uniform(45, 110)
        rise = _rise(points, change, over)
        return Story(int(change) + AFTER_DAYS, change, rise, highest=min(7.5, 9.8 - points))

    return story


def _relapse(rng: random.Random) -> Story:
    drop, pace, change = rng.uniform(2.0, 3.5), rng.uniform(8, 18), rng.uniform(60, 120)
    fall, rise = _fall(drop, pace), _rise(2.0, change, 0.0)
    return Story(int(change) + AFTER_DAYS, change, lambda day: fall(day) + rise(day), lowest=drop + 1)


def _fall(drop: float, pace: float) -> Course:
    return lambda day: -drop * (1 - math.exp(-day / pace))


def _rise(points: float, change: float, over: float) -> Course:
    def course(day: float) -> float:
        if day < change:
            return 0.0
        return points * min(1.0, (day - change) / over) if over else points

    return course


UNCHANGED: Final[Mapping[str, Callable[[random.Random], Story]]] = {"stable": _stable, "improving": _improving}
WORSE: Final[Mapping[str, Callable[[random.Random], Story]]] = {
    "step2": _step(2.0),
    "step3": _step(3.0),
    "drift14": _drift(2.0, 14.0),
    "drift28": _drift(2.0, 28.0),
    "relapse": _relapse,
}


def clients(family: str, how_many: int, seed: str = "bench") -> list[Client]:
    """So many clients of one family; the same for the same seed.

    Arguments: family, a key of `UNCHANGED` or `WORSE`.
    Raises KeyError on another.
    """
    tell = {**UNCHANGED, **WORSE}[family]
    found = []
    for number in range(how_many):
        name = f"{seed}|{family}|{number}"
        story = tell(random.Random(f"{name}|story"))
        reports = diary(name, story.days, story.course, story.lowest, story.highest)
        found.append(Client([(day, when(day), score) for day, score in reports], story.change, story.days))
    return found
