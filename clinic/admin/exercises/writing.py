"""Write an exercise, change it, or translate it, with one form and one service."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.admin import labels as admin_labels
from clinic.admin.exercises.form import ROWS, ExerciseForms, list_languages
from clinic.admin.exercises.list import acting_practitioner, get_newest_or_404
from clinic.admin.rendering import render_page
from clinic.prescriptions import exercise_library
from exercises import authoring
from exercises.authoring import Content
from exercises.models import Exercise


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponseBase:
    """Add an exercise, in the clinic's language unless the address names another."""
    by = acting_practitioner(request)
    language = request.GET.get("language", "")
    if language not in dict(settings.LANGUAGES):
        language = by.clinic.language
    return _form(request, language, None, {} if request.method == "POST" else authoring.default_content(language))


@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, slug: str, language: str) -> HttpResponseBase:
    """Change the texts in one language, or add a language starting from an existing one."""
    acting_practitioner(request)
    exercise = get_newest_or_404(slug)
    exists = {code: exists for code, _name, exists in list_languages(exercise)}
    if exercise.origin == Exercise.Origin.LIBRARY or language not in exists:
        raise Http404
    source = language if exists[language] else exercise.text_in(language).language
    return _form(request, language, exercise, authoring.read_content(exercise, source))


def _form(request: HttpRequest, language: str, exercise: Exercise | None, content: Content) -> HttpResponseBase:
    own = [text.language for text in exercise.texts.all()] if exercise else []
    others = [code for code in own if code != language]
    forms = ExerciseForms(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        content=content,
        exercise=exercise,
        other_languages=others,
    )
    invalid = False
    if request.method == "POST":
        if request.POST.get("more") in ROWS:
            forms.clear_errors()
        elif stored := _store(request, forms, language, exercise):
            message = (
                _("%(name)s is shown in the library now.") if stored.published_at else _("%(name)s is kept as a draft.")
            )
            messages.success(request, message % {"name": stored.text_in(language).name})
            return HttpResponseRedirect(reverse("plumbline:exercise", args=[stored.slug]))
        else:
            invalid = True
    return render_page(
        request,
        "exercises/form.html",
        _("Change %(name)s") % {"name": exercise.name} if exercise else _("Add an exercise"),
        status=422 if invalid else 200,
        invalid=invalid,
        form=forms.top,
        rows=forms.rows,
        exercise=exercise,
        base_version=request.POST.get("base_version") or (exercise.version if exercise else ""),
        language=language,
        language_name=admin_labels.language_name(language),
        languages=list_languages(None),
        other_languages=[admin_labels.language_name(code) for code in others],
        translating=bool(own) and language not in own,
    )


def _store(request: HttpRequest, forms: ExerciseForms, language: str, exercise: Exercise | None) -> Exercise | None:
    """Store the exercise and return it; None when a form has errors, which it then shows."""
    if not forms.is_valid():
        return None
    base_version = request.POST.get("base_version", "")
    try:
        return exercise_library.write_exercise(
            forms.slug,
            language,
            forms.content(),
            by=acting_practitioner(request),
            base_version=(exercise.version if base_version == str(exercise.version) else 0) if exercise else None,
            published=request.POST.get("act") == "publish",
            renumbered=forms.renumbered(),
            drop_other_languages=forms.drop_other_languages,
            pictures=forms.pictures(),
        )
    except ValidationError as error:
        forms.add_service_errors(error)
        return None


ROUTES = [
    ("add-exercise/", add, "exercise_add"),
    ("exercises/<slug:slug>/texts/<slug:language>/", change, "exercise_change"),
]
