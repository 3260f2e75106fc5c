"""Bounces and complaints: the row records them, and a client whose mailbox is gone gets no further mail.

Reported by the operator's bounce mailbox (``manage.py read_bounce``) or by a mail provider. A second report of the same
changes nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.module_loading import import_string

from clinic import audit
from clinic.clients import preferences as client_preferences
from clinic.flags.undeliverable import mark_undeliverable
from clinic.models import Client, Digest, Flag, FlagEvent, OutboxMessage, PainTrend
from clinic.models.outbox import State
from clinic.team import preferences as team_preferences

log = logging.getLogger(__name__)

SOFT_AT_MOST = 3  # soft bounces in a row, then the client counts as undeliverable
SEARCH_PERIOD = dt.timedelta(days=7)  # a mail server gives up after five days
_TAKEN = [State.SENT, State.UNKNOWN, State.BOUNCED]


def find_message(message_ids: Iterable[str], recipient: str = "", *, now: dt.datetime) -> OutboxMessage | None:
    """The mail that a report is about; None: no mail of this site.

    Args:
        message_ids: without brackets, the likeliest first; ids of other programs are passed over.
        recipient: where no id is known: the last mail to this address within a week before ``now``.
    """
    for message_id in message_ids:
        for kind in OutboxMessage.kinds():
            row = kind.objects.filter(message_id=message_id).first()
            if row is not None:
                return row
    return _last_to(recipient, now) if recipient else None


def record_bounce(mail: OutboxMessage, diagnostic: str, *, hard: bool, now: dt.datetime) -> bool:
    """Settle the row as bounced, and act for the recipient who gets no mail.

    A client whose mailbox is not there is marked undeliverable and flagged; one whose mailbox is full, or the like,
    after three mails in a row. A kind that has a fallback calls it: the owners get the notice that nobody got.

    Args:
        diagnostic: the mail server's answer.
        hard: the mailbox is not there.

    Returns:
        False when it was recorded before, or never went out.
    """
    client = _client_of(mail)
    with transaction.atomic():
        if client is not None:  # the trend before the reminder, in the order of a report that a link brings
            list(PainTrend.objects.select_for_update().filter(prescription__client=client).order_by("pk"))
            client = Client.objects.select_for_update(of=("self",)).select_related("clinic").get(pk=client.pk)
            diagnostic = "" if client.erased_at else diagnostic  # it may quote the address
        if not type(mail).objects.mark_bounced(mail.message_id, now, diagnostic):
            return False
        log.warning("%s %d came back (%s)", mail.kind, mail.pk, "hard" if hard else "soft")
        if client is None and hard:
            mail.mark_recipient_undeliverable(now)
        elif client is not None and (hard or _bounced_each_time(client)):
            mark_undeliverable(client, diagnostic, now)
        if mail.fallback:
            log.error("%s %d did not reach its recipient: look at that mail address", mail.kind, mail.pk)
            import_string(mail.fallback)(mail, now)
    return True


def record_complaint(mail: OutboxMessage, *, now: dt.datetime) -> bool:
    """The recipient reported it as unwanted: stop the reminders of a client, or the daily mail of a practitioner.

    Returns False when that was recorded before.
    """
    client = _client_of(mail)
    with transaction.atomic():
        if not type(mail).objects.mark_complained(mail.message_id):
            return False
        log.warning("%s %d was reported as unwanted", mail.kind, mail.pk)
        if client is not None:
            audit.record(None, audit.Verb.SPAM_REPORTED, client, client.clinic)
            client_preferences.set_reminders_wanted(client, False, by=None, now=now)
        if isinstance(mail, Digest):
            team_preferences.set_digest_wanted(mail.practitioner, False, by=None)
    return True


def _client_of(mail: OutboxMessage) -> Client | None:
    return mail.recipient if mail.client_path() else None


def _last_to(recipient: str, now: dt.datetime) -> OutboxMessage | None:
    """Bounced rows count, so that a second report of the same bounce does not settle the mail before it."""
    recent: dict[str, Any] = {"state__in": _TAKEN, "due_at__gte": now - SEARCH_PERIOD, "due_at__lte": now}
    rows = [
        kind.objects.filter(**recent, **{f"{kind.address_path()}__iexact": recipient})
        .order_by("-due_at", "-pk")
        .first()
        for kind in OutboxMessage.kinds()
    ]
    return max((row for row in rows if row is not None), key=lambda row: row.due_at, default=None)


def _bounced_each_time(client: Client) -> bool:
    """Whether the last three mails to the client came back, since somebody last resolved a flag of the address."""
    resolved_at = FlagEvent.objects.filter(
        flag__prescription__client=client, flag__kind=Flag.Kind.UNDELIVERABLE, verb=FlagEvent.Verb.RESOLVED
    ).aggregate(at=Max("at"))["at"]
    ends: list[tuple[dt.datetime, str]] = []
    for kind in OutboxMessage.kinds():
        if path := kind.client_path():
            taken = kind.objects.filter(**{path: client}, state__in=_TAKEN)
            if resolved_at is not None:
                taken = taken.filter(due_at__gt=resolved_at)
            ends += taken.order_by("-due_at", "-pk").values_list("due_at", "state")[:SOFT_AT_MOST]
    last = [state for _due_at, state in sorted(ends, reverse=True)[:SOFT_AT_MOST]]
    return last == [State.BOUNCED] * SOFT_AT_MOST
