"""The page to choose the reminders of one prescription among its days and times."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods

from clinic.clients import preferences as client_preferences
from clinic.dosage.text import day_name, format_days_and_times
from clinic.models import Client, Prescription, PrescriptionVersion, ReminderChoice
from clinic.portal.access import client_only, render_page
from clinic.portal.fields import PlainForm, posted_data
from clinic.portal.today.daily_status import running_prescriptions
from clinic.reminders import planning

OFF, ON = "off", "on"


class ChoiceForm(PlainForm):
    """The days and the times of one plan, as tick boxes; ticked: reminded."""

    days = forms.MultipleChoiceField(label=gettext_lazy("Days"), required=False, widget=forms.CheckboxSelectMultiple)
    times = forms.MultipleChoiceField(label=gettext_lazy("Times"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, dose: PrescriptionVersion, choice: ReminderChoice | None, data: object = None) -> None:
        days_off, times_off = choice.find_exclusions(dose) if choice else ([], [])
        wanted = {
            "days": [day for day in dose.day_names if day not in days_off],
            "times": [f"{time:%H:%M}" for time in dose.local_times if time not in times_off],
        }
        super().__init__(data, initial=wanted)  # type: ignore[arg-type]  # a QueryDict or None
        stale = _("Choose among those that your practitioner planned: the plan has changed meanwhile.")
        offered = {
            "days": [(day, day_name(day)) for day in dose.day_names],
            "times": [(time, time) for time in dose.times.split(",")],
        }
        for name, choices in offered.items():
            field = self.fields[name]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = choices
            field.error_messages["invalid_choice"] = stale

    def save(self, prescription: Prescription, by: AbstractBaseUser) -> bool:
        """Store the choice; False: the form has the errors."""
        try:
            client_preferences.choose_reminders(prescription, by=by, **self.cleaned_data)
        except ValidationError as error:
            self.add_service_error(error)
            return False
        return True


@require_http_methods(["GET", "HEAD", "POST"])
@client_only
def reminder_choices(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """GET shows the plan and the choice; POST stores the ticks, or switches the reminders on or off."""
    mine = Prescription.objects.visible_to(request.user).filter(client=client).running().select_related("exercise")
    prescription = get_object_or_404(mine, pk=pk)
    choice, by = planning.reminder_choices({pk}).get(pk), request.user
    switch = request.POST.get("switch")
    form = ChoiceForm(prescription.dose, choice, None if switch else posted_data(request))
    if switch in {ON, OFF}:
        client_preferences.set_exercise_reminders(prescription, switch == ON, by=by)  # type: ignore[arg-type]  # signed in: for clients only
    if switch in {ON, OFF} or (form.is_valid() and form.save(prescription, by)):  # type: ignore[arg-type]
        messages.success(request, _("Saved."))
        return redirect("clinic:settings")
    context = {"form": form, "prescription": prescription, "wanted": choice is None or choice.wanted}
    return render_page(request, client, "settings/reminder_choices.html", context, status=422 if form.errors else 200)


def describe_choices(client: Client) -> list[dict[str, object]]:
    """By running prescription, the days and times chosen as text; empty: no reminders."""
    plans = running_prescriptions(client)
    choices = planning.reminder_choices({prescription.pk for prescription in plans})
    return [_describe_choice(prescription, choices.get(prescription.pk)) for prescription in plans]


def _describe_choice(prescription: Prescription, choice: ReminderChoice | None) -> dict[str, object]:
    dose = prescription.dose
    days_off, times_off = choice.find_exclusions(dose) if choice else ([], [])
    days = [day for day in dose.day_names if day not in days_off]
    times = [time for time in dose.local_times if time not in times_off]
    wanted = choice is None or choice.wanted
    return {"prescription": prescription, "text": format_days_and_times(days, times) if wanted else ""}
