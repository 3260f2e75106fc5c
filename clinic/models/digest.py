"""The daily mail to a practitioner: how many clients need a look, and nothing about whom."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Practitioner
from clinic.models.outbox import OutboxMessage, OutboxQuerySet


class Digest(OutboxMessage):
    """One local day of one practitioner: at most one row, whatever becomes of it."""

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField(_("day"))

    objects = OutboxQuerySet["Digest"].as_manager()

    class Meta(OutboxMessage.Meta):
        verbose_name = _("daily mail")
        verbose_name_plural = _("daily mails")
        constraints = [
            *OutboxMessage.Meta.constraints,
            models.UniqueConstraint(fields=["practitioner", "day"], name="one_digest_per_practitioner_and_day"),
        ]

    def __str__(self) -> str:
        return f"digest {self.pk}"
