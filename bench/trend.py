"""The trend rule: how soon it sees a worsening at a given rate of false flags, its time and the size of its state.

`head` is the mean share flagged within 14 days over five ways of getting worse, in per cent; `at_1_0`
and `at_0_5`: with the bar on the score that gives so many false flags a client-year. Peers follow the same diaries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any, Final

from bench import counting
from bench.cohorts import UNCHANGED, WORSE, Client, clients
from bench.peers import LastReportAlerts, LocalLevel, SelfStartingCusum, TwoAboveTheFirstWeek
from clinic.flags.trend import Detector, TrendConfig

ROUNDS = 7
YEARS, CHANGED = 400, 250  # clients in each family of the unchanged, and of the worse
RATES: Final = {"at_1_0": 1.0, "at_0_5": 0.5}  # false flags a client-year
PEERS: Final[Mapping[str, Callable[[], counting.Rule]]] = {
    "kalman": LocalLevel,
    "self_starting_cusum": SelfStartingCusum,
    "two_above_first_week": TwoAboveTheFirstWeek,
}

Families = dict[str, list[Client]]


def run() -> Iterator[tuple[str, float]]:
    """Yield (name, value); `trend_us_per_report` is ours over the Kalman filter's, then the two figures."""
    families = {name: clients(name, YEARS) for name in UNCHANGED} | {name: clients(name, CHANGED) for name in WORSE}
    unchanged = [client for name in UNCHANGED for client in families[name]]

    yield from _heads("", Detector, families)
    yield "trend_false_flags_per_client_year", _shipped(Detector, unchanged)
    for sensitivity in ("early", "few"):
        make = partial(Detector, TrendConfig.for_settings(sensitivity))
        yield f"trend_false_flags_per_client_year_{sensitivity}", _shipped(make, unchanged)
    for name in WORSE:
        yield f"trend_{name}_flagged_in_14_days", counting.flagged_in_time(counting.follow(Detector, families[name]))

    for name, peer in PEERS.items():
        yield from _heads(f"_{name}", peer, families)
    for name, peer in {**PEERS, "last_report_alerts": LastReportAlerts}.items():
        yield f"trend_false_flags_per_client_year_{name}", _shipped(peer, unchanged)

    some = families["stable"][:15]
    own, peers = [], []
    for _ in range(ROUNDS):  # in turn, so that a busy machine slows both
        own.append(_microseconds(Detector, some))
        peers.append(_microseconds(LocalLevel, some))
    yield "trend_us_per_report", median(a / b for a, b in zip(own, peers, strict=True))
    yield "trend_us_per_report_ours", median(own)
    yield "trend_us_per_report_peer", median(peers)
    yield "trend_state_bytes", max(_state_bytes(client) for client in some)


def _heads(name: str, make: Callable[[], counting.Rule], families: Families) -> Iterator[tuple[str, float]]:
    unchanged = [trace for family in UNCHANGED for trace in counting.follow(make, families[family])]
    worse = [counting.follow(make, families[family]) for family in WORSE]
    for label, rate in RATES.items():
        yield f"trend_head_{label}{name}", counting.head(worse, counting.bar_for(unchanged, rate))


def _shipped(make: Callable[[], counting.Rule], unchanged: list[Client]) -> float:
    """False flags a client-year by the rule's own flags."""
    return counting.false_flags_per_year(counting.follow(make, unchanged))


def _microseconds(make: Callable[[], Any], some: list[Client]) -> float:
    count = sum(len(client.reports) for client in some)
    began = perf_counter()
    for client in some:
        update = make().update
        for _, at, score in client.reports:
            update(at, score)
    return (perf_counter() - began) / count * 1e6


def _state_bytes(client: Client) -> int:
    detector, most = Detector(), 0
    for _, at, score in client.reports:
        detector.update(at, score)
        most = max(most, len(json.dumps(detector.state)))
    return most
