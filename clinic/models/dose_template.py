"""A dose that a clinic prescribes often, under a name: what it fills in can still be changed for each client."""

from __future__ import annotations

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Clinic, Person, Practitioner

LONGEST_WEEKS = 52


class DoseTemplateQuerySet(models.QuerySet["DoseTemplate"]):
    def kept_by(self, user: Person) -> DoseTemplateQuerySet:
        """Those of the clinics in which this person treats: whoever prescribes there keeps them."""
        return self.filter(clinic__in=Practitioner.objects.for_user(user).clinical().values("clinic"))

    def offered(self, clinic: Clinic, exercise: str) -> DoseTemplateQuerySet:
        """What a clinic offers for one exercise, by its short name."""
        return self.filter(clinic=clinic, exercise=exercise, active=True).order_by("name", "pk")


class DoseTemplate(models.Model):
    """Days, times and amount of one exercise. It holds for every version of it, and names no client."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="dose_templates")
    exercise = models.SlugField(_("exercise"), max_length=60)
    name = models.CharField(_("name"), max_length=80)
    days = models.CharField(_("days"), max_length=27, help_text="mon,tue,wed,thu,fri,sat,sun")
    times = models.CharField(_("times"), max_length=120, help_text="08:30,18:00")
    sets = models.PositiveSmallIntegerField(
        _("sets"), default=1, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    hold_seconds = models.PositiveSmallIntegerField(
        _("hold, seconds"), default=30, validators=[MinValueValidator(1), MaxValueValidator(600)]
    )
    variation = models.SlugField(_("variation"), blank=True)
    weeks = models.PositiveSmallIntegerField(
        _("weeks"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_WEEKS)],
        help_text=_("How long a plan of it runs. Empty: without an end."),
    )
    active = models.BooleanField(_("offered"), default=True)

    objects = DoseTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("dose template")
        verbose_name_plural = _("dose templates")
        ordering = ["exercise", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "clinic",
                Lower("name"),
                condition=Q(active=True),
                name="one_offered_dose_per_clinic_and_name",
                violation_error_message=_("Your clinic has a dose of this name already."),
            ),
            models.CheckConstraint(condition=Q(sets__range=(1, 20)), name="template_sets_are_1_to_20"),
            models.CheckConstraint(condition=Q(hold_seconds__range=(1, 600)), name="template_hold_is_1_to_600_seconds"),
            models.CheckConstraint(
                condition=Q(weeks__isnull=True) | Q(weeks__range=(1, LONGEST_WEEKS)), name="template_runs_1_to_52_weeks"
            ),
            models.CheckConstraint(condition=~Q(days="") & ~Q(times=""), name="template_has_days_and_times"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def day_names(self) -> list[str]:
        return self.days.split(",")

    @property
    def local_times(self) -> list[dt.time]:
        return [dt.time.fromisoformat(time) for time in self.times.split(",")]
