"""The mail to somebody who was added to a clinic's team."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Practitioner
from clinic.models.outbox import OutboxMessage, OutboxQuerySet


class Welcome(OutboxMessage):
    """One mail that says where to sign in; it carries no key to anything, so it needs no end."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="welcomes")

    objects = OutboxQuerySet["Welcome"].as_manager()

    class Meta(OutboxMessage.Meta):
        verbose_name = _("welcome")
        verbose_name_plural = _("welcomes")
        constraints = [*OutboxMessage.Meta.constraints]

    def __str__(self) -> str:
        return f"welcome {self.pk}"
