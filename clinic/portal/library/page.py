"""The exercises to read about: a list, and each as a page that teaches it."""

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
    """One exercise on the shelf."""

    exercise: Exercise
    words: ExerciseText
    cover: int  # the step whose picture tells it from the others
    steps: int


@require_safe
@reader_only
def library(request: HttpRequest, reader: Reader) -> HttpResponse:
    """Every exercise that may be prescribed today."""
    return render_page(
        request, reader, "library/page.html", {"shelf": [_book(each) for each in Exercise.objects.current().whole()]}
    )


@gzip_page  # the drawings: a tenth of the bytes, also for the copy that a phone keeps
@require_safe
@reader_only
def exercise(request: HttpRequest, reader: Reader, slug: str) -> HttpResponse:
    """One exercise: its film, what it is for, when not to start, each step with the usual fault beside it."""
    found = get_object_or_404(Exercise.objects.current().whole(), slug=slug)
    precautions = found.precautions_in(get_language())
    told = {
        **exercise_context(found),
        "ways": found.variations_in(get_language()),
        "stop": [one for one in precautions if one.group == Precaution.Group.STOP],
        "care": [one for one in precautions if one.group == Precaution.Group.CARE],
        "plan": _plan(reader.client, slug),
    }
    response = render_page(request, reader, "library/exercise.html", told)
    if reader.client is not None:
        allow_copy(response)
    return response


def exercise_context(exercise: Exercise) -> dict[str, object]:
    """Words, steps and equipment of one exercise in the page's language."""
    language = get_language()
    return {
        "exercise": exercise,
        "words": exercise.words(language),
        "steps": exercise.steps_in(language),
        "equipment": exercise.equipment_in(language),
    }


def _book(exercise: Exercise) -> LibraryEntry:
    language = get_language()
    steps = exercise.steps_in(language)
    # What is held shows the exercise best; without a hold, the middle is neither coming nor going.
    held = [step.number for step in steps if step.phase == Step.Phase.HOLD]
    return LibraryEntry(exercise, exercise.words(language), held[0] if held else len(steps) // 2 + 1, len(steps))


def _plan(client: Client | None, slug: str) -> Prescription | None:
    """The client's own plan of this exercise that may be done, whichever version it names."""
    if client is None:
        return None
    mine = client.prescriptions.filter(state=Prescription.State.ACTIVE, exercise__slug=slug)
    return mine.order_by("created_at", "pk").first()
