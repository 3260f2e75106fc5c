"""Whose mail comes back: no reminder reaches this client any more, so somebody has to know."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import override

from clinic.flags import reasons
from clinic.flags.lifecycle import close_flag, raise_flag
from clinic.models import Client, Flag, PainTrend, Prescription, Reminder
from clinic.models.outbox import REFUSED_RECIPIENT, State
from clinic.worklist import entries as worklist_entries


def mark_undeliverable(client: Client, words: str, now: dt.datetime) -> Flag | None:
    """Stop the reminders of this client and flag it on the newest running prescription.

    Args:
        client: whose mail came back.
        words: what the mail server said.
        now: when it said so; an earlier date of the same trouble stays.

    Returns:
        The new flag; None when there is one already, or no prescription to raise it on.
    """
    with transaction.atomic():
        prescription = _lock_prescription(client)
        Client.objects.mark_undeliverable(client.pk, now)
        client.refresh_from_db(fields=["undeliverable_since"])
        return _raise_flag(client, prescription, words, now)


def flag_undeliverable_clients(now: dt.datetime) -> int:
    """Flag those who are marked and not flagged: refused while sending, or without an exercise until now.

    Returns how many. Run twice, it does nothing twice.
    """
    running = Prescription.objects.running().filter(client=OuterRef("pk"))
    flagged = Flag.objects.unresolved().filter(kind=Flag.Kind.UNDELIVERABLE, prescription__client=OuterRef("pk"))
    marked = Client.objects.exclude(undeliverable_since=None).exclude(state=Client.State.LEFT)
    waiting = marked.filter(Exists(running)).exclude(Exists(flagged)).select_related("clinic")
    return sum(_flag_marked_client(client, now) for client in waiting)


def mark_deliverable(client: Client, by: AbstractBaseUser | None, note: str, now: dt.datetime) -> None:
    """Somebody vouches for the address: mail may go there again, and what was flagged of it is resolved."""
    with transaction.atomic():
        theirs = Flag.objects.unresolved().filter(prescription__client=client, kind=Flag.Kind.UNDELIVERABLE)
        closed = [close_flag(flag, by, note, now) for flag in theirs.order_by("prescription")]
        Client.objects.filter(pk=client.pk).update(undeliverable_since=None)
        if any(closed):
            worklist_entries.update_entries(client.pk)
    client.undeliverable_since = None


def _lock_prescription(client: Client) -> Prescription | None:
    """The newest running prescription, its trend locked: before the client's row, in the order of every other verb."""
    prescription = client.prescriptions.running().order_by("-pk").first()
    if prescription is not None:
        PainTrend.objects.select_for_update().get(prescription=prescription)
    return prescription


def _flag_marked_client(client: Client, now: dt.datetime) -> bool:
    with transaction.atomic():
        prescription = _lock_prescription(client)
        if not Client.objects.filter(pk=client.pk, undeliverable_since__isnull=False).exists():
            return False  # somebody looked since the list was read
        return _raise_flag(client, prescription, _last_error(client), now) is not None


def _raise_flag(client: Client, prescription: Prescription | None, words: str, now: dt.datetime) -> Flag | None:
    if prescription is None:
        return None
    with override(client.clinic.language):
        reason = reasons.describe_returned_mail(words)
    kind, severity = Flag.Kind.UNDELIVERABLE, Flag.Severity.ROUTINE
    return raise_flag(None, kind, severity, reason, now, prescription=prescription)


def _last_error(client: Client) -> str:
    """What the mail server said last of this client's mailbox."""
    came_back = Q(state=State.BOUNCED) | Q(state=State.FAILED, status_detail__startswith=REFUSED_RECIPIENT)
    reminders = Reminder.objects.filter(came_back, schedule__prescription__client=client)
    said = [
        rows.order_by("-settled_at").values_list("settled_at", "status_detail").first()
        for rows in (reminders, client.invitations.filter(came_back))
    ]
    newest = max((row for row in said if row is not None), default=(None, ""))
    return newest[1].removeprefix(REFUSED_RECIPIENT)
