"""The daily mail to a practitioner: how many clients need a look, without names."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Practitioner
from clinic.models.outbox import OutboxMessage


class Digest(OutboxMessage):
    """The digest of one practitioner for one local day."""

    kind = "digest"
    urgency = 80
    recipient_path = "practitioner"
    related_paths = ("practitioner__user", "practitioner__clinic")
    composer = "clinic.team.digest.mail.compose"
    guard = "clinic.team.digest.mail.guard"

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField(_("day"))

    class Meta(OutboxMessage.Meta):
        verbose_name = _("daily mail")
        verbose_name_plural = _("daily mails")
        constraints = [
            *OutboxMessage.Meta.constraints,
            models.UniqueConstraint(fields=["practitioner", "day"], name="one_digest_per_practitioner_and_day"),
        ]
