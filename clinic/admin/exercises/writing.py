"""Write an exercise, change it, or say it in another language: one form, one verb."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin import labels as admin_labels
from clinic.admin.exercises.form import ROWS, ExerciseForms, languages
from clinic.admin.exercises.list import acting, newest
from clinic.admin.rendering import render_page
from clinic.prescriptions import exercise_library
from exercises import authoring
from exercises.authoring import Content
from exercises.models import Exercise


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """A new exercise, in the clinic's language unless the address names another."""
    by = acting(request)
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else by.clinic.language
    return _form(request, language, None, {} if request.method == "POST" else authoring.default_content(language))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    """Change the words, or add those of another language over the ones there are."""
    acting(request)
    found = newest(slug)
    spoken = {code for code, _name, there in languages(found) if there}
    if found.origin == Exercise.Origin.LIBRARY or language not in {code for code, _name, _there in languages(found)}:
        raise Http404
    source = language if language in spoken else found.text_in(language).language
    return _form(request, language, found, authoring.read_content(found, source))


def _form(request: HttpRequest, language: str, exercise: Exercise | None, content: Content) -> HttpResponseBase:
    spoken = [text.language for text in exercise.texts.all()] if exercise else []
    others = [code for code in spoken if code != language]
    given = ExerciseForms(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        content=content,
        exercise=exercise,
        other_languages=others,
    )
    refused = False
    if request.method == "POST":
        if request.POST.get("more") in ROWS:
            given.hush()
        elif stored := _store(request, given, language, exercise):
            said = (
                _("%(name)s is shown in the library now.") if stored.published_at else _("%(name)s is kept as a draft.")
            )
            messages.success(request, said % {"name": stored.text_in(language).name})
            return HttpResponseRedirect(reverse("plumbline:exercise", args=[stored.slug]))
        else:
            refused = True
    return render_page(
        request,
        "exercises/form.html",
        _("Change %(name)s") % {"name": exercise.name} if exercise else _("Add an exercise"),
        status=422 if refused else 200,
        wrong=refused,
        form=given.top,
        rows=given.rows,
        exercise=exercise,
        after=request.POST.get("after") or (exercise.version if exercise else ""),
        language=language,
        language_name=admin_labels.language_name(language),
        languages=languages(None),
        other_languages=[admin_labels.language_name(code) for code in others],
        translating=bool(spoken) and language not in spoken,
    )


def _store(request: HttpRequest, given: ExerciseForms, language: str, exercise: Exercise | None) -> Exercise | None:
    """The exercise that the verb stored; None when something is to be put right, which is then marked."""
    if not given.is_valid():
        return None
    seen = request.POST.get("after", "")
    try:
        return exercise_library.write_exercise(
            given.slug,
            language,
            given.content(),
            by=acting(request),
            after=(exercise.version if seen == str(exercise.version) else 0) if exercise else None,
            published=request.POST.get("act") == "publish",
            renumbered=given.renumbered(),
            alone=given.alone,
            pictures=given.pictures(),
        )
    except ValidationError as error:
        given.add_service_errors(error)
        return None


ROUTES = [
    ("add-exercise/", add, "exercise_add"),
    ("exercises/<slug:slug>/words/<slug:language>/", change, "exercise_change"),
]
