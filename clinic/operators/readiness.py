"""Can it serve, and does the clock tick? Each complaint says what is wrong and what to do, and nothing about whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Final, NamedTuple

from celery import current_app
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min

from clinic.models import Digest, Heartbeat, Message, Notice, Reminder, Schedule
from clinic.models.heartbeat import SILENT_FOR
from clinic.models.outbox import database_now
from clinic.operators.probe import NoAnswer, Probe

SECONDS: Final = 3.0
"""How long the database, and then the broker, may take to answer."""

LATE: Final = dt.timedelta(minutes=5)
"""A reminder, notice, message or daily mail that is due for longer and not sent is late."""

START_THEM = "Start worker and beat (or the crontab), and read their log."


class Complaint(NamedTuple):
    """One thing that is wrong, in a sentence, and its remedy in another."""

    part: str
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.part}: {self.wrong} {self.remedy}"


def complaints() -> list[Complaint]:
    """All that is wrong now; none: ready. It is back within four times `SECONDS`, whatever hangs."""
    return [*_database(), *_broker()]


def of_the_rows(now: dt.datetime | None = None) -> list[Complaint]:
    """What the rows say is wrong: migrations that wait, ticks that stopped, mail that is late.

    Args:
        now: the instant to judge by; None: the database's clock.
    """
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:  # the rows may not be there to be asked
        return [Complaint("migrations", f"{len(waiting)} not applied.", "Run: python manage.py migrate")]
    now = now or database_now()
    return [*_stopped(now), *_late(now)]


def of_the_broker() -> list[Complaint]:
    """Whether Celery's broker takes a connection; nothing where none is named, as ticks then come by a crontab."""
    if not (current_app.conf.broker_write_url or current_app.conf.broker_url):
        return []
    try:
        with current_app.connection_for_write(connect_timeout=SECONDS) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, interval_step=0)
    except Exception as error:  # each broker has errors of its own
        return [_broker_is_away(f"It does not answer ({type(error).__name__}).")]
    return []


def _stopped(now: dt.datetime) -> Iterator[Complaint]:
    last = dict(Heartbeat.objects.values_list("name", "at"))
    for name, longest in SILENT_FOR.items():
        if name not in last:
            yield Complaint(f"tick {name}", "It has not run yet.", START_THEM)
        elif now - last[name] > longest:
            yield Complaint(f"tick {name}", f"It ran last {_minutes(now - last[name])} ago.", START_THEM)


def _late(now: dt.datetime) -> Iterator[Complaint]:
    unplanned = Schedule.objects.due(now).values_list("next_due_at", flat=True).first()
    if unplanned is not None and now - unplanned > LATE:
        wrong = f"A slot is due for {_minutes(now - unplanned)} and not planned."
        yield Complaint("reminders", wrong, "Look for errors of the tick plan in the worker's log.")
    # Those that wait for another attempt count too: a mail server that is away must show. Invitations and confirmations
    # do not: who may register could keep this complaining with an address that refuses for now.
    kinds = (("reminders", Reminder), ("notices", Notice), ("messages", Message), ("daily mails", Digest))
    for part, kind in kinds:
        late = kind.objects.unsettled().filter(due_at__lt=now - LATE).order_by()
        found = late.aggregate(oldest=Min("due_at"), count=Count("pk"))
        if found["count"]:
            wrong = f"{found['count']} not sent, the oldest due for {_minutes(now - found['oldest'])}."
            yield Complaint(part, wrong, "Look at the mail server and at errors of the tick send in the worker's log.")


def _minutes(passed: dt.timedelta) -> str:
    return f"{passed // dt.timedelta(minutes=1)} minutes"


def _database() -> list[Complaint]:
    remedy = "Start it, and check its address and the number of connections."
    try:
        return _ROWS()
    except NoAnswer:
        return [Complaint("database", f"It does not answer within {SECONDS:.0f} seconds.", remedy)]
    except DatabaseError as error:  # its words may hold addresses and rows
        return [Complaint("database", f"It does not answer ({type(error).__name__}).", remedy)]


def _broker() -> list[Complaint]:
    try:
        return _BROKER()
    except NoAnswer:
        return [_broker_is_away(f"It does not answer within {SECONDS:.0f} seconds.")]


def _broker_is_away(wrong: str) -> Complaint:
    return Complaint("broker", wrong, "Start it, and check its address. Nothing is lost: what is due stands in rows.")


_ROWS = Probe(of_the_rows, SECONDS)
_BROKER = Probe(of_the_broker, SECONDS)
