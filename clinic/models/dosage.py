"""What is done, on which days and when: the columns and the rules that plans and dose templates share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.fields import DaysField, TimesField
from exercises.models import Exercise

MAX_SETS = 20
MAX_HOLD_SECONDS = 600
DOSAGE_FIELDS = ("days", "times", "sets", "hold_seconds", "variation")


class AbstractDosage(models.Model):
    """One dosage of one exercise. Days and times may be lists until the row is validated."""

    days = DaysField(_("days"), max_length=27, help_text="mon,tue,wed,thu,fri,sat,sun")
    times = TimesField(_("times"), max_length=120, help_text="08:30,18:00")
    sets = models.PositiveSmallIntegerField(
        _("sets"), default=1, validators=[MinValueValidator(1), MaxValueValidator(MAX_SETS)]
    )
    hold_seconds = models.PositiveSmallIntegerField(
        _("hold, seconds"), default=30, validators=[MinValueValidator(1), MaxValueValidator(MAX_HOLD_SECONDS)]
    )
    variation = models.SlugField(_("variation"), blank=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(sets__range=(1, MAX_SETS)), name="%(class)s_sets_are_1_to_20"),
            models.CheckConstraint(
                condition=Q(hold_seconds__range=(1, MAX_HOLD_SECONDS)), name="%(class)s_hold_is_1_to_600_seconds"
            ),
            models.CheckConstraint(condition=~Q(days="") & ~Q(times=""), name="%(class)s_has_days_and_times"),
        ]

    @property
    def dosed_exercise(self) -> Exercise | None:
        """The exercise whose variations may be chosen."""
        raise NotImplementedError

    @property
    def day_names(self) -> list[str]:
        return self.days.split(",")

    @property
    def local_times(self) -> list[dt.time]:
        return [dt.time.fromisoformat(time) for time in self.times.split(",")]

    def dosage_values(self) -> dict[str, Any]:
        """The dosage by field name, days and times as lists."""
        amount = {name: getattr(self, name) for name in DOSAGE_FIELDS}
        return {**amount, "days": self.day_names, "times": self.times.split(",")}

    def find_errors(self) -> dict[str, ValidationError]:
        """The errors that no single field can find, by field."""
        exercise = self.dosed_exercise if self.variation else None
        codes = [variation.code for variation in exercise.variations_in(None)] if exercise else []
        if not self.variation or self.variation in codes:
            return {}
        message = _("“%(given)s” is not a variation of this exercise. Use: %(known)s.")
        params = {"given": self.variation[:60], "known": ", ".join(codes)}
        return {"variation": ValidationError(message, params=params)}

    def clean(self) -> None:
        if errors := self.find_errors():
            raise ValidationError(errors)

    def validate_dosage(self, *unchecked: str) -> None:
        """Put days and times in order and raise ValidationError by field; ``unchecked``: fields set by the service."""
        self.full_clean({"variation", *unchecked}, validate_unique=False, validate_constraints=False)
