"""The mail of an invitation: its row, and the tick that sends those that are due."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence

from django.core.mail import EmailMultiAlternatives

from clinic.conf import conf
from clinic.mail import signed_links
from clinic.mail.compose import letter
from clinic.models import Client, Invitation, Practitioner, SkipReason

# A list of 500 clients must not keep reminders waiting, which are of use for some hours only: twenty mails take a slow
# server (half a second each) ten seconds. The wait also leaves time to withdraw what was a mistake.
BATCH_SIZE = 20
BATCH_INTERVAL = dt.timedelta(minutes=1)


def post_invitations(clients: Sequence[Client], by: Practitioner | None, now: dt.datetime) -> list[Invitation]:
    """One row each in the outbox; of more than AT_ONCE the others follow, so many each PAUSE.

    ``by``: whose name the mails bear; None: each client's own practitioner.
    """
    return Invitation.objects.bulk_create(
        _invitation(client, by or client.practitioner, now + BATCH_INTERVAL * (place // BATCH_SIZE))
        for place, client in enumerate(clients)
    )


def sending_time(count: int) -> dt.timedelta:
    """How long it takes until so many posted at once have all become due."""
    return BATCH_INTERVAL * (max(0, count - 1) // BATCH_SIZE)


def _invitation(client: Client, by: Practitioner, due: dt.datetime) -> Invitation:
    until = due + conf.invitation_age
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
    """The links that are out work no more, and what has not gone out does not go."""
    Invitation.objects.usable(now).filter(client__in=clients).update(withdrawn_at=now)


def guard(invitations: list[Invitation], now: dt.datetime) -> Mapping[int, SkipReason]:
    usable = set(
        Invitation.objects.usable(now).filter(pk__in=[row.pk for row in invitations]).values_list("pk", flat=True)
    )
    return {row.pk: SkipReason.WITHDRAWN for row in invitations if row.pk not in usable}


def compose(invitation: Invitation) -> EmailMultiAlternatives:
    """The mail, in the client's language: who invites, and a link that works once."""
    client = invitation.client
    return letter(
        "invitation",
        to=(client.name, client.email),
        clinic=client.clinic,
        language=client.language,
        message_id=invitation.message_id,
        context={
            "client": client,
            "practitioner": invitation.invited_by,
            "join_url": signed_links.url(signed_links.Purpose.INVITATION, invitation.pk),
            "days": conf.invitation_age.days,
        },
    )
