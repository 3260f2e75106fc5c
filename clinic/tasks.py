"""Celery's door: every task is one tick over rows, carries nothing, and run twice does nothing twice."""

from __future__ import annotations

from threading import Lock

from celery import shared_task

from clinic import delivery, joining, registering
from clinic.flags import escalation
from clinic.flags import sending as notices
from clinic.flags import silence as silent_clients
from clinic.models.outbox import database_now
from clinic.reminders import planning
from clinic.reminders import sending as reminders

# Urgent first: what a practitioner must know, what somebody waits for at a screen, invitations, reminders.
KINDS = {kind.send_due: Lock() for kind in (notices, registering, joining, reminders)}


@shared_task
def plan() -> None:
    """Due schedules become reminder rows."""
    planning.plan_due(database_now())


@shared_task
def send() -> None:
    """Each kind by one thread of a process at a time, so that a kill leaves one mail of a kind in doubt at most."""
    for send_due, alone in KINDS.items():
        if alone.acquire(blocking=False):
            try:
                send_due()
            finally:
                alone.release()


@shared_task
def sweep() -> None:
    """Give back what a dead worker held, forget who never confirmed, tell the owner what nobody looked at."""
    delivery.reap(database_now())
    registering.forget_unconfirmed(database_now())
    escalation.escalate(database_now())


@shared_task
def silence() -> None:
    """Flag the clients who fell silent."""
    silent_clients.sweep(database_now())
