"""Celery's door: every task is one tick over rows, carries nothing, and run twice does nothing twice."""

from collections.abc import Callable
from functools import wraps

from celery import shared_task

from clinic.accounts import second_factor_reset
from clinic.clients import departure, invitation_mail, registration
from clinic.clients import messages as client_messages
from clinic.flags import escalation, undeliverable
from clinic.flags import inactivity as silent_clients
from clinic.flags import notice_mail as notices
from clinic.mail import outbox
from clinic.models import Heartbeat
from clinic.models.outbox import database_now
from clinic.reminders import planning, push_delivery
from clinic.reminders import sending as reminders
from clinic.team import members
from clinic.team.digest import mail as digest_mail
from clinic.team.digest import planning as digest_planning
from clinic.worklist import entries as worklist_entries

# Urgent first; phones last, as no mail waits for a push service, and what no phone takes goes by mail at the next tick.
_MAILS = (
    notices,
    registration,
    invitation_mail,
    members,
    second_factor_reset,
    client_messages,
    reminders,
    digest_mail,
    push_delivery,
)
KINDS = [outbox.one_at_a_time(kind.send_due) for kind in _MAILS]


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
    for send_due in KINDS:
        send_due()


@tick
def sweep() -> None:
    """Give back what dead workers held, forget who never confirmed or left, tell the owner what nobody looked at."""
    for tidy in (
        outbox.reap,
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
