"""The doses that a clinic prescribes often: list, add, change, retire. For those who treat there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.admin import access
from clinic.admin import labels as admin_labels
from clinic.admin.prescribing.dose_form import DoseFields
from clinic.admin.rendering import page
from clinic.models import DoseTemplate, Practitioner
from clinic.models.dose_template import LONGEST_WEEKS
from clinic.models.fields import WEEKDAYS
from clinic.prescriptions import dose_templates
from clinic.prescriptions.dose_templates import Pattern
from exercises.models import Exercise

_WHOLE_WEEKS = gettext_lazy("Write a whole number from 1 to 52, or leave it empty.")


class TemplateForm(DoseFields):
    """One dose under a name. Its days and times are whatever day and hour it is where a client lives."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("Such as “Once a day, in the evening”. Never a client’s name."),
        error_messages={"required": gettext_lazy("Give it a name.")},
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("Weeks"),
        required=False,
        widget=forms.NumberInput(attrs={"min": 1, "max": LONGEST_WEEKS}),
        help_text=gettext_lazy("How long a plan of it runs. Empty: without an end."),
        error_messages={"invalid": _WHOLE_WEEKS},
    )
    clinic = forms.TypedChoiceField(label=gettext_lazy("Clinic"), coerce=int)

    def __init__(
        self, data: Any, exercise: Exercise, as_whom: Sequence[Practitioner], initial: Mapping[str, Any]
    ) -> None:
        """``as_whom``: the memberships of the asker that may treat, at least one."""
        super().__init__(data, exercise, initial)
        del self.fields["starts_on"], self.fields["ends_on"]
        if len(as_whom) == 1:
            del self.fields["clinic"]
        else:
            clinics = self.fields["clinic"]
            assert isinstance(clinics, forms.TypedChoiceField)
            clinics.choices = [(membership.pk, membership.clinic.name) for membership in as_whom]
        self._as_whom = {membership.pk: membership for membership in as_whom}

    def by(self) -> Practitioner:
        """As whom the person writes."""
        return self._as_whom[self.cleaned_data.get("clinic", next(iter(self._as_whom)))]

    def pattern(self) -> Pattern:
        """What was typed, for the verb."""
        names = ("name", "days", "times", "sets", "hold_seconds", "variation", "weeks")
        return Pattern(**{name: self.cleaned_data[name] for name in names})


def _memberships(request: HttpRequest) -> list[Practitioner]:
    """Raises Http404 for those who do not treat."""
    found = access.clinical(request)
    if not found:
        raise Http404
    return found


def _template_of(request: HttpRequest, pk: int) -> tuple[DoseTemplate, Exercise, Practitioner]:
    """One that this person may change. Raises Http404, for a stranger and when its exercise is shown no more."""
    template = get_object_or_404(DoseTemplate.objects.kept_by(request.user).select_related("clinic"), pk=pk)
    exercise = get_object_or_404(Exercise.objects.current().whole(), slug=template.exercise)
    by = next(one for one in access.clinical(request) if one.clinic_id == template.clinic_id)
    return template, exercise, by


@require_safe
def list_templates(request: HttpRequest) -> HttpResponseBase:
    """By exercise; where there are none yet, the usual one is offered."""
    clinical = _memberships(request)
    exercises = list(Exercise.objects.current().whole())
    kept: dict[str, list[dict[str, Any]]] = {exercise.slug: [] for exercise in exercises}
    for row in DoseTemplate.objects.kept_by(request.user).filter(active=True).select_related("clinic"):
        if row.exercise in kept:
            kept[row.exercise].append({"template": row, "days": admin_labels.format_days(row.day_names)})
    return page(
        request,
        "prescribing/dose_templates.html",
        _("Doses"),
        shelves=[(exercise, exercise.words(get_language()), kept[exercise.slug]) for exercise in exercises],
        none_yet=not any(kept.values()),
        usual=dose_templates.usual(),
        several_clinics=len(clinical) > 1,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add_template(request: HttpRequest) -> HttpResponseBase:
    """A new one, for ``?exercise=``."""
    clinical = _memberships(request)
    exercise = get_object_or_404(Exercise.objects.current().whole(), slug=request.GET.get("exercise", ""))
    begin = {"days": list(WEEKDAYS), "times": ["18:00"], "sets": 1, "hold_seconds": 30}
    form = TemplateForm(request.POST if request.method == "POST" else None, exercise, clinical, begin)
    if form.is_bound and form.is_valid():
        made = form.call(lambda: dose_templates.add_template(exercise, form.pattern(), by=form.by()))
        if made is not None:
            return _redirect_with(request, _("“%(name)s” is kept."), made)
    return page(request, "prescribing/dose_template.html", _("Keep a dose"), form=form, exercise=exercise)


@require_POST
def add_usual_template(request: HttpRequest) -> HttpResponseBase:
    """The usual one for ``exercise``, at one press; to the clinic of the first membership that has none."""
    clinical = _memberships(request)
    exercise = get_object_or_404(Exercise.objects.current().whole(), slug=request.POST.get("exercise", ""))
    try:
        made = dose_templates.add_template(exercise, dose_templates.usual(), by=clinical[0])
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("plumbline:dose_templates"))
    return _redirect_with(request, _("“%(name)s” is kept."), made)


@require_http_methods(["GET", "HEAD", "POST"])
def change_template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Other days, times, amounts or another name; what was prescribed by it stays as it is."""
    template, exercise, by = _template_of(request, pk)
    if not template.active:
        return _redirect_retired(request, template)
    now = {name: getattr(template, name) for name in ("name", "sets", "hold_seconds", "variation", "weeks")}
    now |= {"days": template.day_names, "times": template.times.split(",")}
    form = TemplateForm(request.POST if request.method == "POST" else None, exercise, [by], now)
    if form.is_bound and form.is_valid():
        changed = form.call(lambda: dose_templates.change_template(template, exercise, form.pattern(), by=by))
        if changed is not None:
            return _redirect_with(
                request, _("“%(name)s” is changed. Plans that were made of it stay as they are."), changed
            )
    return page(request, "prescribing/dose_template.html", str(now["name"]), form=form, exercise=exercise)


@require_POST
def retire_template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Offer it no more."""
    template, _exercise, by = _template_of(request, pk)
    if not dose_templates.retire_template(template, by=by):
        return _redirect_retired(request, template)
    return _redirect_with(request, _("“%(name)s” is offered no more. Plans that were made of it run on."), template)


def _redirect_retired(request: HttpRequest, template: DoseTemplate) -> HttpResponseRedirect:
    """A colleague was quicker, or the button was pressed twice."""
    said = _("“%(name)s” is retired already. Add it anew if you need it.")
    messages.info(request, said % {"name": template.name})
    return HttpResponseRedirect(reverse("plumbline:dose_templates"))


def _redirect_with(request: HttpRequest, said: str, template: DoseTemplate) -> HttpResponseRedirect:
    messages.success(request, said % {"name": template.name})
    return HttpResponseRedirect(reverse("plumbline:dose_templates"))


ROUTES: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("doses/", list_templates, "dose_templates"),
    ("doses/add/", add_template, "dose_template_add"),
    ("doses/usual/", add_usual_template, "dose_template_usual"),
    ("doses/<int:pk>/", change_template, "dose_template"),
    ("doses/<int:pk>/retire/", retire_template, "dose_template_retire"),
]
