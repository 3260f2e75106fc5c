"""A prescribed exercise: its state, its versions, and the screening answers it rests on."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.client import Client
from clinic.models.clinic import Person, Practitioner
from clinic.models.dosage import DOSAGE_FIELDS, AbstractDosage
from exercises.models import Exercise

LONGEST_REASON = 500  # characters


class PrescriptionState(models.TextChoices):
    ACTIVE = "active", _("active")
    HELD = "held", _("held")
    ENDED = "ended", _("ended")


class PrescriptionQuerySet(models.QuerySet["Prescription"]):
    def visible_to(self, user: Person) -> PrescriptionQuerySet:
        return self.filter(client__in=Client.objects.record_visible_to(user))

    def treated_by(self, user: Person) -> PrescriptionQuerySet:
        """The prescriptions that this person may change as a practitioner."""
        return self.filter(client__in=Client.objects.treated_by(user))

    def running(self) -> PrescriptionQuerySet:
        """Active or held: not ended."""
        return self.exclude(state=PrescriptionState.ENDED)

    def change_state(
        self,
        prescription: Prescription,
        *,
        leaves: list[str],
        to: str,
        reason: str,
        by: AbstractBaseUser | None,
        at: dt.datetime,
    ) -> bool:
        """Change the state by one conditional UPDATE and keep the change as a row.

        Returns False, and writes nothing, when the state is no longer one of ``leaves``.
        """
        with transaction.atomic():
            old = self.select_for_update().filter(pk=prescription.pk).values_list("state", flat=True).get()
            if old not in leaves:
                return False
            self.filter(pk=prescription.pk, state=old).update(state=to, state_reason=reason, state_since=at)
            PrescriptionChange.objects.create(
                prescription=prescription, old=old, new=to, reason=reason, by_id=by.pk if by else None, at=at
            )
        prescription.state, prescription.state_reason, prescription.state_since = to, reason, at
        return True


class Prescription(models.Model):
    """One exercise for one client. What to do, when and how often stands in its newest version."""

    State = PrescriptionState

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="prescriptions")
    exercise = models.ForeignKey(Exercise, on_delete=models.PROTECT, related_name="+")
    prescribed_by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="prescriptions")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ACTIVE)
    state_reason = models.CharField(_("reason"), max_length=LONGEST_REASON, blank=True)
    state_since = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("prescription")
        verbose_name_plural = _("prescriptions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PrescriptionState.values), name="prescription_state_is_known"),
            models.CheckConstraint(condition=Q(state="active") | ~Q(state_reason=""), name="held_or_ended_says_why"),
        ]

    def __str__(self) -> str:
        return f"prescription {self.pk}"

    @property
    def dose(self) -> PrescriptionVersion:
        """The version in force: the newest."""
        newest = self.versions.order_by("-number").first()
        if newest is None:
            raise PrescriptionVersion.DoesNotExist(f"prescription {self.pk} has no version")
        return newest


class PrescriptionVersion(AbstractDosage):
    """A dosage of a plan from a first day on. Never changed; an amendment adds the next number."""

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(default=1)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"), null=True, blank=True)
    mornings_allowed = models.BooleanField(_("also in the first two hours after getting up"), default=False)
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON, blank=True)
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["prescription", "-number"]
        constraints = [
            *AbstractDosage.Meta.constraints,
            models.UniqueConstraint(fields=["prescription", "number"], name="one_version_per_number"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="plan_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of prescription {self.prescription_id}"

    @property
    def dosed_exercise(self) -> Exercise:
        return self.prescription.exercise

    def find_errors(self) -> dict[str, ValidationError]:
        errors = super().find_errors()
        if self.number > 1 and not self.reason:
            errors["reason"] = ValidationError(_("Say in a few words why."))
        if self.ends_on is not None and self.ends_on < self.starts_on:
            errors["ends_on"] = ValidationError(_("The end is before the start."))
        return errors

    def has_same_dose_as(self, other: PrescriptionVersion) -> bool:
        """Whether dates, days, times and amount are the same, whoever wrote it and why."""
        names = (*DOSAGE_FIELDS, "starts_on", "ends_on", "mornings_allowed")
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def is_same_version_as(self, other: PrescriptionVersion) -> bool:
        """Whether it has the same dose, by the same practitioner for the same reason."""
        return self.has_same_dose_as(other) and (self.by_id, self.reason) == (other.by_id, other.reason)


class ScreeningAnswer(models.Model):
    """One precaution asked when it was prescribed. A yes stands only with a practitioner's reason."""

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="screening")
    code = models.SlugField(_("precaution"))
    answer = models.BooleanField(_("yes"))
    override_reason = models.CharField(_("why it is right all the same"), max_length=LONGEST_REASON, blank=True)
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ["prescription", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["prescription", "code"], name="each_precaution_answered_once"),
            models.CheckConstraint(
                condition=Q(answer=False) | ~Q(override_reason=""), name="a_yes_needs_an_override_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} of prescription {self.prescription_id}"


class PrescriptionChange(models.Model):
    """A change of state: from what, to what, why, by whom (nobody: the rules)."""

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="changes")
    old = models.CharField(max_length=10)
    new = models.CharField(max_length=10)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["prescription", "at", "pk"]

    def __str__(self) -> str:
        return f"{self.old} → {self.new}"
