"""The forms of a dose; with the screening they are in screening_form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext as _, gettext_lazy

from clinic.admin.labels import DAY_NAMES
from clinic.admin.service_form import ServiceForm
from clinic.dosage.values import PlannedDosage
from clinic.models import Client, PrescriptionVersion
from clinic.models.dosage import DOSAGE_FIELDS, MAX_HOLD_SECONDS, MAX_SETS
from clinic.models.fields import WEEKDAYS, parse_times, zone
from clinic.models.prescription import LONGEST_REASON
from clinic.prescriptions import prescribing
from exercises.models import Exercise

MIN_TIME_FIELDS = 4
_NUMBER_ERRORS = ("required", "invalid", "min_value", "max_value")
_DATE_ERRORS = dict.fromkeys(("required", "invalid"), gettext_lazy("Write a day such as 2026-03-31."))


class TimesWidget(forms.Widget):
    """Reads the times posted under one name, without the empty ones. The template renders the fields itself."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        times = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return [time.strip() for time in times if time.strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data


class TimesField(forms.Field):
    """Times of day as they were typed; the service parses them."""

    widget = TimesWidget
    default_error_messages = {"required": gettext_lazy("Give at least one time, such as 18:00.")}


class DoseFields(ServiceForm):
    """Days, times and amount. The times are in each client's own zone."""

    starts_on = forms.DateField(
        label=gettext_lazy("From"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=_DATE_ERRORS,
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=gettext_lazy("The last day. Leave it empty for a plan without an end."),
        error_messages=_DATE_ERRORS,
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
        min_value=1,
        max_value=MAX_SETS,
        error_messages=dict.fromkeys(_NUMBER_ERRORS, gettext_lazy("Write a whole number from 1 to 20.")),
    )
    hold_seconds = forms.IntegerField(
        label=gettext_lazy("Hold, in seconds"),
        min_value=1,
        max_value=MAX_HOLD_SECONDS,
        error_messages=dict.fromkeys(_NUMBER_ERRORS, gettext_lazy("Write a whole number from 1 to 600.")),
    )
    variation = forms.ChoiceField(label=gettext_lazy("Variation"), required=False, widget=forms.RadioSelect)

    def __init__(self, data: Any, exercise: Exercise, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        self.exercise = exercise
        variation = self.fields["variation"]
        assert isinstance(variation, forms.ChoiceField)
        variation.choices = [
            ("", _("As shown")),
            *((row.code, row.name) for row in exercise.variations_in(get_language())),
        ]

    def time_slots(self) -> list[str]:
        """The values of the time fields: the times, then empty fields up to MIN_TIME_FIELDS, one at least."""
        times = list(self["times"].value() or [])
        return times + [""] * max(1, MIN_TIME_FIELDS - len(times))

    def valid_times(self) -> list[str]:
        """The times of day that the fields hold now, without whatever is no time."""
        return [time for time in self["times"].value() or [] if _is_time(time)]

    def typed(self, data: QueryDict) -> dict[str, Any]:
        """What ``data`` holds for these fields, as typed: to show it again without validation."""
        return {
            name: field.widget.value_from_datadict(data, {}, name)
            for name, field in self.fields.items()
            if not field.widget.value_omitted_from_data(data, {}, name)
        }

    def first_day(self, typed: Mapping[str, Any]) -> dt.date:
        """The first day that was typed; the initial one where that is no date."""
        day: dt.date = self.initial["starts_on"]
        with suppress(ValidationError):
            day = self.fields["starts_on"].clean(typed.get("starts_on"))
        return day

    def is_over_for(self, clients: Collection[Client], values: Mapping[str, Any]) -> bool:
        """Whether the last day has passed for all clients; one before the first day is left to the service."""
        first, last = values.get("starts_on"), values.get("ends_on")
        return bool(first and last and first <= last < min(local_today(client) for client in clients))

    def morning_times(self, client: Client, values: Mapping[str, Any]) -> list[str]:
        """The times within two hours after this client gets up; none while one is no time of day."""
        if not values.get("times"):
            return []
        try:
            return prescribing.morning_times(client, values["times"])
        except ValidationError as error:
            if self.is_bound and "times" not in self.errors:
                self.add_error("times", error.messages)
            return []

    def dosage_values(self) -> dict[str, Any]:
        """What was typed, by the names of `PlannedDosage`."""
        return {name: self.cleaned_data[name] for name in (*DOSAGE_FIELDS, "starts_on", "ends_on")}


def _is_time(value: object) -> bool:
    try:
        parse_times([str(value)])
    except ValidationError:
        return False
    return True


def local_today(client: Client) -> dt.date:
    """The client's own day."""
    return timezone.now().astimezone(zone(client.time_zone)).date()


class DoseForm(DoseFields):
    """One dose for one client."""

    mornings_allowed = forms.BooleanField(label=gettext_lazy("The morning is right for this client"), required=False)

    def __init__(self, data: Any, client: Client, exercise: Exercise, initial: Mapping[str, Any]) -> None:
        super().__init__(data, exercise, initial)
        self.client = client
        self.early: list[str] = self.morning_times(client, initial) if data is None else []

    def clean(self) -> dict[str, Any]:
        """Refuse a plan that is over, and a time soon after waking without the tick: it would have no reminders."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.is_over_for([self.client], values):
            message = _("That day has passed for %(name)s. Choose a later one, or leave it empty.")
            self.add_error("ends_on", message % {"name": self.client.first_name})
        self.early = self.morning_times(self.client, values)
        if self.early and not values.get("mornings_allowed"):
            self.add_error("mornings_allowed", _("Tick this to prescribe it all the same, or choose a later time."))
        return values

    def dose(self) -> PlannedDosage:
        """What was typed, for the service."""
        mornings_allowed = bool(self.early) and self.cleaned_data["mornings_allowed"]
        return PlannedDosage(**self.dosage_values(), mornings_allowed=mornings_allowed)


class AmendForm(DoseForm):
    """A new dose in place of the one in force."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say in a few words why.")},
        help_text=gettext_lazy("For the record. The client is told what changed, and does not see this."),
    )

    def __init__(
        self,
        data: Any,
        client: Client,
        exercise: Exercise,
        version: PrescriptionVersion,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        """``initial``: values in place of those in force."""
        in_force = {name: getattr(version, name) for name in ("starts_on", "ends_on", "mornings_allowed")}
        super().__init__(data, client, exercise, {**in_force, **version.dosage_values(), **(initial or {})})
