"""The counts: false flags per client-year of unchanged clients, and the share of worse ones flagged in time.

To compare rules, each gets the bar on its score that gives all the same rate of false flags.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bench.cohorts import Client

MERGE_DAYS = 14.0  # flags nearer than this are one
STALE_DAYS = 28.0  # one that stays on counts again
IN_TIME_DAYS = 14.0  # after the change
ASIDE_DAYS = 14.0  # a client flagged so shortly before the change proves nothing


class Says(Protocol):
    """The answer of a rule, as far as it is counted."""

    @property
    def flag(self) -> bool: ...
    @property
    def score(self) -> float | None: ...


class Rule(Protocol):
    """A rule that follows one client."""

    def update(self, when: datetime, before: int, after: int | None = None) -> Says | float | None: ...


@dataclass(frozen=True)
class Trace:
    """The answers of a rule on one client: (day, flagged, score), a score of minus infinity for no opinion."""

    client: Client
    answers: list[tuple[float, bool, float]]

    def on(self, bar: float | None) -> Iterable[float]:
        """The days with a score of `bar` or more; None: with the rule's own flag."""
        if bar is None:
            return (day for day, flag, _ in self.answers if flag)
        return (day for day, _, score in self.answers if score >= bar)


def follow(make: Callable[[], Rule], clients: Iterable[Client]) -> list[Trace]:
    """Run a new rule over each client. A rule that answers with a bare score flags by its `LIMIT`."""
    traces = []
    for client in clients:
        rule = make()
        limit = getattr(rule, "LIMIT", math.inf)
        answers = []
        for day, at, pain in client.reports:
            answer = rule.update(at, pain)
            score = answer if answer is None or isinstance(answer, float) else answer.score
            value = -math.inf if score is None else score
            flag = value >= limit if answer is None or isinstance(answer, float) else answer.flag
            answers.append((day, flag, value))
        traces.append(Trace(client, answers))
    return traces


def false_flags(days: Iterable[float]) -> int:
    """How many false flags the flagged days of one unchanged client come to."""
    count = 0
    begin = last = -math.inf
    for day in days:
        if day - last > MERGE_DAYS:
            begin, count = day, count + 1
        last = day
        while day - begin >= STALE_DAYS:
            begin, count = begin + STALE_DAYS, count + 1
    return count


def false_flags_per_year(traces: Sequence[Trace], bar: float | None = None) -> float:
    """False flags per client-year on unchanged clients, by the rule's own flags or with a bar on its score."""
    years = sum(trace.client.days for trace in traces) / 365
    return sum(false_flags(trace.on(bar)) for trace in traces) / years


def bar_for(traces: Sequence[Trace], rate: float) -> float:
    """The lowest bar with no more than `rate` false flags a client-year; infinite if no score is so sure."""
    scores = sorted({score for trace in traces for _, _, score in trace.answers if score > -math.inf})
    if not scores or false_flags_per_year(traces, scores[-1]) > rate:
        return math.inf
    low, high = 0, len(scores) - 1
    while low < high:
        middle = (low + high) // 2
        if false_flags_per_year(traces, scores[middle]) <= rate:
            high = middle
        else:
            low = middle + 1
    return scores[low]


def flagged_in_time(traces: Sequence[Trace], bar: float | None = None) -> float:
    """Share of the worse who are flagged within 14 days of their change."""
    caught = judged = 0
    for trace in traces:
        change = trace.client.change
        days = list(trace.on(bar))
        if any(change - ASIDE_DAYS <= day < change for day in days):
            continue
        judged += 1
        caught += any(change <= day <= change + IN_TIME_DAYS for day in days)
    return caught / max(judged, 1)


def head(worse: Iterable[Sequence[Trace]], bar: float | None = None) -> float:
    """The mean share flagged in time over several ways of getting worse, in per cent."""
    shares = [flagged_in_time(traces, bar) for traces in worse]
    return 100 * sum(shares) / len(shares)
