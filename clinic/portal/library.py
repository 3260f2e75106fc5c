"""The exercises to read about: a list, and each with its steps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from clinic.models import Client
from clinic.portal.access import client_only, show
from exercises.models import Exercise


@require_safe
@client_only
def library(request: HttpRequest, client: Client) -> HttpResponse:
    """Every exercise that may be prescribed today."""
    language = get_language()
    shelf = [(exercise, exercise.words(language)) for exercise in Exercise.objects.current().with_words()]
    return show(request, client, "library.html", {"shelf": shelf})


@require_safe
@client_only
def exercise(request: HttpRequest, client: Client, slug: str) -> HttpResponse:
    """One exercise: what it is for, what is needed, each step with the usual fault and what puts it right."""
    found = get_object_or_404(Exercise.objects.current().whole(), slug=slug)
    return show(request, client, "exercise.html", described(found))


def described(exercise: Exercise) -> dict[str, object]:
    """Words, steps and equipment of one exercise in the page's language."""
    language = get_language()
    return {
        "exercise": exercise,
        "words": exercise.words(language),
        "steps": exercise.steps_in(language),
        "equipment": exercise.equipment_in(language),
    }
