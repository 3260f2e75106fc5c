"""Sending reminders: mails a second over bare loops to the same server, and ticks in a large practice over a small one.

`send_over_floor` is the whole way of a planned reminder (claim, guard, compose, send, settle) over Django's loop that
renders, builds and sends over one connection; `send_over_raw_floor` over raw claim SQL and smtplib with a ready-made
mail. `due_tick_growth` is what one reminder costs, planned and sent, with 10,000 due of 1,000,000 schedules over 10,000
due of 10,000; `idle_tick_growth` a tick with nothing due at 1,000,000 over 1,000. Each is followed by its two figures.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from statistics import median

from bench import baselines, databases, filling, sink

SIZES = {"few": 1_000, "some": 10_000, "many": 1_000_000}  # schedules
DUE = 10_000
LEDGER_DAYS = 30
FLOOR_MAILS = 5_000  # a turn of Django's loop
IDLE_TICKS = 50  # a turn
TURNS = 3


def run() -> Iterator[tuple[str, float]]:
    """Yield (name, value); without PostgreSQL the same on SQLite, but for the raw floor."""
    databases.ready()
    with databases.fresh(*SIZES) as names, sink.running() as port:
        practices = Practices(names, port)
        turns = [practices.turn() for _ in range(TURNS)]  # alternately, so that a busy machine slows all
    for name, (over, under) in RATIOS.items():
        if all(over in turn and under in turn for turn in turns):
            yield name, median(turn[over] / turn[under] for turn in turns)
            for figure in (over, under):
                yield f"{name}_{figure}", median(turn[figure] for turn in turns)


RATIOS = {
    "send_over_floor": ("ours_per_s", "floor_per_s"),
    "send_over_raw_floor": ("ours_per_s", "raw_floor_per_s"),
    "idle_tick_growth": ("many_ms", "few_ms"),
    "due_tick_growth": ("many_us_each", "some_us_each"),
}


class Practices:
    """The three practices, and a turn of every measurement in them."""

    def __init__(self, names: dict[str, str], port: int) -> None:
        from django.conf import settings
        from django.utils import timezone

        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
        self.names, self.port, self.slot = names, port, timezone.now().date()
        for size, schedules in SIZES.items():
            databases.use(names[size])
            filling.fill(schedules, due=min(DUE, schedules), ledger_days=LEDGER_DAYS, now=timezone.now())

    def turn(self) -> dict[str, float]:
        """One figure of each kind."""
        from django.db import connection

        figures = {f"{size}_ms": self.idle_tick(size) * 1e3 for size in ("few", "many")}
        for size in ("some", "many"):
            planning, sending = self.due_tick(size)
            figures[f"{size}_us_each"] = (planning + sending) / DUE * 1e6
        figures["ours_per_s"] = DUE / sending
        figures["floor_per_s"] = self.django_floor()
        if connection.vendor == "postgresql":
            figures["raw_floor_per_s"] = self.raw_floor()
        return figures

    def idle_tick(self, size: str) -> float:
        """Seconds of a tick that finds nothing due, the median of some."""
        databases.use(self.names[size])
        return median([sum(_tick()) for _ in range(IDLE_TICKS)])

    def due_tick(self, size: str) -> tuple[float, float]:
        """Seconds of planning and of sending `DUE` reminders."""
        self._let_be_due(size)
        return _tick(DUE)

    def django_floor(self) -> float:
        """Mails a second of Django's own loop."""
        letters = list(baselines.letters(self._some_reminders(FLOOR_MAILS)))
        began = time.perf_counter()
        assert baselines.django_loop(letters) == FLOOR_MAILS
        return FLOOR_MAILS / (time.perf_counter() - began)

    def raw_floor(self) -> float:
        """Mails a second of raw SQL and smtplib."""
        from clinic.models.outbox import database_now
        from clinic.reminders import planning, sending

        mail = sending.compose(self._some_reminders(1)[0])
        self._let_be_due("many")
        planning.create_due_reminders(database_now())
        began = time.perf_counter()
        ready_made = mail.message().as_bytes(linesep="\r\n")
        assert baselines.raw_loop(ready_made, "desk@clinic.example", "dana@home.example", self.port) == DUE
        return DUE / (time.perf_counter() - began)

    def _let_be_due(self, size: str) -> None:
        from clinic.models.outbox import database_now

        databases.use(self.names[size])
        self.slot += dt.timedelta(days=1)  # each slot of a schedule happens once
        filling.make_due(SIZES[size], due=DUE, slot=self.slot, at=database_now())

    def _some_reminders(self, count: int) -> Sequence[object]:
        from clinic.models import Reminder

        databases.use(self.names["many"])
        return list(Reminder.objects.select_related(*Reminder.related_paths).order_by("pk")[:count])


def _tick(due: int = 0) -> tuple[float, float]:
    """Seconds of planning and of sending, as the beat does it; all that is due must go out."""
    from clinic.mail import outbox
    from clinic.models import Reminder
    from clinic.models.outbox import database_now
    from clinic.reminders import planning

    began = time.perf_counter()
    planned = planning.create_due_reminders(database_now())
    planned_at = time.perf_counter()
    tally = outbox.send_due(Reminder)
    assert (planned, tally["sent"]) == (due, due), tally
    return planned_at - began, time.perf_counter() - planned_at
