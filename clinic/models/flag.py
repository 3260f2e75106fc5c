"""Flags and their events: a reason why a practitioner should look at a client."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Person
from clinic.models.prescription import Prescription
from clinic.models.report import PainReport

MAX_REASON = 500  # characters
MAX_NOTE = 2000  # characters


class Kind(models.TextChoices):
    RED_FLAG = "red_flag", _("warning sign")
    EXERCISE_HURTS = "exercise_hurts", _("exercise hurts")
    WORSENING = "worsening", _("pain is rising")
    SILENT = "silent", _("silent")
    UNDELIVERABLE = "undeliverable", _("mail comes back")


class Severity(models.TextChoices):
    URGENT = "urgent", _("urgent")
    HIGH = "high", _("high")
    ROUTINE = "routine", _("routine")


class Verdict(models.TextChoices):
    """What the practitioner found; the quality of the rules is measured by it."""

    REAL = "real", _("yes, it was real")
    FALSE = "false", _("no, a false alarm")
    UNCLEAR = "unclear", _("unclear")


class FlagState(models.TextChoices):
    OPEN = "open", _("open")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    RESOLVED = "resolved", _("resolved")


def rank(column: str = "severity") -> Case:
    """The rank of a severity as a database expression: urgent 0, high 1, routine 2."""
    order: list[Any] = [When(**{column: code}, then=Value(rank)) for rank, code in enumerate(Severity.values)]
    return Case(*order, default=Value(len(order)), output_field=IntegerField())


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, user: Person) -> FlagQuerySet:
        """The flags of the clients whom this practitioner treats; a client sees none."""
        return self.filter(prescription__in=Prescription.objects.treated_by(user))

    def unresolved(self) -> FlagQuerySet:
        return self.exclude(state=FlagState.RESOLVED)

    def by_need(self) -> FlagQuerySet:
        """Most severe first, then the oldest."""
        return self.order_by(rank(), "raised_at", "pk")


class Flag(models.Model):
    """One reason to look at one client, with the reports that are its evidence."""

    Kind = Kind
    Severity = Severity
    State = FlagState
    Verdict = Verdict

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="flags")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    severity = models.CharField(_("severity"), max_length=10, choices=Severity)
    state = models.CharField(_("state"), max_length=14, choices=FlagState, default=FlagState.OPEN)
    reason = models.CharField(_("reason"), max_length=MAX_REASON)
    rule_version = models.CharField(_("rule"), max_length=40)
    raised_at = models.DateTimeField(_("raised"))
    due_at = models.DateTimeField(
        _("would have been raised"),
        null=True,
        blank=True,
        help_text=_("When it would have been, had the reports come in time; empty where they did."),
    )
    verdict = models.CharField(_("was it real?"), max_length=8, choices=Verdict, blank=True)
    raised_by = models.ForeignKey(
        PainReport, on_delete=models.SET_NULL, null=True, blank=True, related_name="raised_flags"
    )
    evidence = models.ManyToManyField(PainReport, related_name="flags", blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        ordering = ["-raised_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription", "kind"],
                condition=~Q(state="resolved"),
                name="one_open_flag_per_prescription_and_kind",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="flag_kind_is_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="flag_severity_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="flag_says_why"),
            models.CheckConstraint(condition=Q(verdict__in=["", *Verdict.values]), name="flag_verdict_is_known"),
            models.CheckConstraint(
                condition=Q(verdict="") | Q(state="resolved"), name="only_a_resolved_flag_has_a_verdict"
            ),
        ]

    def __str__(self) -> str:
        return f"flag {self.pk}"


class FlagEvent(models.Model):
    """One step in a flag's life, by whom and with what note; ``by`` null: the rules."""

    class Verb(models.TextChoices):
        RAISED = "raised", _("raised")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        REOPENED = "reopened", _("reopened")
        ESCALATED = "escalated", _("went to the owner")
        RESOLVED = "resolved", _("resolved")

    flag = models.ForeignKey(Flag, on_delete=models.CASCADE, related_name="events")
    verb = models.CharField(max_length=14, choices=Verb)
    note = models.TextField(max_length=MAX_NOTE, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["flag", "at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(verb="resolved") | ~Q(note=""), name="resolved_with_a_note")]

    def __str__(self) -> str:
        return f"{self.verb} flag {self.flag_id}"
