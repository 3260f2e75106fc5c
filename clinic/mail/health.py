"""Does the mail of each clinic go out? Counted from the rows, naming nobody: for who runs the site."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Min

from clinic.models import (
    Confirmation,
    Digest,
    Heartbeat,
    Invitation,
    Message,
    Notice,
    OutboxMessage,
    Reminder,
    SecondFactorReset,
    Welcome,
)
from clinic.models.heartbeat import SILENT_FOR
from clinic.models.outbox import State

CLINIC_OF: Final[dict[type[OutboxMessage], str]] = {
    Reminder: "schedule__prescription__client__clinic",
    Notice: "practitioner__clinic",
    Invitation: "client__clinic",
    Confirmation: "registrant__clinic",
    Welcome: "practitioner__clinic",
    SecondFactorReset: "practitioner__clinic",
    Digest: "practitioner__clinic",
    Message: "client__clinic",
}
WINDOW: Final = dt.timedelta(hours=24)
LOST: Final = (State.FAILED, State.BOUNCED, State.UNKNOWN)


@dataclass
class MailState:
    """One clinic's mail: how many are due and not sent, the oldest of them, and how many went wrong in 24 hours."""

    waiting: int = 0
    oldest: dt.datetime | None = None
    lost: int = 0


@dataclass(frozen=True)
class Tick:
    """One part of the clock: when it last came to its end, and whether that is too long ago."""

    name: str
    at: dt.datetime | None
    stopped: bool


def by_clinic(now: dt.datetime) -> dict[int, MailState]:
    """The state of each clinic that has mail waiting or lost; a few queries, whatever their number."""
    found: dict[int, MailState] = {}
    for kind, clinic in CLINIC_OF.items():
        rows: Any = kind._default_manager.order_by()
        due = rows.unsettled().filter(due_at__lte=now)
        for pk, count, oldest in due.values_list(clinic).annotate(count=Count("pk"), oldest=Min("due_at")):
            state = found.setdefault(pk, MailState())
            state.waiting += count
            state.oldest = min(filter(None, (state.oldest, oldest)))
        lost = rows.filter(settled_at__gte=now - WINDOW, state__in=LOST)
        for pk, count in lost.values_list(clinic).annotate(count=Count("pk")):
            found.setdefault(pk, MailState()).lost += count
    return found


def ticks(now: dt.datetime) -> list[Tick]:
    """Every part of the clock, the stopped ones among them."""
    last = dict(Heartbeat.objects.values_list("name", "at"))
    return [
        Tick(name, last.get(name), name not in last or now - last[name] > longest)
        for name, longest in SILENT_FOR.items()
    ]
