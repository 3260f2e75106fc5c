"""How finely the trend rule listens to one client: two knobs, and every turn of them with its reason."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.client import Client
from clinic.models.clinic import Clinic, Practitioner

SMALLEST_RISES = (1.0, 1.5, 2.0)


class Sensitivity(models.TextChoices):
    EARLY = "early", _("early: more false flags")
    STANDARD = "standard", _("standard")
    FEW = "few", _("few false flags: later")


class Tuning(models.Model):
    """One setting of the knobs. Never changed: the newest is in force, the others are the history."""

    Sensitivity = Sensitivity

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="tunings")
    sensitivity = models.CharField(_("sensitivity"), max_length=10, choices=Sensitivity, default=Sensitivity.STANDARD)
    smallest_rise = models.FloatField(_("smallest rise that matters, points"), default=1.0)
    reason = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["client", "-at", "-pk"]
        verbose_name = _("tuning")
        verbose_name_plural = _("tunings")
        constraints = [
            models.CheckConstraint(condition=Q(sensitivity__in=Sensitivity.values), name="tuning_sensitivity_is_known"),
            models.CheckConstraint(condition=Q(smallest_rise__in=SMALLEST_RISES), name="tuning_rise_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="tuning_says_why"),
        ]

    def __str__(self) -> str:
        return f"tuning {self.pk}"


class ClinicTuning(models.Model):
    """The knobs for the clients of a clinic who have none of their own. Never changed: the newest is in force."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="tunings")
    sensitivity = models.CharField(_("sensitivity"), max_length=10, choices=Sensitivity, default=Sensitivity.STANDARD)
    smallest_rise = models.FloatField(_("smallest rise that matters, points"), default=1.0)
    reason = models.CharField(_("why"), max_length=500)
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))

    class Meta:
        ordering = ["clinic", "-at", "-pk"]
        verbose_name = _("clinic's tuning")
        verbose_name_plural = _("clinics' tunings")
        constraints = [
            models.CheckConstraint(
                condition=Q(sensitivity__in=Sensitivity.values), name="clinic_tuning_sensitivity_is_known"
            ),
            models.CheckConstraint(condition=Q(smallest_rise__in=SMALLEST_RISES), name="clinic_tuning_rise_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="clinic_tuning_says_why"),
        ]

    def __str__(self) -> str:
        return f"clinic tuning {self.pk}"
