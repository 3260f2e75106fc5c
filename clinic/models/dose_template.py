"""A dose that a clinic prescribes often, under a name: what it fills in can still be changed for each client."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Clinic, Person, Practitioner
from clinic.models.dosage import AbstractDosage
from exercises.models import Exercise

LONGEST_WEEKS = 52


class DoseTemplateQuerySet(models.QuerySet["DoseTemplate"]):
    def kept_by(self, user: Person) -> DoseTemplateQuerySet:
        """The templates of the clinics in which this person treats: any practitioner there may change them."""
        return self.filter(clinic__in=Practitioner.objects.for_user(user).clinical().values("clinic"))

    def offered(self, clinic: Clinic, exercise: str) -> DoseTemplateQuerySet:
        """The templates that a clinic offers for one exercise, by its short name."""
        return self.filter(clinic=clinic, exercise=exercise, active=True).order_by("name", "pk")


class DoseTemplate(AbstractDosage):
    """A dosage of one exercise under a name. It holds for every version of the exercise, and names no client."""

    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="dose_templates")
    exercise = models.SlugField(_("exercise"), max_length=60)
    name = models.CharField(_("name"), max_length=80)
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
            *AbstractDosage.Meta.constraints,
            models.UniqueConstraint(
                "clinic",
                Lower("name"),
                condition=Q(active=True),
                name="one_offered_dose_per_clinic_and_name",
                violation_error_message=_("Your clinic has a dose of this name already."),
            ),
            models.CheckConstraint(
                condition=Q(weeks__isnull=True) | Q(weeks__range=(1, LONGEST_WEEKS)), name="template_runs_1_to_52_weeks"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def dosed_exercise(self) -> Exercise | None:
        return Exercise.objects.current().filter(slug=self.exercise).first()
