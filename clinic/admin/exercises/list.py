"""The exercises: the list, each one's page with its films, and the acts on it. Writing one is in exercise_writing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.admin import access
from clinic.admin.exercises.form import languages
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.service_form import ServiceForm
from clinic.models import Practitioner
from clinic.prescriptions import exercise_library
from exercises.media_selection import select_film, select_photo
from exercises.models import Exercise, Media

Kind = Media.Kind
ACCEPTED = {
    Kind.FILM: "video/mp4,video/webm",
    Kind.POSTER: "image/png,image/jpeg,image/webp",
    Kind.CAPTIONS: ".vtt,text/vtt",
    Kind.PICTURE: "image/png,image/jpeg,image/webp",
}


class UploadForm(ServiceForm):
    """One file for an exercise; what it is, is told by its content."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)  # an empty one is the verb's to refuse
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    step = forms.TypedChoiceField(label=gettext_lazy("Step"), coerce=int)

    def __init__(self, kind: str, exercise: Exercise, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id=f"{kind}_%s")
        self.kind = kind
        self.fields["file"].widget.attrs["accept"] = ACCEPTED[Kind(kind)]
        self.fields["file"].error_messages["required"] = _("Choose a file.")
        wanted = {Kind.CAPTIONS: "language", Kind.PICTURE: "step"}.get(Kind(kind))
        for name in {"language", "step"} - {wanted}:
            del self.fields[name]
        if wanted:
            field = self.fields[wanted]
            assert isinstance(field, forms.ChoiceField)
            steps = exercise.steps_in(get_language())
            field.choices = (
                [(code, name) for code, name, _spoken in languages(exercise)]
                if wanted == "language"
                else [(step.number, str(step)) for step in steps if exercise.pose(f"step-{step.number}") is None]
            )


def newest(slug: str) -> Exercise:
    """The newest version of an exercise, shown or not. Raises Http404."""
    found = Exercise.objects.filter(slug=slug).with_content().order_by("-version").first()
    if found is None:
        raise Http404
    return found


def acting(request: HttpRequest) -> Practitioner:
    """As whom the person writes: an owner where they own a clinic. Raises Http404 for those who do not treat."""
    clinical = access.clinical(request)
    if not clinical:
        raise Http404
    return next((each for each in clinical if each.role == Practitioner.Role.OWNER), clinical[0])


@require_safe
def listing(request: HttpRequest) -> AdminPage:
    """The newest version of each, and whether it, or an earlier one, is shown."""
    current = {exercise.slug: exercise for exercise in Exercise.objects.current()}
    rows: dict[str, dict[str, Any]] = {}
    for exercise in Exercise.objects.order_by("slug", "-version").prefetch_related("texts", "media"):
        if exercise.slug not in rows:
            shown = current.get(exercise.slug)
            rows[exercise.slug] = {"exercise": exercise, "shown": shown, "film": select_film(exercise)}
    featured = {membership.clinic.featured_exercise for membership in access.memberships(request)}
    return render_page(
        request,
        "exercises/list.html",
        _("Exercises"),
        rows=sorted(rows.values(), key=lambda row: str(row["exercise"].name).casefold()),
        featured=featured,
        may_write=bool(access.clinical(request)),
    )


@require_safe
def exercise(request: HttpRequest, slug: str) -> AdminPage:
    """One exercise: its languages, its films, whether it is shown."""
    return _page(request, newest(slug))


def _page(request: HttpRequest, found: Exercise, wrong: UploadForm | None = None) -> AdminPage:
    steps = found.steps_in(get_language())
    undrawn = [step for step in steps if found.pose(f"step-{step.number}") is None]
    kinds = [Kind.FILM]
    uploads = [media for media in found.media.all() if media.uploaded]
    if any(media.kind == Kind.FILM for media in uploads):
        kinds += [Kind.POSTER, Kind.CAPTIONS]
    if undrawn:
        kinds.append(Kind.PICTURE)
    if wrong and wrong.kind not in kinds:
        kinds.append(Kind(wrong.kind))  # where nothing fits it: its complaint says what to do first
    upload_forms = [wrong if wrong and wrong.kind == kind else UploadForm(kind, found) for kind in kinds]
    shown = Exercise.objects.current().filter(slug=found.slug).first()
    return render_page(
        request,
        "exercises/detail.html",
        found.name,
        status=422 if wrong else 200,
        exercise=found,
        words=found.text_in(get_language()),
        shown=shown,
        shipped=found.origin == Exercise.Origin.LIBRARY,
        languages=languages(found),
        steps=[(step, select_photo(found, step.number)) for step in steps],
        film=select_film(found),
        uploads=uploads,
        forms=upload_forms,
        may_write=bool(access.clinical(request)),
        may_feature=access.owns(request) and shown is not None,
        featured=any(each.clinic.featured_exercise == found.slug for each in access.memberships(request)),
    )


@require_POST
def upload(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """Take a film, a poster, captions or a picture."""
    by, found = acting(request), newest(slug)
    if kind not in Kind.values:
        raise Http404
    form = UploadForm(kind, found, request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        stored = form.call(lambda: exercise_library.upload_media(found, given.pop("file"), kind, by=by, **given))
        if stored is not None:
            messages.success(request, _("%(kind)s stored.") % {"kind": stored.get_kind_display()})
            return _to(found)
    return _page(request, found, form)


@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Take an upload away again."""
    by, found = acting(request), newest(slug)
    media = get_object_or_404(found.media.exclude(file="").select_related("exercise"), pk=pk)
    exercise_library.remove_media(media, by=by)
    messages.success(request, _("%(kind)s removed.") % {"kind": media.get_kind_display()})
    return _to(found)


def _act(verb: Callable[..., object], done: Any) -> Callable[..., HttpResponseBase]:
    """A button of the page: one verb, then back to the page with a word."""

    @require_POST
    def view(request: HttpRequest, slug: str) -> HttpResponseBase:
        by, found = acting(request), newest(slug)
        try:
            verb(found, by=by)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, done)
        return _to(found)

    return view


def _to(found: Exercise) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("plumbline:exercise", args=[found.slug]))


ROUTES = [
    ("exercises/", listing, "exercises"),
    ("exercises/<slug:slug>/", exercise, "exercise"),
    ("exercises/<slug:slug>/files/<slug:kind>/", upload, "exercise_upload"),
    ("exercises/<slug:slug>/files/<int:pk>/remove/", remove, "exercise_remove"),
    (
        "exercises/<slug:slug>/publish/",
        _act(exercise_library.publish_exercise, gettext_lazy("Shown in the library now.")),
        "exercise_publish",
    ),
    (
        "exercises/<slug:slug>/withdraw/",
        _act(exercise_library.withdraw_exercise, gettext_lazy("Taken from the library. Plans that name it go on.")),
        "exercise_withdraw",
    ),
    (
        "exercises/<slug:slug>/feature/",
        _act(exercise_library.feature_exercise, gettext_lazy("On the clinic’s front page now.")),
        "exercise_feature",
    ),
]
