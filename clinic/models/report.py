"""Pain reports: pain before, after and the next morning, with every correction."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.advice_text import Advice, AdviceText
from clinic.models.clinic import Person
from clinic.models.fields import ScoreField, score_constraint
from clinic.models.prescription import LONGEST_REASON, Prescription

LONGEST_NOTE = 2000  # characters


class Area(models.TextChoices):
    NECK = "neck", _("neck")
    UPPER_BACK = "upper_back", _("upper back")
    LOW_BACK = "low_back", _("low back")
    BUTTOCK = "buttock", _("buttock")
    HIP = "hip", _("hip")
    THIGH = "thigh", _("thigh")
    KNEE = "knee", _("knee")
    LOWER_LEG = "lower_leg", _("lower leg")
    FOOT = "foot", _("foot")


class PainReportQuerySet(models.QuerySet["PainReport"]):
    def visible_to(self, user: Person) -> PainReportQuerySet:
        return self.filter(prescription__in=Prescription.objects.visible_to(user))

    def in_order(self) -> PainReportQuerySet:
        """In the order in which it happened, which may differ from the order of receipt."""
        return self.order_by("occurred_at", "pk")


class PainReport(models.Model):
    """One answer on the numeric rating scale (0 no pain, 10 worst imaginable). Missing is NULL, never 0."""

    class Source(models.TextChoices):
        PORTAL = "portal", _("portal")
        MAIL = "mail", _("link in a mail")
        API = "api", _("API")
        PRACTITIONER = "practitioner", _("practitioner")

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="reports")
    occurred_at = models.DateTimeField(_("when"))
    received_at = models.DateTimeField(_("received"))
    did_exercise = models.BooleanField(_("did the exercise"))
    before = ScoreField(_("pain before"))
    after = ScoreField(_("pain after"))
    next_morning = ScoreField(_("pain the next morning"))
    moved_down_leg = models.BooleanField(_("moved further down the leg"), null=True, blank=True)
    note = models.TextField(_("note"), max_length=LONGEST_NOTE, blank=True)
    advice = models.CharField(_("advice"), max_length=12, choices=Advice)
    advice_text = models.ForeignKey(  # the clinic's own text that was displayed; null: the product's
        AdviceText, on_delete=models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    source = models.CharField(_("source"), max_length=12, choices=Source)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    idempotency_key = models.CharField(max_length=200, null=True, blank=True, editable=False)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)

    objects = PainReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("pain report")
        verbose_name_plural = _("pain reports")
        ordering = ["-occurred_at", "-pk"]
        indexes = [models.Index(fields=["prescription", "occurred_at"], name="report_by_time")]
        constraints = [
            score_constraint("before"),
            score_constraint("after"),
            score_constraint("next_morning"),
            models.UniqueConstraint(
                fields=["prescription", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="one_report_per_idempotency_key",
            ),
        ]

    def __str__(self) -> str:
        return f"report {self.pk}"

    @property
    def change(self) -> int | None:
        """Points from before to after; above zero is worse. None without both."""
        before: int | None = self.before
        after: int | None = self.after
        return None if before is None or after is None else after - before


class ReportArea(models.Model):
    """Where it hurt."""

    report = models.ForeignKey(PainReport, on_delete=models.CASCADE, related_name="areas")
    area = models.CharField(max_length=20, choices=Area)

    class Meta:
        ordering = ["report", "pk"]
        constraints = [models.UniqueConstraint(fields=["report", "area"], name="each_area_once_a_report")]

    def __str__(self) -> str:
        return self.area


class WarningSign(models.Model):
    """A stop-and-refer sign that the client reported; the code is that of a precaution of the exercise."""

    report = models.ForeignKey(PainReport, on_delete=models.CASCADE, related_name="warning_signs")
    code = models.SlugField()

    class Meta:
        ordering = ["report", "pk"]
        constraints = [models.UniqueConstraint(fields=["report", "code"], name="each_sign_once_a_report")]

    def __str__(self) -> str:
        return self.code


class Correction(models.Model):
    """One changed answer of one report, old and new as text (empty: not answered)."""

    report = models.ForeignKey(PainReport, on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=20)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    reason = models.CharField(max_length=LONGEST_REASON)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["report", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.field} of report {self.report_id}"
