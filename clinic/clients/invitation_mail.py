"""The mail of an invitation: its row in the outbox, its guard and its text."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.core.mail import EmailMultiAlternatives

from clinic.conf import conf
from clinic.mail import signed_links
from clinic.mail.compose import build_email
from clinic.models import Client, Invitation, Practitioner, SkipReason

# Reminders, which expire after hours, must not wait for an import of 500 clients: a batch takes a slow server (half a
# second a mail) ten seconds. The interval also leaves time to withdraw mistakes.
BATCH_SIZE = 20
BATCH_INTERVAL = dt.timedelta(minutes=1)


def post_invitations(clients: Sequence[Client], by: Practitioner | None, now: dt.datetime) -> list[Invitation]:
    """Put an invitation for each client in the outbox, BATCH_SIZE of them every BATCH_INTERVAL.

    ``by``: the practitioner named in the mails; None: each client's own practitioner.
    """
    return Invitation.objects.bulk_create(
        _build_invitation(client, by or client.practitioner, now + BATCH_INTERVAL * (index // BATCH_SIZE))
        for index, client in enumerate(clients)
    )


def sending_time(count: int) -> dt.timedelta:
    """How long it takes until ``count`` invitations posted at once are all due."""
    return BATCH_INTERVAL * (max(0, count - 1) // BATCH_SIZE)


def _build_invitation(client: Client, by: Practitioner, due: dt.datetime) -> Invitation:
    until = due + conf.invitation_lifetime
    return Invitation(
        client=client,
        invited_by=by,
        due_at=due,
        try_at=due,
        expires_at=until,
        valid_until=until,
        message_id=f"invitation.{uuid.uuid4().hex}@{conf.mail_domain}",
    )


def withdraw_links(clients: Sequence[Client], now: dt.datetime) -> None:
    """Withdraw the usable invitations of these clients: their links stop working, unsent mails are not sent."""
    Invitation.objects.usable(now).filter(client__in=clients).update(withdrawn_at=now)


def guard(invitations: list[Invitation], now: dt.datetime) -> Mapping[int, SkipReason]:
    """The skip reason, by primary key, of each invitation that is no longer usable."""
    usable = set(
        Invitation.objects.usable(now).filter(pk__in=[row.pk for row in invitations]).values_list("pk", flat=True)
    )
    return {row.pk: SkipReason.WITHDRAWN for row in invitations if row.pk not in usable}


def compose(invitation: Invitation) -> EmailMultiAlternatives:
    """The mail in the client's language: who invites, and the link."""
    client = invitation.client
    return build_email(
        "invitation",
        to=(client.name, client.email),
        clinic=client.clinic,
        language=client.language,
        message_id=invitation.message_id,
        context={
            "client": client,
            "practitioner": invitation.invited_by,
            "join_url": signed_links.build_url(signed_links.Purpose.INVITATION, invitation.pk),
            "days": conf.invitation_lifetime.days,
        },
    )
