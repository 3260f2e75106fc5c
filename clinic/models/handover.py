"""The handover of a client from one practitioner to another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.client import Client
from clinic.models.clinic import Practitioner

MAX_REASON = 500  # characters


class Handover(models.Model):
    """One handover, never changed; the present practitioner is a field of the client."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="handovers", verbose_name=_("client"))
    from_practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("from")
    )
    to_practitioner = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("to"))
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("why"), max_length=MAX_REASON)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        ordering = ["client", "-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(from_practitioner=F("to_practitioner")), name="handed_over_to_another"),
            models.CheckConstraint(condition=~Q(reason=""), name="handed_over_says_why"),
        ]

    def __str__(self) -> str:
        return f"hand-over {self.pk}"
