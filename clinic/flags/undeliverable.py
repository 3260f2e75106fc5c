"""Whose mail comes back: no reminder reaches this client any more, so somebody has to know."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import override

from clinic.flags import sentences
from clinic.flags.review import raise_flag
from clinic.models import Client, Flag, PainTrend


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
        prescription = client.prescriptions.running().order_by("-pk").first()
        if prescription is not None:  # locked before the client's row, in the order of every other verb
            PainTrend.objects.select_for_update().get(prescription=prescription)
        Client.objects.filter(pk=client.pk, undeliverable_since=None).update(undeliverable_since=now)
        client.refresh_from_db(fields=["undeliverable_since"])
        if prescription is None:
            return None
        with override(client.clinic.language):
            reason = sentences.undeliverable(words)
        kind, severity = Flag.Kind.UNDELIVERABLE, Flag.Severity.ROUTINE
        return raise_flag(None, kind, severity, reason, now, prescription=prescription)
