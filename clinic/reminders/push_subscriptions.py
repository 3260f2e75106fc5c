"""Phones on which a client gets reminders, and the channel of reminders: phone, mail or both."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Client, PushSubscription
from clinic.reminders import web_push

MAX_PHONES = 10  # of one client; the oldest is deleted
SECRET_BYTES = 16


def add_subscription(
    client: Client, *, endpoint: str, p256dh: str, auth: str, label: str, by: AbstractBaseUser, replaces: str = ""
) -> PushSubscription:
    """Store a browser that gets this client's reminders from now on, and no other client's.

    The first phone of a client whose reminders come by mail sets the channel to both.

    Args:
        endpoint: the URL of its push service.
        p256dh: the browser's public key in base64url.
        auth: the shared secret in base64url.
        label: name of the browser, such as "Chrome on Android".
        replaces: the previous endpoint of the same browser.

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
        subscriptions = PushSubscription.objects.filter(client=stored)
        is_first = not subscriptions.exists()
        PushSubscription.objects.filter(endpoint=endpoint).exclude(client=stored).delete()
        if replaces != endpoint:
            subscriptions.filter(endpoint=replaces).delete()
        values = {"p256dh": p256dh, "auth": auth, "label": label[:80], "failures": 0}
        phone, created = PushSubscription.objects.update_or_create(client=stored, endpoint=endpoint, defaults=values)
        newest = subscriptions.order_by("-pk").values_list("pk", flat=True)[:MAX_PHONES]
        subscriptions.exclude(pk__in=list(newest)).delete()
        if is_first and stored.reminder_channel == Client.ReminderChannel.MAIL:
            stored.reminder_channel = Client.ReminderChannel.BOTH
            stored.save(update_fields=["reminder_channel"])
        if created and not replaces:
            audit.record(by, audit.Verb.PUSH_SUBSCRIPTION_ADDED, stored, client.clinic)
    client.reminder_channel = stored.reminder_channel
    return phone


def remove_subscription(client: Client, *, phone: int, by: AbstractBaseUser) -> bool:
    """Stop reminders on one phone of this client, by number. False: there is no such phone."""
    return _delete(client, PushSubscription.objects.filter(client=client, pk=phone), by)


def remove_endpoint(endpoint: str, *, by: AbstractBaseUser) -> bool:
    """Stop reminders in the browser with this endpoint, of whichever client. False: it gets none."""
    subscription = PushSubscription.objects.select_related("client__clinic").filter(endpoint=endpoint).first()
    if subscription is None:
        return False
    return _delete(subscription.client, PushSubscription.objects.filter(pk=subscription.pk), by)


def set_reminder_channel(client: Client, channel: str, *, by: AbstractBaseUser) -> None:
    """Set how reminders come: one of `Client.ReminderChannel`.

    Raises ValidationError on ``reminder_channel`` when a phone is chosen and none is stored.
    """
    if channel != Client.ReminderChannel.MAIL and not client.push_subscriptions.exists():
        raise ValidationError({"reminder_channel": _("Turn reminders on on a phone first.")})
    with transaction.atomic():
        client.reminder_channel = channel
        client.save(update_fields=["reminder_channel"])
        audit.record(by, audit.Verb.REMINDER_CHANNEL_CHOSEN, client, client.clinic)


def _delete(client: Client, subscriptions: QuerySet[PushSubscription], by: AbstractBaseUser) -> bool:
    with transaction.atomic():
        count, _by_model = subscriptions.delete()
        if count:
            audit.record(by, audit.Verb.PUSH_SUBSCRIPTION_REMOVED, client, client.clinic)
            if not PushSubscription.objects.filter(client=client).exists():
                Client.objects.filter(pk=client.pk).update(reminder_channel=Client.ReminderChannel.MAIL)
    client.refresh_from_db(fields=["reminder_channel"])
    return bool(count)


def _is_secret(text: str) -> bool:
    try:
        return len(web_push.from_base64url(text)) == SECRET_BYTES
    except ValueError:
        return False
