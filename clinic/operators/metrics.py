"""The numbers of the outbox for Prometheus, read from the rows at each asking.

Gauges over windows and not counters: the rows are the record. A counter in a process would be one for each web worker
and none for what the Celery workers did, would begin at 0 with each start, and could not take back a mail that bounced.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.db.models import Case, Count, F, Min, Q, Value, When
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from clinic.models import Heartbeat, OutboxMessage, Reminder, Schedule, SkipReason
from clinic.models.heartbeat import SILENT_FOR
from clinic.models.outbox import OutboxQuerySet, State, database_now

WINDOWS: Final = {"1h": dt.timedelta(hours=1), "24h": dt.timedelta(hours=24)}
ENDS: Final = {
    State.SENT: "Mails that the mail server took in the window, and that have not come back.",
    State.FAILED: "Mails that the mail server refused for good in the window, or that could not be written.",
    State.BOUNCED: "Mails that came back in the window.",
    State.UNKNOWN: "Mails of which it is unclear whether they arrived, given up in the window.",
}
SKIPPED: Final = "Mails that were not sent for a reason, in the window; a reason without any is left out."


def render_metrics() -> bytes:
    """All metrics in Prometheus' text format; a registry of its own, so that nothing else in the process shows."""
    registry = CollectorRegistry()
    registry.register(_Collector(list(build_families(database_now()))))
    return generate_latest(registry)


def build_families(now: dt.datetime) -> Iterator[GaugeMetricFamily]:
    """Each metric with its samples, as of ``now``. Labels name kinds, reasons, windows and ticks, and no person."""
    due = GaugeMetricFamily("plumbline_mail_due", "Mails that are due and not sent yet.", labels=["kind"])
    lag = GaugeMetricFamily(
        "plumbline_mail_lag_seconds", "How long the oldest of them is due; 0 without any.", labels=["kind"]
    )
    ended = {
        end: GaugeMetricFamily(f"plumbline_mail_{end.value}", text, labels=["kind", "window"])
        for end, text in ENDS.items()
    }
    skipped = GaugeMetricFamily("plumbline_mail_skipped", SKIPPED, labels=["kind", "reason", "window"])
    for model in OutboxMessage.kinds():
        kind, (count, oldest) = model.kind, _due(model, now)
        due.add_metric([kind], count)
        lag.add_metric([kind], max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)
        for window, tally in _settled(model.objects.all(), now).items():
            for end, family in ended.items():
                family.add_metric([kind, window], tally[end, ""])
            for (state, reason), rows in sorted(tally.items()):
                if state == State.SKIPPED:
                    skipped.add_metric([kind, reason, window], rows)
    beats = GaugeMetricFamily(
        "plumbline_heartbeat_age_seconds", "How long ago each tick came to its end; +Inf: never.", labels=["tick"]
    )
    last = dict(Heartbeat.objects.values_list("name", "at"))
    for name in SILENT_FOR:
        beats.add_metric([name], (now - last[name]).total_seconds() if name in last else float("inf"))
    yield from (due, lag, *ended.values(), skipped, beats)


def _due(kind: type[OutboxMessage], now: dt.datetime) -> tuple[int, dt.datetime | None]:
    """How many are due and open, and since when; of reminders also the slots that no tick has planned yet."""
    rows = kind.objects.unsettled().filter(due_at__lte=now).order_by()
    sums = [rows.aggregate(count=Count("pk"), oldest=Min("due_at"))]
    if kind is Reminder:
        sums.append(Schedule.objects.due(now).order_by().aggregate(count=Count("pk"), oldest=Min("next_due_at")))
    return sum(one["count"] for one in sums), min((one["oldest"] for one in sums if one["oldest"]), default=None)


def _settled(rows: OutboxQuerySet[Any], now: dt.datetime) -> dict[str, Counter[tuple[str, str]]]:
    """For each window, how many ended in each state; by reason where skipped (a server's answer is no label)."""
    since = {window: now - length for window, length in WINDOWS.items()}
    reasons = [
        When(state=State.SKIPPED, status_detail__in=SkipReason.values, then=F("status_detail")),
        When(state=State.SKIPPED, then=Value("other")),
    ]
    counted = (
        rows.filter(settled_at__gte=min(since.values()))
        .order_by()
        .annotate(skip_reason=Case(*reasons, default=Value("")))
        .values_list("state", "skip_reason")
        .annotate(**{f"in_{window}": Count("pk", filter=Q(settled_at__gte=at)) for window, at in since.items()})
    )
    tallies: dict[str, Counter[tuple[str, str]]] = {window: Counter() for window in WINDOWS}
    for state, reason, *counts in counted:
        for window, count in zip(WINDOWS, counts, strict=True):
            tallies[window][state, reason] = count
    return tallies


class _Collector:
    """What a registry asks for its metrics."""

    def __init__(self, families: Iterable[GaugeMetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterable[GaugeMetricFamily]:
        return self._families
