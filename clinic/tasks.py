"""Celery's door: every task is one tick over rows, carries nothing, and run twice does nothing twice."""

from collections.abc import Callable
from functools import partial, wraps

from celery import shared_task

from clinic.clients import departure, registration
from clinic.flags import escalation, undeliverable
from clinic.flags import inactivity as silent_clients
from clinic.mail import outbox
from clinic.models import Heartbeat, OutboxMessage
from clinic.models.outbox import database_now
from clinic.reminders import planning, push_delivery
from clinic.team.digest import planning as digest_planning
from clinic.worklist import entries as worklist_entries

# Web push last: no mail waits for a push service, and a reminder that no phone takes goes by mail at the next tick.
SENDERS = [
    *(outbox.one_at_a_time(partial(outbox.send_due, kind)) for kind in OutboxMessage.kinds()),
    outbox.one_at_a_time(push_delivery.send_due),
]


def tick(run: Callable[[], None]) -> Callable[[], None]:
    """A task that leaves a heartbeat once it came to its end; one that raises leaves none."""

    @wraps(run)
    def beating() -> None:
        run()
        Heartbeat.objects.beat(run.__name__, database_now())

    return shared_task(beating)


@tick
def plan() -> None:
    """Due schedules become reminder rows, due daily mails their own."""
    planning.create_due_reminders(database_now())
    digest_planning.create_due_digests(database_now())


@tick
def send() -> None:
    """Each kind by one thread of a process at a time, so that a kill leaves one mail of a kind in doubt at most."""
    for send in SENDERS:
        send()


@tick
def sweep() -> None:
    """Give back what dead workers held, forget who never confirmed or left, tell the owner what nobody looked at."""
    for tidy in (
        outbox.release_expired,
        registration.delete_unconfirmed,
        departure.delete_expired_data,
        escalation.escalate_flags,
    ):
        tidy(database_now())


@tick
def silence() -> None:
    """Flag the clients who fell silent, and those whom mail does not reach; list whoever the worklist misses."""
    silent_clients.flag_silent_clients(database_now())
    undeliverable.flag_undeliverable_clients(database_now())
    worklist_entries.create_missing_entries()
