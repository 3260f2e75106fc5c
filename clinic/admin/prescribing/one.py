"""Prescribe for one client: the exercise, the screening and the dose, the review, the stored plan."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Max
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.prescribing import client_preview, day_strip, dose_prefill
from clinic.admin.prescribing.review import BACK, PREVIEW, displayed_plans, displayed_plans_field, render_review
from clinic.admin.prescribing.screening_form import PrescribeForm
from clinic.admin.rendering import render_page
from clinic.models import Client, Clinic, Practitioner, Prescription
from clinic.prescriptions import prescribing
from exercises.media_selection import representative_step, select_photo
from exercises.models import Exercise, Media, Step


@dataclass(frozen=True)
class OfferedExercise:
    """One exercise to choose, with its picture and when it was prescribed last."""

    exercise: Exercise
    featured: bool
    to_client: dt.datetime | None  # when it was prescribed to this client; None: never
    by_practitioner: dt.datetime | None  # when this practitioner prescribed it to any client

    @property
    def step(self) -> Step | None:
        return picture_step(self.exercise)

    @property
    def photo(self) -> Media | None:
        step = self.step
        return select_photo(self.exercise, step.number) if step else None

    @property
    def summary(self) -> str:
        return self.exercise.text_in(get_language()).summary


def picture_step(exercise: Exercise) -> Step | None:
    """The step whose picture stands for the exercise."""
    return representative_step(exercise.steps_in(get_language()))


def list_offered(clinic: Clinic, by: Practitioner, clients: Collection[Client]) -> list[OfferedExercise]:
    """The published exercises: the featured one first, then the last prescribed, then by name."""
    rows = Prescription.objects.order_by().values_list("exercise__slug").annotate(last=Max("created_at"))
    to_clients, by_practitioner = dict(rows.filter(client__in=clients)), dict(rows.filter(prescribed_by=by))
    offered = [
        OfferedExercise(
            exercise,
            exercise.slug == clinic.featured_exercise,
            to_clients.get(exercise.slug),
            by_practitioner.get(exercise.slug),
        )
        for exercise in Exercise.objects.current().with_content()
    ]
    return sorted(offered, key=lambda row: (not row.featured, -_last_use(row), row.exercise.name.casefold()))


def _last_use(row: OfferedExercise) -> float:
    return max((at.timestamp() for at in (row.to_client, row.by_practitioner) if at), default=0.0)


def find_wanted(request: HttpRequest, offered: Sequence[OfferedExercise]) -> tuple[OfferedExercise | None, str]:
    """The exercise named by the form, else by the address, or the only one; and the short name sent."""
    slug = (
        request.POST.get("exercise", "")
        or request.GET.get("exercise", "")
        or (offered[0].exercise.slug if len(offered) == 1 else "")
    )
    return next((row for row in offered if row.exercise.slug == slug), None), slug


@require_http_methods(["GET", "HEAD", "POST"])
def prescribe_single(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Choose the exercise, when there are several; screening and dose on one page; review; store."""
    treated = Client.objects.treated_by(request.user).select_related("clinic", "practitioner")
    client = get_object_or_404(treated, pk=pk)
    by = access.find_practitioner(request, client)
    offered = list_offered(client.clinic, by, [client])
    chosen, slug = find_wanted(request, offered)
    title = _("Prescribe for %(name)s") % {"name": client}
    if chosen is None:
        context: dict[str, Any] = {"client": client, "offered": offered, "unknown": slug, "query": ""}
        return render_page(request, "prescribing/choose_exercise.html", title, **context)
    exercise = chosen.exercise
    sources = dose_prefill.list_sources(exercise, by, client)
    form = _form(request, client, exercise, sources)
    if form.is_bound and form.is_valid():
        if request.POST.get("do") == PREVIEW:
            draft = form.call(
                lambda: prescribing.draft_prescription(client, exercise, form.dose(), form.questions.screening(), by=by)
            )
            if draft is not None:
                return render_review(
                    request, title, draft, client=client, early=form.early,
                    overrides=form.questions.overrides(), keep_as=form.cleaned_data["keep_as"],
                )  # fmt: skip
        elif (plan := form.call(lambda: _store(request, form, by))) is not None:
            message = _("%(exercise)s is prescribed for %(name)s.")
            messages.success(request, message % {"exercise": exercise.name, "name": client})
            if why := client_preview.no_time_left(plan.dose, timezone.now()):
                messages.warning(request, why)
            return HttpResponseRedirect(reverse("plumbline:client", args=[client.pk]))
    running = client.prescriptions.running().filter(exercise__slug=exercise.slug)
    (strip,) = day_strip.build_strips([client], form.valid_times(), {client.pk: form.early})
    return render_page(
        request, "prescribing/one.html", title, client=client, chosen=chosen, exercise=exercise, form=form,
        running=running, words=exercise.text_in(get_language()), sources=sources, day=strip,
        hours=day_strip.hour_marks(), several=len(offered) > 1,
        displayed_plans=displayed_plans_field(form, request.POST, running),
    )  # fmt: skip


def _form(
    request: HttpRequest, client: Client, exercise: Exercise, sources: Sequence[dose_prefill.DoseSource]
) -> PrescribeForm:
    """The form to validate; after a preview, or with a dose filled in, unbound and as it was typed."""
    form = PrescribeForm(None, client, exercise)
    key = request.POST.get("fill", "") or dose_prefill.key_in_query(request.GET)
    source = dose_prefill.find_source(sources, key)
    if request.method == "POST" and not request.POST.get("fill") and request.POST.get("do") != BACK:
        return PrescribeForm(request.POST, client, exercise)
    typed = form.typed(request.POST) if request.method == "POST" else {}
    filled = source.fields(form.first_day(typed)) if source and request.POST.get("do") != BACK else {}
    return PrescribeForm(None, client, exercise, typed | filled) if typed or filled else form


def _store(request: HttpRequest, form: PrescribeForm, by: Practitioner) -> Prescription:
    return prescribing.prescribe_exercise(
        form.client, form.exercise, form.dose(), form.questions.screening(),
        by=by, keep_as=form.cleaned_data["keep_as"], displayed_plans=displayed_plans(request.POST),
    )  # fmt: skip


ROUTES = [("clients/<int:pk>/prescribe/", prescribe_single, "prescribe")]
