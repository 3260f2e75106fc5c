"""A few words from a practitioner to a client: kept to be read in the portal, with a mail that only says so."""

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
from clinic.mail.compose import letter
from clinic.models import Client, Message, Practitioner, SkipReason
from clinic.models.idempotency import idempotency_key

MAX_TEXT = 1000
MAIL_EXPIRES_AFTER = dt.timedelta(days=2)  # a mail that waited longer says nothing new to whoever looks into the portal


def send_message(
    client: Client, text: str, *, by: Practitioner, form_key: str = "", now: dt.datetime | None = None
) -> Message:
    """Keep a message for a client and put the mail about it in the outbox.

    Args:
        text: 1–1,000 characters; it stands in the portal and in no mail.
        by: somebody who treats clients at the client's clinic.
        form_key: key of the form it comes from; the same text from the same form is the same message, given back again.

    Raises ValidationError by field, also when the client has not joined or has left; nothing is stored then.
    """
    now, text = now or timezone.now(), text.strip()
    _check(client, text, by)
    with transaction.atomic():
        Client.objects.lock_for_writing(client.pk)
        mail = {"due_at": now, "try_at": now, "expires_at": now + MAIL_EXPIRES_AFTER, "message_id": _message_id()}
        told, key = {"client": client, "by": by, "text": text, **mail}, idempotency_key(form_key, by.pk, text)
        if key is None:
            made, new = Message.objects.create(**told), True
        else:
            made, new = Message.objects.get_or_create(client=client, idempotency_key=key, defaults=told)
        if new:
            audit.record(by.user, audit.Verb.MESSAGE_SENT, made, client.clinic)
    return made


def _message_id() -> str:
    return f"message.{uuid.uuid4().hex}@{conf.mail_domain}"


def mark_read(message: Message, *, by: AbstractBaseUser, now: dt.datetime | None = None) -> bool:
    """The client has read it: it leaves the first page. False when that was known; nothing changes then."""
    with transaction.atomic():
        if not Message.objects.mark_read(message.pk, now or timezone.now()):
            return False
        audit.record(by, audit.Verb.MESSAGE_READ, message, message.client.clinic)
    return True


def guard(messages: list[Message], now: dt.datetime) -> Mapping[int, SkipReason]:
    """Which of these must not go, and why, by primary key."""
    complained = Message.objects.complained_of_by({row.client_id for row in messages})
    reasons = {row.pk: _reason(row, complained) for row in messages}
    return {pk: why for pk, why in reasons.items() if why is not None}


def _reason(message: Message, complained: set[int]) -> SkipReason | None:
    client = message.client
    because = {
        SkipReason.WITHDRAWN: client.state == Client.State.LEFT,
        SkipReason.NO_CONSENT: client.state == Client.State.INVITED,
        SkipReason.SETTLED: message.read_at is not None,
        SkipReason.UNDELIVERABLE: client.undeliverable_since is not None,
        SkipReason.COMPLAINED: client.pk in complained,
    }
    return next((why for why, holds in because.items() if holds), None)


def compose(message: Message) -> EmailMultiAlternatives:
    """The mail: that the clinic has written, and where to read it. It has none of the message's words."""
    client = message.client
    return letter(
        "message",
        to=(client.name, client.email),
        clinic=client.clinic,
        language=client.language,
        message_id=message.message_id,
        context={"client": client, "messages_url": f"{conf.base_url}{reverse('clinic:messages')}"},
    )


def _check(client: Client, text: str, by: Practitioner) -> None:
    """Raise ValidationError with every wrong field and its remedy."""
    wrong: dict[str, list[str]] = {}
    if not text:
        wrong["text"] = [_("Write something first.")]
    elif len(text) > MAX_TEXT:
        wrong["text"] = [_("At most %(most)s characters.") % {"most": MAX_TEXT}]
    if client.state == Client.State.INVITED:
        wrong["client"] = [_("This client has not joined yet and could not read it. Send the invitation again.")]
    elif client.state == Client.State.LEFT:
        wrong["client"] = [_("This client has left.")]
    if not by.treats_at(client.clinic_id):
        wrong["practitioner"] = [_("Only somebody who treats clients at this clinic may do this.")]
    if wrong:
        raise ValidationError(wrong)
