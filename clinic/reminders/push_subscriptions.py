"""What a client decides about phones: which of them show reminders, and whether mail comes too."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Client, PushSubscription
from clinic.reminders import web_push

MAX_PHONES = 10  # of one client; the oldest makes room
SECRET_BYTES = 16


def add_subscription(
    client: Client, *, endpoint: str, p256dh: str, auth: str, label: str, by: AbstractBaseUser, replaces: str = ""
) -> PushSubscription:
    """Show this client's reminders in one browser from now on, and nobody else's there.

    Who had mail alone has both from the first phone on.

    Args:
        endpoint: where its push service takes messages.
        p256dh: the browser's public key in base64url.
        auth: the shared secret in base64url.
        label: the browser in words, as "Chrome on Android".
        replaces: the endpoint that the same browser had before.

    Raises ValidationError by field; nothing is stored then.
    """
    try:
        web_push.check_endpoint(endpoint)
    except web_push.BadEndpoint:
        raise ValidationError({"endpoint": _("This browser's push service is not known here. Mail goes on.")}) from None
    if len(endpoint) > 1000 or not web_push.is_public_key(p256dh) or not _is_secret(auth):
        raise ValidationError({"p256dh": _("This browser's keys cannot be read. Update it, and try again.")})
    with transaction.atomic():
        stored = Client.objects.lock_for_writing(client.pk)
        mine = PushSubscription.objects.filter(client=stored)
        is_first = not mine.exists()
        PushSubscription.objects.filter(endpoint=endpoint).exclude(client=stored).delete()
        if replaces != endpoint:
            mine.filter(endpoint=replaces).delete()
        told = {"p256dh": p256dh, "auth": auth, "label": label[:80], "failures": 0}
        phone, new = PushSubscription.objects.update_or_create(client=stored, endpoint=endpoint, defaults=told)
        mine.exclude(pk__in=list(mine.order_by("-pk").values_list("pk", flat=True)[:MAX_PHONES])).delete()
        if is_first and stored.reminder_channel == Client.ReminderChannel.MAIL:
            stored.reminder_channel = Client.ReminderChannel.BOTH
            stored.save(update_fields=["reminder_channel"])
        if new and not replaces:
            audit.record(by, audit.Verb.PUSH_SUBSCRIPTION_ADDED, stored, client.clinic)
    client.reminder_channel = stored.reminder_channel
    return phone


def remove_subscription(client: Client, *, phone: int, by: AbstractBaseUser) -> bool:
    """No more reminders on one phone of this client. False: there is no such phone."""
    return _delete(client, PushSubscription.objects.filter(client=client, pk=phone), by)


def remove_endpoint(endpoint: str, *, by: AbstractBaseUser) -> bool:
    """The same for the browser that knows this endpoint, whoever's reminders it shows. False: it shows none."""
    found = PushSubscription.objects.select_related("client__clinic").filter(endpoint=endpoint).first()
    return found is not None and _delete(found.client, PushSubscription.objects.filter(pk=found.pk), by)


def set_reminder_channel(client: Client, way: str, *, by: AbstractBaseUser) -> None:
    """How reminders come: one of `Client.By`.

    Raises ValidationError on ``reminders_by`` where a phone is wanted and none shows reminders.
    """
    if way != Client.ReminderChannel.MAIL and not client.push_subscriptions.exists():
        raise ValidationError({"reminder_channel": _("Turn reminders on on a phone first.")})
    with transaction.atomic():
        client.reminder_channel = way
        client.save(update_fields=["reminder_channel"])
        audit.record(by, audit.Verb.REMINDER_CHANNEL_CHOSEN, client, client.clinic)


def _delete(client: Client, which: QuerySet[PushSubscription], by: AbstractBaseUser) -> bool:
    with transaction.atomic():
        gone, _kinds = which.delete()
        if gone:
            audit.record(by, audit.Verb.PUSH_SUBSCRIPTION_REMOVED, client, client.clinic)
            if not PushSubscription.objects.filter(client=client).exists():
                Client.objects.filter(pk=client.pk).update(reminder_channel=Client.ReminderChannel.MAIL)
    client.refresh_from_db(fields=["reminder_channel"])
    return bool(gone)


def _is_secret(text: str) -> bool:
    try:
        return len(web_push.from_base64url(text)) == SECRET_BYTES
    except ValueError:
        return False
