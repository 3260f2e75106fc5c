"""Messages of practitioners to a client, read in the portal; the mail only says that there is one."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.client import Client
from clinic.models.clinic import Person, Practitioner
from clinic.models.outbox import OutboxMessage, OutboxQuerySet, SkipReason

MAX_TEXT = 1000  # characters


class MessageQuerySet(OutboxQuerySet["Message"]):
    def visible_to(self, user: Person) -> MessageQuerySet:
        """Messages to this person, and to clients whose record this person may see."""
        return self.filter(client__in=Client.objects.record_visible_to(user))

    def mark_read(self, pk: int, now: dt.datetime) -> bool:
        """Store when the client read a message. False: it was read before."""
        return bool(self.filter(pk=pk, read_at=None).update(read_at=now))

    def complained_of_by(self, clients: set[int]) -> set[int]:
        """The numbers of those of these clients who reported such a mail as spam: they get no further one."""
        complaints = self.filter(client__in=clients, status_detail=SkipReason.COMPLAINED)
        return set(complaints.order_by().values_list("client", flat=True))


class Message(OutboxMessage):
    """A message and the mail about it. It can be read in the portal whatever becomes of the mail."""

    kind = "message"
    urgency = 60
    recipient_path = "client"
    related_paths = ("client__clinic",)
    composer = "clinic.clients.messages.compose"
    guard = "clinic.clients.messages.guard"

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="messages")
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("message"), max_length=MAX_TEXT)
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
