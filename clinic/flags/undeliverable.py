"""Clients whose mail comes back: their reminders stop and a practitioner gets a flag."""

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


def mark_undeliverable(client: Client, error: str, now: dt.datetime) -> Flag | None:
    """Stop the reminders of this client and flag it on the newest running prescription.

    Args:
        client: whose mail came back.
        error: the answer of the mail server.
        now: when it came; an earlier date of the same trouble stays.

    Returns:
        The new flag; None when there is one already, or no prescription to raise it on.
    """
    with transaction.atomic():
        prescription = _lock_prescription(client)
        Client.objects.mark_undeliverable(client.pk, now)
        client.refresh_from_db(fields=["undeliverable_since"])
        return _raise_flag(client, prescription, error, now)


def flag_undeliverable_clients(now: dt.datetime) -> int:
    """Flag the clients who are marked and have no flag yet: refused while sending, or without a prescription then.

    Returns how many. Idempotent.
    """
    running = Prescription.objects.running().filter(client=OuterRef("pk"))
    flagged = Flag.objects.unresolved().filter(kind=Flag.Kind.UNDELIVERABLE, prescription__client=OuterRef("pk"))
    marked = Client.objects.exclude(undeliverable_since=None).exclude(state=Client.State.LEFT)
    unflagged = marked.filter(Exists(running)).exclude(Exists(flagged)).select_related("clinic")
    return sum(_flag_marked_client(client, now) for client in unflagged)


def mark_deliverable(client: Client, by: AbstractBaseUser | None, note: str, now: dt.datetime) -> None:
    """Allow mail to this client again, as the address is confirmed, and resolve its flags."""
    with transaction.atomic():
        flags = Flag.objects.unresolved().filter(prescription__client=client, kind=Flag.Kind.UNDELIVERABLE)
        resolved = [close_flag(flag, by, note, now) for flag in flags.order_by("prescription")]
        Client.objects.filter(pk=client.pk).update(undeliverable_since=None)
        if any(resolved):
            worklist_entries.update_entries(client.pk)
    client.undeliverable_since = None


def _lock_prescription(client: Client) -> Prescription | None:
    """The newest running prescription, its trend locked before the client's row, as every service does."""
    prescription = client.prescriptions.running().order_by("-pk").first()
    if prescription is not None:
        PainTrend.objects.select_for_update().get(prescription=prescription)
    return prescription


def _flag_marked_client(client: Client, now: dt.datetime) -> bool:
    with transaction.atomic():
        prescription = _lock_prescription(client)
        if not Client.objects.filter(pk=client.pk, undeliverable_since__isnull=False).exists():
            return False  # confirmed since the list was read
        return _raise_flag(client, prescription, _last_error(client), now) is not None


def _raise_flag(client: Client, prescription: Prescription | None, error: str, now: dt.datetime) -> Flag | None:
    if prescription is None:
        return None
    with override(client.clinic.language):
        reason = reasons.describe_returned_mail(error)
    kind, severity = Flag.Kind.UNDELIVERABLE, Flag.Severity.ROUTINE
    return raise_flag(None, kind, severity, reason, now, prescription=prescription)


def _last_error(client: Client) -> str:
    """The last answer of a mail server about this client's mailbox."""
    returned = Q(state=State.BOUNCED) | Q(state=State.FAILED, status_detail__startswith=REFUSED_RECIPIENT)
    reminders = Reminder.objects.filter(returned, schedule__prescription__client=client)
    newest_of_each = [
        rows.order_by("-settled_at").values_list("settled_at", "status_detail").first()
        for rows in (reminders, client.invitations.filter(returned))
    ]
    newest = max((row for row in newest_of_each if row is not None), default=(None, ""))
    return newest[1].removeprefix(REFUSED_RECIPIENT)
