"""Whether it can serve and the ticks run. Each problem has its remedy; none names a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min

from clinic.models import Heartbeat, OutboxMessage, Schedule
from clinic.models.heartbeat import SILENT_FOR
from clinic.models.outbox import database_now
from clinic.operators.probe import NoAnswer, Probe

SECONDS: Final = 3.0
"""How long the database, and then the broker, may take to answer."""

LATE: Final = dt.timedelta(minutes=5)
"""A mail of a watched kind that is due for longer and not sent is late."""

START_THEM = "Start worker and beat (or the crontab), and read their log."


class Problem(NamedTuple):
    """One problem of a component, in a sentence, and its remedy in another."""

    component: str
    description: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.component}: {self.description} {self.remedy}"


def find_problems() -> list[Problem]:
    """All problems; none: ready. It returns within four times `SECONDS`, whatever hangs."""
    return [*_database(), *_broker()]


def check_rows(now: dt.datetime | None = None) -> list[Problem]:
    """The problems that the rows show: migrations that wait, ticks that stopped, mail that is late.

    Args:
        now: the instant to judge by; None: the database's clock.
    """
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:  # the rows may not be there to be asked
        return [Problem("migrations", f"{len(waiting)} not applied.", "Run: python manage.py migrate")]
    now = now or database_now()
    return [*_stopped(now), *_late(now)]


def check_broker() -> list[Problem]:
    """Whether Celery's broker takes a connection; nothing where none is named, as ticks then come by a crontab."""
    if not (current_app.conf.broker_write_url or current_app.conf.broker_url):
        return []
    try:
        with current_app.connection_for_write(connect_timeout=SECONDS) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except Exception as error:  # each broker has errors of its own
        return [_broker_is_away(f"It does not answer ({type(error).__name__}).")]
    return []


def _stopped(now: dt.datetime) -> Iterator[Problem]:
    last = dict(Heartbeat.objects.values_list("name", "at"))
    for name, longest in SILENT_FOR.items():
        if name not in last:
            yield Problem(f"tick {name}", "It has not run yet.", START_THEM)
        elif now - last[name] > longest:
            yield Problem(f"tick {name}", f"It ran last {_minutes(now - last[name])} ago.", START_THEM)


def _late(now: dt.datetime) -> Iterator[Problem]:
    unplanned = Schedule.objects.due(now).values_list("next_due_at", flat=True).first()
    if unplanned is not None and now - unplanned > LATE:
        description = f"A slot is due for {_minutes(now - unplanned)} and not planned."
        yield Problem("reminders", description, "Look for errors of the tick plan in the worker's log.")
    # Rows that wait for another attempt count too: a mail server that is away must show.
    for kind in (kind for kind in OutboxMessage.kinds() if kind.is_watched):
        late = kind.objects.unsettled().filter(due_at__lt=now - LATE).order_by()
        rows = late.aggregate(oldest=Min("due_at"), count=Count("pk"))
        if rows["count"]:
            description = f"{rows['count']} not sent, the oldest due for {_minutes(now - rows['oldest'])}."
            remedy = "Look at the mail server and at errors of the tick send in the worker's log."
            yield Problem(f"{kind.kind}s", description, remedy)


def _minutes(passed: dt.timedelta) -> str:
    return f"{passed // dt.timedelta(minutes=1)} minutes"


def _database() -> list[Problem]:
    remedy = "Start it, and check its address and the number of connections."
    try:
        return _ROWS_PROBE()
    except NoAnswer:
        return [Problem("database", f"It does not answer within {SECONDS:.0f} seconds.", remedy)]
    except DatabaseError as error:  # its text may hold addresses and rows
        return [Problem("database", f"It does not answer ({type(error).__name__}).", remedy)]


def _broker() -> list[Problem]:
    try:
        return _BROKER_PROBE()
    except NoAnswer:
        return [_broker_is_away(f"It does not answer within {SECONDS:.0f} seconds.")]


def _broker_is_away(description: str) -> Problem:
    remedy = "Start it, and check its address. Nothing is lost: what is due stands in rows."
    return Problem("broker", description, remedy)


_ROWS_PROBE = Probe(check_rows, SECONDS)
_BROKER_PROBE = Probe(check_broker, SECONDS)
