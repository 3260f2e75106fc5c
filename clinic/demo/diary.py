"""A simulated pain diary, the same at every run. Pure: standard library only, no clock."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

DAY_TO_DAY_SWING = 0.8  # points; calmer than the 1.2 of real diaries, so that a short one shows its course


@dataclass(frozen=True)
class Phase:
    """Days of one kind: pain before the exercise around a level, and the effect of the exercise.

    ``level`` at the first day and ``level_at_end`` at the last are points 0–10; ``relief`` is how far pain falls with a
    session on average, in points; ``answers`` is the share of days with a report, 0–1.
    """

    days: int
    level: float
    level_at_end: float | None = None
    relief: float = 0.7
    answers: float = 0.85


@dataclass(frozen=True)
class Entry:
    """One report: days ago, minutes after the time of the plan, scores and channel."""

    days_ago: int
    minutes: int
    before: int
    after: int
    by_mail: bool


def generate_entries(seed: str, phases: Sequence[Phase], last_days_ago: int) -> Iterator[Entry]:
    """Yield the reports of ``phases`` in order; the last day, ``last_days_ago``, always has one."""
    rng = random.Random(f"plumbline demo {seed}")  # noqa: S311  a simulation, not a secret
    days_ago = last_days_ago + sum(phase.days for phase in phases)
    for phase in phases:
        end = phase.level if phase.level_at_end is None else phase.level_at_end
        for day in range(phase.days):
            days_ago -= 1
            level = phase.level + (end - phase.level) * day / max(1, phase.days - 1)
            # Every number is drawn on every day, so that a plan with fewer days keeps the numbers of the others.
            before = _score(rng.gauss(level, DAY_TO_DAY_SWING))
            after = _score(before - max(-1.0, rng.gauss(phase.relief, 0.6)))
            minutes, by_mail, answers = rng.randint(-40, 100), rng.random() < 0.4, rng.random() < phase.answers
            if answers or days_ago == last_days_ago:
                yield Entry(days_ago, max(5, minutes) if by_mail else minutes, before, after, by_mail)


def _score(value: float) -> int:
    return min(10, max(0, round(value)))
