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
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.admin import access
from clinic.admin.labels import format_days
from clinic.admin.prescribing.dose_form import DoseFields
from clinic.admin.rendering import render_page
from clinic.admin.service_form import offer_clinics
from clinic.dosage.values import USUAL, Dosage
from clinic.models import DoseTemplate, Practitioner
from clinic.models.dosage import DOSAGE_FIELDS
from clinic.models.dose_template import LONGEST_WEEKS
from clinic.prescriptions import dose_templates
from exercises.models import Exercise

_WHOLE_WEEKS = gettext_lazy("Write a whole number from 1 to 52, or leave it empty.")


class TemplateForm(DoseFields):
    """One dose under a name. Days and times are those of each client's own zone."""

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
        self, data: Any, exercise: Exercise, memberships: Sequence[Practitioner], initial: Mapping[str, Any]
    ) -> None:
        """``memberships``: as whom the person treats, at least one."""
        super().__init__(data, exercise, initial)
        del self.fields["starts_on"], self.fields["ends_on"]
        offer_clinics(self, [(membership.pk, membership.clinic.name) for membership in memberships])
        self._memberships = {membership.pk: membership for membership in memberships}

    def by(self) -> Practitioner:
        """The membership as whom the person writes."""
        return self._memberships[self.cleaned_data.get("clinic", next(iter(self._memberships)))]

    def values(self) -> dict[str, Any]:
        """What was typed, as arguments of the service."""
        dosage = Dosage(**{name: self.cleaned_data[name] for name in DOSAGE_FIELDS})
        return {"name": self.cleaned_data["name"], "dosage": dosage, "weeks": self.cleaned_data["weeks"]}


def _memberships(request: HttpRequest) -> list[Practitioner]:
    """The memberships as whom this person treats. Raises Http404 where there is none."""
    if memberships := access.clinical_memberships(request):
        return memberships
    raise Http404


def _template_of(request: HttpRequest, pk: int) -> tuple[DoseTemplate, Exercise, Practitioner]:
    """A template that this person may change. Raises Http404, also when its exercise is no longer published."""
    template = get_object_or_404(DoseTemplate.objects.kept_by(request.user).select_related("clinic"), pk=pk)
    exercise = get_object_or_404(Exercise.objects.current().with_content(), slug=template.exercise)
    by = next(
        membership for membership in access.clinical_memberships(request) if membership.treats_at(template.clinic_id)
    )
    return template, exercise, by


@require_safe
def list_templates(request: HttpRequest) -> HttpResponseBase:
    """List the templates by exercise; where there are none yet, offer the usual dose."""
    memberships = _memberships(request)
    exercises = list(Exercise.objects.current().with_content())
    rows: dict[str, list[dict[str, Any]]] = {exercise.slug: [] for exercise in exercises}
    for template in DoseTemplate.objects.kept_by(request.user).filter(active=True).select_related("clinic"):
        if template.exercise in rows:
            rows[template.exercise].append({"template": template, "days": format_days(template.day_names)})
    return render_page(
        request,
        "prescribing/dose_templates.html",
        _("Doses"),
        sections=[(exercise, exercise.text_in(get_language()), rows[exercise.slug]) for exercise in exercises],
        has_none=not any(rows.values()),
        usual_name=dose_templates.usual_name(),
        several_clinics=len(memberships) > 1,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add_template(request: HttpRequest) -> HttpResponseBase:
    """Add a template for ``?exercise=``."""
    memberships = _memberships(request)
    exercise = get_object_or_404(Exercise.objects.current().with_content(), slug=request.GET.get("exercise", ""))
    form = TemplateForm(request.POST if request.method == "POST" else None, exercise, memberships, vars(USUAL))
    if form.is_bound and form.is_valid():
        template = form.call(lambda: dose_templates.add_template(exercise, **form.values(), by=form.by()))
        if template is not None:
            return _redirect_with(request, _("“%(name)s” is kept."), template)
    return render_page(request, "prescribing/dose_template.html", _("Keep a dose"), form=form, exercise=exercise)


@require_POST
def add_usual_template(request: HttpRequest) -> HttpResponseBase:
    """Add the usual dose for ``exercise`` to the clinic of the first membership."""
    memberships = _memberships(request)
    exercise = get_object_or_404(Exercise.objects.current().with_content(), slug=request.POST.get("exercise", ""))
    try:
        template = dose_templates.add_usual_template(exercise, by=memberships[0])
    except ValidationError as error:
        messages.info(request, " ".join(error.messages))
        return HttpResponseRedirect(reverse("plumbline:dose_templates"))
    return _redirect_with(request, _("“%(name)s” is kept."), template)


@require_http_methods(["GET", "HEAD", "POST"])
def change_template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change dose or name; plans made of it stay as they are."""
    template, exercise, by = _template_of(request, pk)
    if not template.active:
        return _redirect_retired(request, template)
    initial = {"name": template.name, "weeks": template.weeks, **template.dosage_values()}
    form = TemplateForm(request.POST if request.method == "POST" else None, exercise, [by], initial)
    if form.is_bound and form.is_valid():
        changed = form.call(lambda: dose_templates.change_template(template, **form.values(), by=by))
        if changed is not None:
            return _redirect_with(
                request, _("“%(name)s” is changed. Plans that were made of it stay as they are."), changed
            )
    return render_page(request, "prescribing/dose_template.html", str(initial["name"]), form=form, exercise=exercise)


@require_POST
def retire_template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop offering a template."""
    template, _exercise, by = _template_of(request, pk)
    if not dose_templates.retire_template(template, by=by):
        return _redirect_retired(request, template)
    return _redirect_with(request, _("“%(name)s” is offered no more. Plans that were made of it run on."), template)


def _redirect_retired(request: HttpRequest, template: DoseTemplate) -> HttpResponseRedirect:
    """Answer a form for a template that a colleague, or a first press of the button, has retired."""
    message = _("“%(name)s” is retired already. Add it anew if you need it.")
    messages.info(request, message % {"name": template.name})
    return HttpResponseRedirect(reverse("plumbline:dose_templates"))


def _redirect_with(request: HttpRequest, message: str, template: DoseTemplate) -> HttpResponseRedirect:
    messages.success(request, message % {"name": template.name})
    return HttpResponseRedirect(reverse("plumbline:dose_templates"))


ROUTES: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("doses/", list_templates, "dose_templates"),
    ("doses/add/", add_template, "dose_template_add"),
    ("doses/usual/", add_usual_template, "dose_template_usual"),
    ("doses/<int:pk>/", change_template, "dose_template"),
    ("doses/<int:pk>/retire/", retire_template, "dose_template_retire"),
]
