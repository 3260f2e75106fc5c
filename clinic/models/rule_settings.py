"""How sensitive the trend rule is, for one client or for a clinic: every setting with its reason."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.client import Client
from clinic.models.clinic import Clinic, Practitioner

SMALLEST_RISES = (1.0, 1.5, 2.0)  # points
MAX_REASON = 500  # characters


class Sensitivity(models.TextChoices):
    EARLY = "early", _("early: more false flags")
    STANDARD = "standard", _("standard")
    FEW = "few", _("few false flags: later")


class RuleSettings(models.Model):
    """One setting. Never changed: the newest is in force, the others are the history.

    Without a client it holds for all clients of the clinic who have none of their own.
    """

    Sensitivity = Sensitivity

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="rule_settings")
    client = models.ForeignKey(Client, on_delete=models.CASCADE, null=True, blank=True, related_name="rule_settings")
    sensitivity = models.CharField(_("sensitivity"), max_length=10, choices=Sensitivity, default=Sensitivity.STANDARD)
    smallest_rise = models.FloatField(_("smallest rise that matters, points"), default=1.0)
    reason = models.CharField(_("why"), max_length=MAX_REASON)
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["clinic", "client", "-at", "-pk"]
        verbose_name = _("rule settings")
        verbose_name_plural = _("rule settings")
        constraints = [
            models.CheckConstraint(condition=Q(sensitivity__in=Sensitivity.values), name="rule_sensitivity_is_known"),
            models.CheckConstraint(condition=Q(smallest_rise__in=SMALLEST_RISES), name="rule_smallest_rise_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="rule_settings_say_why"),
        ]

    def __str__(self) -> str:
        return f"rule settings {self.pk}"
