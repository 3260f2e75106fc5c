"""The forms of a plan: what to do, when and how often; with the screening when it is prescribed anew."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic import prescribing
from clinic.admin.verb_form import VerbForm
from clinic.admin.words import DAY_NAMES
from clinic.models import Client, PrescriptionVersion
from clinic.models.fields import WEEKDAYS, zone
from clinic.prescribing import Dose, Screened
from exercises.models import Exercise, Precaution

TIMES_OFFERED = 4
_NOT_SO = ("required", "invalid")
_NO_DATE = dict.fromkeys(_NOT_SO, gettext_lazy("Write a day such as 2026-03-31."))


class TimesWidget(forms.Widget):
    """Times are posted as one list under one name; the empty ones do not count. The page draws the fields itself."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        given = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [time.strip() for time in given if time.strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class TimesField(forms.Field):
    """Times of day as they were typed, for the verb to read."""

    widget = TimesWidget
    default_error_messages = {"required": gettext_lazy("Give at least one time, such as 18:00.")}


class DoseForm(VerbForm):
    """One dose for one client. Its times are in the client's own zone."""

    starts_on = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_NO_DATE,
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("The last day. Leave it empty for a plan without an end."),
        error_messages=_NO_DATE,
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("Days"),
        choices=[(code, DAY_NAMES[code]) for code in WEEKDAYS],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
    )
    times = TimesField(label=gettext_lazy("Times"))
    sets = forms.IntegerField(
        label=gettext_lazy("Sets"),
        widget=forms.NumberInput(attrs={"min": 1, "max": 20}),
        error_messages=dict.fromkeys(_NOT_SO, gettext_lazy("Write a whole number from 1 to 20.")),
    )
    hold_seconds = forms.IntegerField(
        label=gettext_lazy("Hold, in seconds"),
        widget=forms.NumberInput(attrs={"min": 1, "max": 600}),
        error_messages=dict.fromkeys(_NOT_SO, gettext_lazy("Write a whole number from 1 to 600.")),
    )
    variation = forms.ChoiceField(label=gettext_lazy("Variation"), required=False, widget=forms.RadioSelect)
    mornings_allowed = forms.BooleanField(label=gettext_lazy("The morning is right for this client"), required=False)

    def __init__(self, data: Any, client: Client, exercise: Exercise, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        self.client, self.exercise = client, exercise
        variation = self.fields["variation"]
        assert isinstance(variation, forms.ChoiceField)
        variation.choices = [
            ("", _("As shown")),
            *((row.code, row.name) for row in exercise.variations_in(get_language())),
        ]
        self.early: list[str] = self._early(initial) if data is None else []

    def clean(self) -> dict[str, Any]:
        """A time soon after waking needs a tick that it is meant: its reminders would be left out otherwise."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        self.early = self._early(given)
        if self.early and not given.get("mornings_allowed"):
            self.add_error("mornings_allowed", _("Tick this to prescribe it all the same, or choose a later time."))
        return given

    def time_slots(self) -> list[str]:
        """What the time fields hold: what was given, then empty ones up to the number offered, one at least."""
        given = list(self["times"].value() or [])
        return given + [""] * max(1, TIMES_OFFERED - len(given))

    def _early(self, given: Mapping[str, Any]) -> list[str]:
        if not given.get("times"):
            return []
        today = dt.date.min  # the day does not matter here
        try:
            return prescribing.morning_times(self.client, Dose(starts_on=today, days=WEEKDAYS, times=given["times"]))
        except ValidationError as error:
            if self.is_bound:
                self.add_error("times", error.messages)
            return []

    def dose(self) -> Dose:
        """What was typed, for the verb."""
        names = ("starts_on", "ends_on", "days", "times", "sets", "hold_seconds", "variation")
        meant = bool(self.early) and self.cleaned_data["mornings_allowed"]
        return Dose(**{name: self.cleaned_data[name] for name in names}, mornings_allowed=meant)


class AmendForm(DoseForm):
    """A new dose in place of the one in force."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "required": True}),
    )

    def __init__(self, data: Any, client: Client, exercise: Exercise, version: PrescriptionVersion) -> None:
        now = {
            "starts_on": version.starts_on,
            "ends_on": version.ends_on,
            "days": version.day_names,
            "times": version.times.split(","),
            "sets": version.sets,
            "hold_seconds": version.hold_seconds,
            "variation": version.variation,
            "mornings_allowed": version.mornings_allowed,
        }
        super().__init__(data, client, exercise, now)


class PrescribeForm(DoseForm):
    """The screening, every precaution asked and none answered beforehand; then the dose."""

    def __init__(self, data: Any, client: Client, exercise: Exercise) -> None:
        usual = {
            "starts_on": timezone.now().astimezone(zone(client.time_zone)).date(),
            "days": list(WEEKDAYS),
            "times": ["18:00"],
            "sets": PrescriptionVersion._meta.get_field("sets").get_default(),
            "hold_seconds": PrescriptionVersion._meta.get_field("hold_seconds").get_default(),
        }
        super().__init__(data, client, exercise, usual)
        self.precautions = exercise.precautions_in(get_language())
        for precaution in self.precautions:
            self.fields[f"answer_{precaution.code}"] = forms.ChoiceField(
                label=precaution.question,
                choices=[("no", _("No")), ("yes", _("Yes"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Ask this, then answer yes or no.")},
            )
            self.fields[f"reason_{precaution.code}"] = forms.CharField(
                label=_("Why it is right all the same"),
                required=False,
                max_length=500,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        for precaution in self.precautions:
            if given.get(f"answer_{precaution.code}") == "yes" and not given.get(f"reason_{precaution.code}"):
                self.add_error(
                    f"reason_{precaution.code}",
                    _("Write why it is right all the same, or do not prescribe this exercise."),
                )
        return given

    def screening(self) -> dict[str, Screened]:
        """The answers, for the verb, which checks that none is missing."""
        return {
            precaution.code: Screened(
                self.cleaned_data[f"answer_{precaution.code}"] == "yes", self.cleaned_data[f"reason_{precaution.code}"]
            )
            for precaution in self.precautions
        }

    def questions(self) -> Iterator[tuple[Precaution, forms.BoundField, forms.BoundField]]:
        """Each precaution with its two fields, in order."""
        for precaution in self.precautions:
            yield precaution, self[f"answer_{precaution.code}"], self[f"reason_{precaution.code}"]
