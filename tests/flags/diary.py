"""What the trend tests share: a diary of daily evening scores, in one line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from clinic.flags.trend import Detector, TrendResult

START = datetime(2024, 1, 1, 18, tzinfo=UTC)
DAY = timedelta(days=1)

# Four weeks of an ordinary client around 4, without any trend: mean 4.0, SD about 1.1.
ORDINARY = (4, 5, 3, 4, 4, 6, 3, 4, 2, 4, 5, 4, 3, 5, 4, 4, 6, 3, 4, 5, 3, 4, 2, 4, 5, 4, 3, 5)


def up_by(points: int) -> list[int]:
    """The same four weeks, higher by so many points as far as the scale goes."""
    return [min(10, score + points) for score in ORDINARY]


def follow(
    scores: Iterable[int],
    detector: Detector | None = None,
    start: datetime = START,
    every: timedelta = DAY,
) -> list[TrendResult]:
    """Feed scores at equal steps from `start`; what the rule said after each."""
    detector = Detector() if detector is None else detector
    return [detector.update(start + every * n, score) for n, score in enumerate(scores)]


def after_ordinary(days: int = 56) -> tuple[Detector, datetime]:
    """A detector that knows an ordinary client for some days, and the instant of the next report."""
    detector = Detector()
    follow([ORDINARY[n % len(ORDINARY)] for n in range(days)], detector)
    return detector, START + DAY * days


def first_flag(results: Sequence[TrendResult]) -> int | None:
    """How many reports it took until the first flag; None if there was none."""
    return next((n for n, result in enumerate(results, 1) if result.flag), None)
