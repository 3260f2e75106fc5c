"""Two control charts for standard normal values, and how long they run: a check of the bench itself.

Their average run lengths are tables in every textbook (Montgomery, *Statistical Quality Control*,
chapter 9; Lucas & Saccucci 1990), so what is simulated here can be held against what is published.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Protocol


class Chart(Protocol):
    """Takes one value after the other and returns how far it has gone."""

    def add(self, value: float) -> float | None: ...


class Cusum:
    """One-sided tabular CUSUM (Page 1954): what exceeds `slack`, summed, never below 0."""

    def __init__(self, slack: float = 0.5) -> None:
        self.slack, self.high = slack, 0.0

    def add(self, value: float) -> float:
        self.high = max(0.0, self.high + value - self.slack)
        return self.high


class TwoSidedCusum:
    """The larger of the CUSUM upwards and the one downwards."""

    def __init__(self, slack: float = 0.5) -> None:
        self.up, self.down = Cusum(slack), Cusum(slack)

    def add(self, value: float) -> float:
        return max(self.up.add(value), self.down.add(-value))


class Ewma:
    """Exponentially weighted moving average (Roberts 1959), in its own long-run standard deviations."""

    def __init__(self, share: float) -> None:
        self.share, self.mean = share, 0.0
        self.spread = math.sqrt(share / (2 - share))

    def add(self, value: float) -> float:
        self.mean += self.share * (value - self.mean)
        return abs(self.mean) / self.spread


def run_length(make: Callable[[], Chart], limit: float, shift: float, runs: int, seed: str = "charts") -> float:
    """Average number of normal values with mean `shift` (and SD 1) until the chart exceeds its limit."""
    rng, total = random.Random(f"{seed}|{limit}|{shift}"), 0
    for _ in range(runs):
        add, length, reached = make().add, 0, 0.0
        while reached <= limit:
            reached = add(rng.gauss(shift, 1)) or 0.0
            length += 1
        total += length
    return total / runs
