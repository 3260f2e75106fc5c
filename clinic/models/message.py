"""A few words from a practitioner to a client, read in the portal; the mail only says that they are there."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.client import Client
from clinic.models.clinic import Person, Practitioner
from clinic.models.outbox import OutboxMessage, OutboxQuerySet, SkipReason


class MessageQuerySet(OutboxQuerySet["Message"]):
    def visible_to(self, user: Person) -> MessageQuerySet:
        """For the client and for those who see the client's record."""
        return self.filter(client__in=Client.objects.record_visible_to(user))

    def mark_read(self, pk: int, now: dt.datetime) -> bool:
        """False: it was read before."""
        return bool(self.filter(pk=pk, read_at=None).update(read_at=now))

    def complained_of_by(self, clients: set[int]) -> set[int]:
        """Which of these clients, by number, called such a mail unwanted: they read here, and get no mail of it."""
        told = self.filter(client__in=clients, status_detail=SkipReason.COMPLAINED)
        return set(told.order_by().values_list("client", flat=True))


class Message(OutboxMessage):
    """What was written, and the mail about it. It is there to be read whatever becomes of the mail."""

    kind = "message"
    urgency = 60
    recipient_path = "client"
    related_paths = ("client__clinic",)
    composer = "clinic.clients.messages.compose"
    guard = "clinic.clients.messages.guard"

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="messages")
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("message"), max_length=1000)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)
    idempotency_key = models.UUIDField(null=True, blank=True, editable=False)

    objects: ClassVar = MessageQuerySet.as_manager()

    class Meta(OutboxMessage.Meta):
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            *OutboxMessage.Meta.constraints,
            models.CheckConstraint(condition=~Q(text=""), name="message_says_something"),
            models.UniqueConstraint(fields=["client", "idempotency_key"], name="one_message_per_idempotency_key"),
        ]
