"""Prescribe for one client: choose the exercise, ask first, say when and how much, look at it, store it."""

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
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin import access
from clinic.admin.prescribing import client_preview, day_strip, dose_prefill
from clinic.admin.prescribing import review as prescribing_review
from clinic.admin.prescribing.review import BACK, PREVIEW
from clinic.admin.prescribing.screening_form import PrescribeForm
from clinic.admin.rendering import page
from clinic.models import Client, Clinic, Practitioner, Prescription
from clinic.prescriptions import prescribing
from exercises.media_selection import on_the_picture, photo_of
from exercises.models import Exercise, Media, Step


@dataclass(frozen=True)
class OfferedExercise:
    """One exercise to choose, with its picture and when it was prescribed last."""

    exercise: Exercise
    featured: bool
    to_client: dt.datetime | None  # when, to this client; None: never
    by_me: dt.datetime | None  # when, by this practitioner to anybody

    @property
    def step(self) -> Step | None:
        return picture_step(self.exercise)

    @property
    def photo(self) -> Media | None:
        step = self.step
        return photo_of(self.exercise, step.number) if step else None

    @property
    def summary(self) -> str:
        return self.exercise.words(get_language()).summary


def picture_step(exercise: Exercise) -> Step | None:
    """The step whose picture stands for the exercise."""
    return on_the_picture(exercise.steps_in(get_language()))


def list_offered(clinic: Clinic, by: Practitioner, clients: Collection[Client]) -> list[OfferedExercise]:
    """What may be prescribed today: the featured one first, then what was prescribed last, then by name."""
    rows = Prescription.objects.order_by().values_list("exercise__slug").annotate(last=Max("created_at"))
    theirs, mine = dict(rows.filter(client__in=clients)), dict(rows.filter(prescribed_by=by))
    found = [
        OfferedExercise(one, one.slug == clinic.featured_exercise, theirs.get(one.slug), mine.get(one.slug))
        for one in Exercise.objects.current().whole()
    ]
    return sorted(found, key=lambda one: (not one.featured, -_last_use(one), one.exercise.name.casefold()))


def _last_use(one: OfferedExercise) -> float:
    return max((when.timestamp() for when in (one.to_client, one.by_me) if when), default=0.0)


def find_wanted(request: HttpRequest, found: Sequence[OfferedExercise]) -> tuple[OfferedExercise | None, str]:
    """The exercise of the form sent, else of the address, or the only one there is; and what was named."""
    slug = (
        request.POST.get("exercise", "")
        or request.GET.get("exercise", "")
        or (found[0].exercise.slug if len(found) == 1 else "")
    )
    return next((one for one in found if one.exercise.slug == slug), None), slug


@require_http_methods(["GET", "HEAD", "POST"])
def prescribe_single(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Choose the exercise, when there are several; screening and dose on one page; a look at it; done."""
    treated = Client.objects.treated_by(request.user).select_related("clinic", "practitioner")
    client = get_object_or_404(treated, pk=pk)
    by = access.practitioner_of(request, client)
    found = list_offered(client.clinic, by, [client])
    one, slug = find_wanted(request, found)
    title = _("Prescribe for %(name)s") % {"name": client}
    if one is None:
        context: dict[str, Any] = {"client": client, "offered": found, "unknown": slug, "query": ""}
        return page(request, "prescribing/choose_exercise.html", title, **context)
    exercise = one.exercise
    given = dose_prefill.list_sources(exercise, by, client)
    form = _form(request, client, exercise, given)
    if form.is_bound and form.is_valid():
        if request.POST.get("do") == PREVIEW:
            draft = form.call(
                lambda: prescribing.draft_prescription(client, exercise, form.dose(), form.questions.screening(), by=by)
            )
            if draft is not None:
                return prescribing_review.render_review(
                    request, title, draft, client=client, early=form.early,
                    overrides=form.questions.overrides(), keep_as=form.cleaned_data["keep_as"],
                )  # fmt: skip
        elif (made := form.call(lambda: _store(request, form, by))) is not None:
            done = _("%(exercise)s is prescribed for %(name)s.")
            messages.success(request, done % {"exercise": exercise.name, "name": client})
            if why := client_preview.no_time_left(made.dose, timezone.now()):
                messages.warning(request, why)
            return HttpResponseRedirect(reverse("plumbline:client", args=[client.pk]))
    running = client.prescriptions.running().filter(exercise__slug=exercise.slug)
    (strip,) = day_strip.build_strips([client], form.chosen(), {client.pk: form.early})
    return page(
        request, "prescribing/one.html", title, client=client, one=one, exercise=exercise, form=form, running=running,
        words=exercise.words(get_language()), sources=given, day=strip, hours=day_strip.hour_marks(),
        several=len(found) > 1,
        beside=prescribing_review.join_ids(
            prescribing_review.displayed_value(form, prescribing_review.displayed_plans(request.POST), [plan.pk for plan in running])
        ),
    )  # fmt: skip


def _form(
    request: HttpRequest, client: Client, exercise: Exercise, given: Sequence[dose_prefill.DoseSource]
) -> PrescribeForm:
    """To be judged, or, after a look or with a dose filled in, only to be shown as it was typed."""
    form = PrescribeForm(None, client, exercise)
    key = request.POST.get("fill", "") or dose_prefill.key_in_query(request.GET)
    source = dose_prefill.find_source(given, key)
    if request.method == "POST" and not request.POST.get("fill") and request.POST.get("do") != BACK:
        return PrescribeForm(request.POST, client, exercise)
    typed = form.typed(request.POST) if request.method == "POST" else {}
    filled = source.fields(form.first_day(typed)) if source and request.POST.get("do") != BACK else {}
    return PrescribeForm(None, client, exercise, typed | filled) if typed or filled else form


def _store(request: HttpRequest, form: PrescribeForm, by: Practitioner) -> Prescription:
    return prescribing.prescribe_exercise(
        form.client, form.exercise, form.dose(), form.questions.screening(),
        by=by, keep_as=form.cleaned_data["keep_as"], beside=prescribing_review.displayed_plans(request.POST),
    )  # fmt: skip


ROUTES = [("clients/<int:pk>/prescribe/", prescribe_single, "prescribe")]
