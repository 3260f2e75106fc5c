"""The library: a list of exercises, and a page for each."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from clinic.models import Client, Prescription
from clinic.portal.access import Reader, reader_only, render_page
from clinic.portal.pwa.offline import allow_copy
from exercises.models import Exercise, ExerciseText, Precaution, Step


@dataclass(frozen=True)
class LibraryEntry:
    """One exercise in the list."""

    exercise: Exercise
    text: ExerciseText
    cover: int  # number of the step whose picture stands for the exercise
    steps: int


@require_safe
@reader_only
def library(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every exercise that may be prescribed today."""
    entries = [_library_entry(exercise) for exercise in Exercise.objects.current().with_content()]
    return render_page(request, reader, "library/page.html", {"entries": entries})


@gzip_page  # the drawings: a tenth of the bytes, also for the copy that a phone keeps
@require_safe
@reader_only
def exercise(request: HttpRequest, reader: Reader, slug: str) -> HttpResponse:
    """One exercise: its film, purpose, precautions, and each step with its usual fault."""
    current = get_object_or_404(Exercise.objects.current().with_content(), slug=slug)
    precautions = current.precautions_in(get_language())
    context = {
        **exercise_context(current),
        "variations": current.variations_in(get_language()),
        "stop_precautions": [row for row in precautions if row.group == Precaution.Group.STOP],
        "care_precautions": [row for row in precautions if row.group == Precaution.Group.CARE],
        "prescription": _active_prescription(reader.client, slug),
    }
    response = render_page(request, reader, "library/exercise.html", context)
    if reader.client is not None:
        allow_copy(response)
    return response


def exercise_context(exercise: Exercise) -> dict[str, object]:
    """Text, steps and equipment of one exercise in the active language."""
    language = get_language()
    return {
        "exercise": exercise,
        "exercise_text": exercise.text_in(language),
        "steps": exercise.steps_in(language),
        "equipment": exercise.equipment_in(language),
    }


def _library_entry(exercise: Exercise) -> LibraryEntry:
    language = get_language()
    steps = exercise.steps_in(language)
    # The first hold shows the exercise best; without one, the middle step does.
    held = [step.number for step in steps if step.phase == Step.Phase.HOLD]
    return LibraryEntry(exercise, exercise.text_in(language), held[0] if held else len(steps) // 2 + 1, len(steps))


def _active_prescription(client: Client | None, slug: str) -> Prescription | None:
    """The client's active prescription of this exercise, of any version of the exercise."""
    if client is None:
        return None
    mine = client.prescriptions.filter(state=Prescription.State.ACTIVE, exercise__slug=slug)
    return mine.order_by("created_at", "pk").first()
