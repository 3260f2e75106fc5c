"""A mail came back, or was complained about: the row says so, and the client gets no more of what does not arrive.

Told by the operator's bounce mailbox (``manage.py read_bounce``) or by a mail provider. The same news twice changes
nothing.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Max

from clinic import audit
from clinic.clients import preferences as client_preferences
from clinic.flags import notice_recipients
from clinic.flags.undeliverable import mark_undeliverable
from clinic.mail.outbox import KINDS
from clinic.models import (
    Client,
    Confirmation,
    Digest,
    Flag,
    FlagEvent,
    Invitation,
    Message,
    Notice,
    OutboxMessage,
    PainTrend,
    Practitioner,
    Reminder,
    SecondFactorReset,
    Welcome,
)
from clinic.models.outbox import State
from clinic.team import preferences as team_preferences

log = logging.getLogger(__name__)

SOFT_AT_MOST = 3  # in a row, and the client counts as out of reach
LOOKED_BACK = dt.timedelta(days=7)  # a mail server gives up after five days
_TAKEN = [State.SENT, State.UNKNOWN, State.BOUNCED]
_CLIENT = {Reminder: "schedule__prescription__client", Invitation: "client", Message: "client"}


def find(message_ids: Iterable[str], recipient: str = "", *, now: dt.datetime) -> OutboxMessage | None:
    """The mail that a report is about; None: none of ours.

    Args:
        message_ids: without brackets, the likeliest first; those of other programs are passed over.
        recipient: where none of them is ours: the last mail to this address within a week before ``now``.
    """
    for message_id in message_ids:
        for kind in KINDS:
            row = kind.objects.filter(message_id=message_id).first()
            if row is not None:
                return row
    return _last_to(recipient, now) if recipient else None


def came_back(mail: OutboxMessage, words: str, *, hard: bool, now: dt.datetime) -> bool:
    """Settle the row as bounced, and see to whom that leaves without mail.

    A client whose mailbox is not there is marked undeliverable and flagged; one whose mailbox is full, or the like,
    after three mails in a row. Of a notice that nobody got, the owners get one.

    Args:
        words: the mail server's.
        hard: the mailbox is not there.

    Returns:
        False when it was known already, or never went out.
    """
    client = _client_of(mail)
    with transaction.atomic():
        if client is not None:  # the trend before the reminder, in the order of a report that a link brings
            list(PainTrend.objects.select_for_update().filter(prescription__client=client).order_by("pk"))
        if not type(mail)._default_manager.bounce(mail.message_id, now, words):  # type: ignore[attr-defined]
            return False
        log.warning("%s %d came back (%s)", mail._meta.model_name, mail.pk, "hard" if hard else "soft")
        if client is not None and (hard or _came_back_each_time(client)):
            mark_undeliverable(client, words, now)
        if isinstance(mail, Notice):
            log.error("notice %d did not reach its practitioner: look at that mail address", mail.pk)
            notice_recipients.notify_owners_instead(mail, now)
        if isinstance(mail, Notice | Digest) and hard:
            Practitioner.objects.mark_undeliverable(mail.practitioner_id, now)
    return True


def complained(mail: OutboxMessage, *, now: dt.datetime) -> bool:
    """The recipient called it unwanted, to their mail program or ours: no more reminders, or no more daily mail.

    Returns False when that was known already.
    """
    client = _client_of(mail)
    with transaction.atomic():
        if not type(mail)._default_manager.unwanted(mail.message_id):  # type: ignore[attr-defined]
            return False
        log.warning("%s %d was reported as unwanted", mail._meta.model_name, mail.pk)
        if client is not None:
            audit.record(None, audit.Verb.SPAM_REPORTED, client, client.clinic)
            client_preferences.set_reminders_wanted(client, False, by=None, now=now)
        if isinstance(mail, Digest):
            team_preferences.set_digest_wanted(Practitioner.objects.get(pk=mail.practitioner_id), False, by=None)
    return True


def _client_of(mail: OutboxMessage) -> Client | None:
    about = _CLIENT.get(type(mail))
    kept = type(mail)._default_manager.filter(pk=mail.pk).values(about) if about else ()
    return Client.objects.select_related("clinic").get(pk__in=kept) if about else None


def _last_to(recipient: str, now: dt.datetime) -> OutboxMessage | None:
    """Also one that came back already, so that the same report twice does not reach the mail before it."""
    users = f"practitioner__user__{get_user_model().get_email_field_name()}"
    by_client = {kind: f"{client}__email" for kind, client in _CLIENT.items()}
    addresses = {**by_client, Notice: users, Digest: users, Welcome: users, SecondFactorReset: users}
    lately: dict[str, Any] = {"state__in": _TAKEN, "due_at__gte": now - LOOKED_BACK, "due_at__lte": now}
    found = [
        kind._default_manager.filter(**lately, **{f"{address}__iexact": recipient}).order_by("-due_at", "-pk").first()
        for kind, address in {**addresses, Confirmation: "registrant__email"}.items()
    ]
    return max((row for row in found if row is not None), key=lambda row: row.due_at, default=None)


def _came_back_each_time(client: Client) -> bool:
    """Whether the last three mails to the client came back, since somebody last looked at the address."""
    looked_at = FlagEvent.objects.filter(
        flag__prescription__client=client, flag__kind=Flag.Kind.UNDELIVERABLE, verb=FlagEvent.Verb.RESOLVED
    ).aggregate(at=Max("at"))["at"]
    ends: list[tuple[dt.datetime, str]] = []
    for kind, about in _CLIENT.items():
        taken = kind._default_manager.filter(**{about: client}, state__in=_TAKEN)
        if looked_at is not None:
            taken = taken.filter(due_at__gt=looked_at)
        ends += taken.order_by("-due_at", "-pk").values_list("due_at", "state")[:SOFT_AT_MOST]
    last = [state for _due_at, state in sorted(ends, reverse=True)[:SOFT_AT_MOST]]
    return last == [State.BOUNCED] * SOFT_AT_MOST
