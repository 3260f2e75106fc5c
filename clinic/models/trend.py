"""The stored state of the two rules, one row a prescription; also the row lock of reporting."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.prescription import Prescription


class PainTrend(models.Model):
    """The state of both rules after the newest report; can always be rebuilt from the stored reports."""

    prescription = models.OneToOneField(Prescription, on_delete=models.CASCADE, related_name="trend")
    rule_version = models.CharField(max_length=40, blank=True)
    state = models.JSONField(default=dict)  # the trend rule's own plain dict
    response = models.JSONField(default=dict)  # the response rule's own plain dict
    report_count = models.PositiveIntegerField(default=0)
    last_report_at = models.DateTimeField(_("last report"), null=True, blank=True)
    recent = models.FloatField(_("average of about the last week"), null=True, blank=True)
    usual = models.FloatField(_("usual"), null=True, blank=True)
    rise = models.FloatField(_("rise"), null=True, blank=True)
    swing = models.FloatField(_("day-to-day swing"), null=True, blank=True)
    watch = models.BooleanField(_("on watch"), default=False)

    class Meta:
        verbose_name = _("pain trend")
        verbose_name_plural = _("pain trends")

    def __str__(self) -> str:
        return f"trend of prescription {self.prescription_id}"
