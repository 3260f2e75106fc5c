"""Celery's interface: each task is one tick over rows; it takes no arguments and is idempotent."""

from collections.abc import Callable
from functools import partial, wraps

from celery import shared_task

from clinic.clients import departure, registration
from clinic.flags import escalation, inactivity, undeliverable
from clinic.mail import outbox
from clinic.models import Heartbeat, OutboxMessage
from clinic.models.outbox import database_now
from clinic.reminders import planning, push_delivery
from clinic.team.digest import planning as digest_planning
from clinic.worklist import entries as worklist_entries

# Web push last: no mail waits for a push service, and a reminder that no phone takes goes by mail at the next tick.
SENDERS = [outbox.one_at_a_time(partial(outbox.send_due, kind)) for kind in OutboxMessage.kinds()]
SENDERS.append(outbox.one_at_a_time(push_delivery.send_due))


def tick(run: Callable[[], None]) -> Callable[[], None]:
    """A task that records a heartbeat when it has come to its end; one that raises records none."""

    @wraps(run)
    def beating() -> None:
        run()
        Heartbeat.objects.beat(run.__name__, database_now())

    return shared_task(beating)


@tick
def plan() -> None:
    """Create the rows of due reminders and daily mails."""
    planning.create_due_reminders(database_now())
    digest_planning.create_due_digests(database_now())


@tick
def send() -> None:
    """Each kind by one thread of a process at a time, so that a kill leaves one doubtful mail of a kind at most."""
    for send_due in SENDERS:
        send_due()


@tick
def sweep() -> None:
    """Release the rows of dead workers, delete unconfirmed and expired data, escalate open flags to the owner."""
    for sweep_rows in (outbox.release_expired, registration.delete_unconfirmed, departure.delete_expired_data):
        sweep_rows(database_now())
    escalation.escalate_flags(database_now())


@tick
def silence() -> None:
    """Flag inactive and undeliverable clients, and create missing worklist entries."""
    inactivity.flag_silent_clients(database_now())
    undeliverable.flag_undeliverable_clients(database_now())
    worklist_entries.create_missing_entries()
