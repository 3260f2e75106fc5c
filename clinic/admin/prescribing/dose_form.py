"""The forms of a dose: what to do, when and how often. With the screening they are in screening_form."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from clinic.admin.labels import DAY_NAMES
from clinic.admin.service_form import ServiceForm
from clinic.dosage.values import PlannedDosage
from clinic.models import Client, PrescriptionVersion
from clinic.models.fields import WEEKDAYS, parse_times, zone
from clinic.prescriptions import prescribing
from exercises.models import Exercise

MIN_TIME_FIELDS = 4
_NUMBER_ERRORS = ("required", "invalid", "min_value", "max_value")
_DATE_ERRORS = dict.fromkeys(("required", "invalid"), gettext_lazy("Write a day such as 2026-03-31."))


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


class DoseFields(ServiceForm):
    """Days, times and amount; for whom, the forms below say. Its times are in the client's own zone."""

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
        max_value=20,
        error_messages=dict.fromkeys(_NUMBER_ERRORS, gettext_lazy("Write a whole number from 1 to 20.")),
    )
    hold_seconds = forms.IntegerField(
        label=gettext_lazy("Hold, in seconds"),
        min_value=1,
        max_value=600,
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
        """What the time fields hold: what was given, then empty ones up to the number offered, one at least."""
        given = list(self["times"].value() or [])
        return given + [""] * max(1, MIN_TIME_FIELDS - len(given))

    def chosen(self) -> list[str]:
        """The times of day that the fields hold now, as far as they are some."""
        return [time for time in self["times"].value() or [] if _is_time(time)]

    def typed(self, data: QueryDict) -> dict[str, Any]:
        """What ``data`` holds for these fields, as it was typed: to show it again without judging it."""
        return {
            name: field.widget.value_from_datadict(data, {}, name)
            for name, field in self.fields.items()
            if not field.widget.value_omitted_from_data(data, {}, name)
        }

    def first_day(self, typed: Mapping[str, Any]) -> dt.date:
        """The first day that was typed; what the form began with where it is none."""
        day: dt.date = self.initial["starts_on"]
        with suppress(ValidationError):
            day = self.fields["starts_on"].clean(typed.get("starts_on"))
        return day

    def over_for(self, clients: Collection[Client], given: Mapping[str, Any]) -> bool:
        """Whether the last day has passed for all of them; no last day, or one before the first, is not judged here."""
        first, last = given.get("starts_on"), given.get("ends_on")
        return bool(first and last and first <= last < min(local_today(client) for client in clients))

    def early_for(self, client: Client, given: Mapping[str, Any]) -> list[str]:
        """Those of the times given within two hours after this client gets up; none while a time is no time."""
        if not given.get("times"):
            return []
        today = dt.date.min  # the day does not matter here
        try:
            return prescribing.morning_times(
                client, PlannedDosage(starts_on=today, days=WEEKDAYS, times=given["times"])
            )
        except ValidationError as error:
            if self.is_bound and "times" not in self.errors:
                self.add_error("times", error.messages)
            return []

    def amount(self) -> dict[str, Any]:
        """What was typed, by the names of a `Dose`."""
        names = ("starts_on", "ends_on", "days", "times", "sets", "hold_seconds", "variation")
        return {name: self.cleaned_data[name] for name in names}


def _is_time(given: object) -> bool:
    try:
        parse_times([str(given)])
    except ValidationError:
        return False
    return True


def usual_dose(today: dt.date) -> dict[str, Any]:
    """The dose that a form begins with: every day at 18:00, from ``today`` on."""
    blank = PrescriptionVersion()
    amount = {"sets": blank.sets, "hold_seconds": blank.hold_seconds}
    return {"starts_on": today, "days": list(WEEKDAYS), "times": ["18:00"], **amount}


def local_today(client: Client) -> dt.date:
    """The client's own day."""
    return timezone.now().astimezone(zone(client.time_zone)).date()


class DoseForm(DoseFields):
    """One dose for one client."""

    mornings_allowed = forms.BooleanField(label=gettext_lazy("The morning is right for this client"), required=False)

    def __init__(self, data: Any, client: Client, exercise: Exercise, initial: Mapping[str, Any]) -> None:
        super().__init__(data, exercise, initial)
        self.client = client
        self.early: list[str] = self.early_for(client, initial) if data is None else []

    def clean(self) -> dict[str, Any]:
        """A time soon after waking needs a tick that it is meant: its reminders would be left out otherwise.

        A plan that is over before it is stored would do nothing.
        """
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if self.over_for([self.client], given):
            said = _("That day has passed for %(name)s. Choose a later one, or leave it empty.")
            self.add_error("ends_on", said % {"name": self.client.first_name})
        self.early = self.early_for(self.client, given)
        if self.early and not given.get("mornings_allowed"):
            self.add_error("mornings_allowed", _("Tick this to prescribe it all the same, or choose a later time."))
        return given

    def dose(self) -> PlannedDosage:
        """What was typed, for the verb."""
        meant = bool(self.early) and self.cleaned_data["mornings_allowed"]
        return PlannedDosage(**self.amount(), mornings_allowed=meant)


class AmendForm(DoseForm):
    """A new dose in place of the one in force."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=500,
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
        instead: Mapping[str, Any] | None = None,
    ) -> None:
        """``instead``: what the fields hold in place of what is in force."""
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
        super().__init__(data, client, exercise, now | dict(instead or {}))
