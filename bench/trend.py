"""The trend rule: time a report against a peer, size of its state, and how it judges simulated diaries."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from bench import diaries
from bench.peers import LocalLevel
from clinic.flags.trend import Detector, TrendConfig

ROUNDS = 7
CLIENTS = 400


def run() -> Iterator[tuple[str, float]]:
    """Yield (name, value); `trend_us_per_report` is ours over the peer's, then the two figures."""
    reports = [
        [(diaries.when(day), score) for day, score in diaries.diary(f"time|{client}", 365)] for client in range(15)
    ]
    ours, peers = [], []
    for _ in range(ROUNDS):  # in turn, so that a busy machine slows both
        ours.append(_microseconds(Detector, reports))
        peers.append(_microseconds(LocalLevel, reports))
    yield "trend_us_per_report", median(a / b for a, b in zip(ours, peers, strict=True))
    yield "trend_us_per_report_ours", median(ours)
    yield "trend_us_per_report_peer", median(peers)
    yield "trend_state_bytes", max(_state_bytes(client) for client in reports)

    yield "trend_false_flags_per_client_year", diaries.false_flags_per_year(Detector, CLIENTS)
    for sensitivity in ("early", "few"):
        config = TrendConfig.tuned(sensitivity)
        rate = diaries.false_flags_per_year(partial(Detector, config), CLIENTS)
        yield f"trend_false_flags_per_client_year_{sensitivity}", rate
    yield "trend_step2_flagged_in_14_days", diaries.flagged_within(Detector, CLIENTS)


def _microseconds(make: Callable[[], Any], clients: list[list[tuple[datetime, int]]]) -> float:
    count = sum(len(reports) for reports in clients)
    began = perf_counter()
    for reports in clients:
        update = make().update
        for at, score in reports:
            update(at, score)
    return (perf_counter() - began) / count * 1e6


def _state_bytes(reports: list[tuple[datetime, int]]) -> int:
    detector, most = Detector(), 0
    for at, score in reports:
        detector.update(at, score)
        most = max(most, len(json.dumps(detector.state)))
    return most
