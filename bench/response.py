"""The response rule on simulated sessions: how soon it stops an exercise that hurts, how rarely one that helps.

A session's noise is the client's own SD, median 0.7 points with a spread of 0.3 in its logarithm, then
rounding to whole numbers 0-10. Deterministic by seed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from clinic.flags.response import DEFAULT_CONFIG, Response

CLIENTS = 2000
SESSIONS = 30
NEVER = SESSIONS + 1


@dataclass
class Outcome:
    """Per client: the session of the first stop and of the first stop by probability; how many ever rose."""

    stopped: list[int] = field(default_factory=list)
    by_probability: list[int] = field(default_factory=list)
    rose: int = 0

    def stopped_by(self, session: int) -> float:
        """Share of clients stopped at this session or sooner."""
        return sum(at <= session for at in self.stopped) / len(self.stopped)


def simulate(effect: float, clients: int = CLIENTS) -> Outcome:
    """Follow clients whose exercise truly changes pain by `effect` points, for 30 sessions each."""
    rng, outcome = random.Random(f"response|{effect}"), Outcome()
    for _ in range(clients):
        level, noise = rng.gauss(4.2, 1.7), 0.7 * math.exp(rng.gauss(0, 0.3))
        response, stopped, sure, rose = Response(), NEVER, NEVER, False
        for session in range(1, SESSIONS + 1):
            before = _whole(level + rng.gauss(0, 1.2))
            verdict = response.update(before, _whole(before + effect + rng.gauss(0, noise)))
            rose |= verdict.stop_for_today
            if verdict.standing == "stop":
                stopped = min(stopped, session)
                if verdict.probability >= DEFAULT_CONFIG.stop_at:
                    sure = min(sure, session)
        outcome.stopped.append(stopped)
        outcome.by_probability.append(sure)
        outcome.rose += rose
    return outcome


def run() -> Iterator[tuple[str, float]]:
    """Yield (name, share of clients)."""
    hurts, helps = simulate(1.0), simulate(-0.5)
    for session in (3, 5, 10):
        yield f"response_plus1_stopped_by_session_{session}", hurts.stopped_by(session)
    yield "response_minus_half_ever_stopped", helps.stopped_by(SESSIONS)
    by_probability = sum(at <= SESSIONS for at in helps.by_probability)
    yield "response_minus_half_ever_stopped_by_probability", by_probability / CLIENTS
    yield "response_minus_half_ever_rose", helps.rose / CLIENTS


def _whole(value: float) -> int:
    return min(10, max(0, math.floor(value + 0.5)))
