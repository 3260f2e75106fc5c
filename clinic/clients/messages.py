"""Send a message to a client: it is read in the portal, and a mail only says that there is one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.conf import conf
from clinic.mail.compose import build_email
from clinic.models import Client, Message, Practitioner, SkipReason
from clinic.models.idempotency import idempotency_key
from clinic.models.message import MAX_TEXT

MAIL_EXPIRES_AFTER = dt.timedelta(days=2)  # a client who looks into the portal has read the message by then


def send_message(
    client: Client, text: str, *, by: Practitioner, form_key: str = "", now: dt.datetime | None = None
) -> Message:
    """Store a message to a client and put the mail about it in the outbox.

    Args:
        text: 1 to MAX_TEXT characters; displayed in the portal, never in a mail.
        by: a practitioner at the client's clinic.
        form_key: key of the form; the same text from the same form is stored once and returned again.

    Raises ValidationError by field, also when the client has not joined or has left; nothing is stored then.
    """
    now, text = now or timezone.now(), text.strip()
    _validate(client, text, by)
    with transaction.atomic():
        Client.objects.lock_for_writing(client.pk)
        mail = {"due_at": now, "try_at": now, "expires_at": now + MAIL_EXPIRES_AFTER, "message_id": _message_id()}
        values, key = {"client": client, "by": by, "text": text, **mail}, idempotency_key(form_key, by.pk, text)
        if key is None:
            message, created = Message.objects.create(**values), True
        else:
            message, created = Message.objects.get_or_create(client=client, idempotency_key=key, defaults=values)
        if created:
            audit.record(by.user, audit.Verb.MESSAGE_SENT, message, client.clinic)
    return message


def _message_id() -> str:
    return f"message.{uuid.uuid4().hex}@{conf.mail_domain}"


def mark_read(message: Message, *, by: AbstractBaseUser, now: dt.datetime | None = None) -> bool:
    """Store that the client has read a message, which then leaves the first page. False: it was read before."""
    with transaction.atomic():
        if not Message.objects.mark_read(message.pk, now or timezone.now()):
            return False
        audit.record(by, audit.Verb.MESSAGE_READ, message, message.client.clinic)
    return True


def guard(messages: list[Message], now: dt.datetime) -> Mapping[int, SkipReason]:
    """The skip reason, by primary key, of each message whose mail may not be sent."""
    complained = Message.objects.complained_of_by({row.client_id for row in messages})
    reasons = {row.pk: _skip_reason(row, complained) for row in messages}
    return {pk: reason for pk, reason in reasons.items() if reason is not None}


def _skip_reason(message: Message, complained: set[int]) -> SkipReason | None:
    client = message.client
    reasons = {
        SkipReason.WITHDRAWN: client.state == Client.State.LEFT,
        SkipReason.NO_CONSENT: client.state == Client.State.INVITED,
        SkipReason.SETTLED: message.read_at is not None,
        SkipReason.UNDELIVERABLE: client.undeliverable_since is not None,
        SkipReason.COMPLAINED: client.pk in complained,
    }
    return next((reason for reason, applies in reasons.items() if applies), None)


def compose(message: Message) -> EmailMultiAlternatives:
    """The mail: that the clinic has written, and where to read it. It quotes nothing of the message."""
    client = message.client
    return build_email(
        "message",
        to=(client.name, client.email),
        clinic=client.clinic,
        language=client.language,
        message_id=message.message_id,
        context={"client": client, "messages_url": f"{conf.base_url}{reverse('clinic:messages')}"},
    )


def _validate(client: Client, text: str, by: Practitioner) -> None:
    errors: dict[str, list[str]] = {}
    if not text:
        errors["text"] = [_("Write something first.")]
    elif len(text) > MAX_TEXT:
        errors["text"] = [_("At most %(most)s characters.") % {"most": MAX_TEXT}]
    if client.state == Client.State.INVITED:
        errors["client"] = [_("This client has not joined yet and could not read it. Send the invitation again.")]
    elif client.state == Client.State.LEFT:
        errors["client"] = [_("This client has left.")]
    if not by.treats_at(client.clinic_id):
        errors["practitioner"] = [_("Only somebody who treats clients at this clinic may do this.")]
    if errors:
        raise ValidationError(errors)
