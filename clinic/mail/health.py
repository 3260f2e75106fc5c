"""Whether the mail of each clinic goes out: counted from the rows, without names, for the operator of the site."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Min

from clinic.models import Heartbeat, OutboxMessage
from clinic.models.heartbeat import SILENT_FOR
from clinic.models.outbox import State

WINDOW: Final = dt.timedelta(hours=24)
LOST: Final = (State.FAILED, State.BOUNCED, State.UNKNOWN)


@dataclass
class MailState:
    """One clinic's mail: how many are due and not sent, the oldest of them, and how many were lost in 24 hours."""

    waiting: int = 0
    oldest: dt.datetime | None = None
    lost: int = 0


@dataclass(frozen=True)
class Tick:
    """One periodic task: when it last came to its end, and whether that is too long ago."""

    name: str
    at: dt.datetime | None
    stopped: bool


def mail_by_clinic(now: dt.datetime) -> dict[int, MailState]:
    """The state of each clinic that has mail waiting or lost; a few queries, whatever their number."""
    states: dict[int, MailState] = {}
    for kind in OutboxMessage.kinds():
        rows, clinic = kind.objects.order_by(), kind.clinic_path()
        due = rows.unsettled().filter(due_at__lte=now)
        for pk, count, oldest in due.values_list(clinic).annotate(count=Count("pk"), oldest=Min("due_at")):
            state = states.setdefault(pk, MailState())
            state.waiting += count
            state.oldest = min(filter(None, (state.oldest, oldest)))
        lost = rows.filter(settled_at__gte=now - WINDOW, state__in=LOST)
        for pk, count in lost.values_list(clinic).annotate(count=Count("pk")):
            states.setdefault(pk, MailState()).lost += count
    return states


def all_ticks(now: dt.datetime) -> list[Tick]:
    """Every periodic task, the stopped ones among them."""
    last = dict(Heartbeat.objects.values_list("name", "at"))
    return [
        Tick(name, last.get(name), name not in last or now - last[name] > longest)
        for name, longest in SILENT_FOR.items()
    ]
