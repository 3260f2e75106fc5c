"""Celery's door: every task is one tick over rows, carries nothing, and run twice does nothing twice."""

from __future__ import annotations

from celery import shared_task

from clinic import delivery, joining, leaving, registering
from clinic.flags import escalation
from clinic.flags import sending as notices
from clinic.flags import silence as silent_clients
from clinic.models.outbox import database_now
from clinic.reminders import planning
from clinic.reminders import sending as reminders


@shared_task
def plan() -> None:
    """Due schedules become reminder rows."""
    planning.plan_due(database_now())


@shared_task
def send() -> None:
    """Urgent first: what a practitioner must know, what somebody waits for at a screen, invitations, reminders."""
    notices.send_due()
    registering.send_due()
    joining.send_due()
    reminders.send_due()


@shared_task
def sweep() -> None:
    """Give back what dead workers held, forget who never confirmed or left, tell the owner what nobody looked at."""
    delivery.reap(database_now())
    registering.forget_unconfirmed(database_now())
    leaving.forget_addresses(database_now())
    escalation.escalate(database_now())


@shared_task
def silence() -> None:
    """Flag the clients who fell silent."""
    silent_clients.sweep(database_now())
