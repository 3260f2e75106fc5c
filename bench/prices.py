"""What each setting a practitioner may choose costs in false flags a client-year, on diaries that do not worsen.

The prices shown to practitioners (`FALSE_FLAGS_PER_YEAR` in the rule) were measured on four times as many
client-years of another set of simulated diaries; these here must come near them.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from bench import counting
from bench.cohorts import UNCHANGED, clients
from clinic.flags.trend import SENSITIVITIES, SMALLEST_RISES, Detector, TrendConfig

YEARS = 200  # clients in each unchanged family


def run() -> Iterator[tuple[str, float]]:
    """Yield (name, false flags a client-year) for every pair of sensitivity and smallest rise."""
    unchanged = [client for family in UNCHANGED for client in clients(family, YEARS, "prices")]
    for sensitivity in SENSITIVITIES:
        for rise in SMALLEST_RISES:
            make = partial(Detector, TrendConfig.for_settings(sensitivity, rise))
            rate = counting.false_flags_per_year(counting.follow(make, unchanged))
            yield f"price_{sensitivity}_{rise:.1f}".replace(".", "_"), rate
