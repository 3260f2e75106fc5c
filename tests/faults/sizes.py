"""How much the fault tests do, in one place: PLUMBLINE_FAULTS=long (`make faults`) or short, PLUMBLINE_FAULTS_SEED."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    sends: int  # mails of a test that kills
    kills: int  # workers killed in it
    mails: int  # mails of the other tests
    restarts: int  # of a server, in one test
    reports: int  # posted while mails go out
    minutes: int  # within which one test must end


SIZES = {
    "short": Sizes(sends=240, kills=4, mails=100, restarts=1, reports=120, minutes=4),
    "long": Sizes(sends=2000, kills=30, mails=1000, restarts=4, reports=1000, minutes=20),
}
SIZE = SIZES[os.environ.get("PLUMBLINE_FAULTS") or "short"]
LEASE_SECONDS = 10  # of every worker here; PLUMBLINE_LEASE_SECONDS is 120 otherwise
SEED = int(os.environ.get("PLUMBLINE_FAULTS_SEED") or 5)


def dice(name: str) -> random.Random:
    """Chance that is the same in each run of the same seed; what processes do in between is not."""
    return random.Random(f"{SEED} {name}")
