"""The list of exercises, the page of each one with its films, and its buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import get_language, gettext as _, gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from clinic.admin import access
from clinic.admin.exercises.form import list_languages
from clinic.admin.rendering import AdminPage, render_page
from clinic.admin.service_form import ServiceForm
from clinic.models import Practitioner
from clinic.prescriptions import exercise_library
from exercises.media_selection import select_film, select_photo
from exercises.models import Exercise, Media

Kind = Media.Kind
ACCEPTED_TYPES = {
    Kind.FILM: "video/mp4,video/webm",
    Kind.POSTER: "image/png,image/jpeg,image/webp",
    Kind.CAPTIONS: ".vtt,text/vtt",
    Kind.PICTURE: "image/png,image/jpeg,image/webp",
}


class UploadForm(ServiceForm):
    """One file for an exercise, recognised by its content."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True)  # the service refuses an empty one
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    step = forms.TypedChoiceField(label=gettext_lazy("Step"), coerce=int)

    def __init__(self, kind: str, exercise: Exercise, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id=f"{kind}_%s")
        self.kind = kind
        self.fields["file"].widget.attrs["accept"] = ACCEPTED_TYPES[Kind(kind)]
        self.fields["file"].error_messages["required"] = _("Choose a file.")
        extra = {Kind.CAPTIONS: "language", Kind.PICTURE: "step"}.get(Kind(kind))
        for name in {"language", "step"} - {extra}:
            del self.fields[name]
        if extra:
            field = self.fields[extra]
            assert isinstance(field, forms.ChoiceField)
            steps = exercise.steps_in(get_language())
            field.choices = (
                [(code, name) for code, name, _exists in list_languages(exercise)]
                if extra == "language"
                else [(step.number, str(step)) for step in steps if exercise.pose(f"step-{step.number}") is None]
            )


def get_newest_or_404(slug: str) -> Exercise:
    """Return the newest version of an exercise, published or not. Raises Http404."""
    exercise = Exercise.objects.filter(slug=slug).with_content().order_by("-version").first()
    if exercise is None:
        raise Http404
    return exercise


def acting_practitioner(request: HttpRequest) -> Practitioner:
    """Return the membership that writes: an owner's where there is one. Raises Http404 for the front desk."""
    clinical = access.clinical_memberships(request)
    if not clinical:
        raise Http404
    return next((each for each in clinical if each.role == Practitioner.Role.OWNER), clinical[0])


@require_safe
def list_exercises(request: HttpRequest) -> AdminPage:
    """The newest version of each exercise, and which version is published."""
    current = {exercise.slug: exercise for exercise in Exercise.objects.current()}
    rows: dict[str, dict[str, Any]] = {}
    for exercise in Exercise.objects.order_by("slug", "-version").prefetch_related("texts", "media"):
        if exercise.slug not in rows:
            published = current.get(exercise.slug)
            rows[exercise.slug] = {"exercise": exercise, "published": published, "film": select_film(exercise)}
    featured = {membership.clinic.featured_exercise for membership in access.memberships(request)}
    return render_page(
        request,
        "exercises/list.html",
        _("Exercises"),
        rows=sorted(rows.values(), key=lambda row: str(row["exercise"].name).casefold()),
        featured=featured,
        may_write=bool(access.clinical_memberships(request)),
    )


@require_safe
def show_exercise(request: HttpRequest, slug: str) -> AdminPage:
    """One exercise: its languages, its films, and whether it is published."""
    return _render_detail(request, get_newest_or_404(slug))


def _render_detail(request: HttpRequest, exercise: Exercise, invalid_form: UploadForm | None = None) -> AdminPage:
    steps = exercise.steps_in(get_language())
    undrawn = [step for step in steps if exercise.pose(f"step-{step.number}") is None]
    kinds = [Kind.FILM]
    uploads = [media for media in exercise.media.all() if media.uploaded]
    if any(media.kind == Kind.FILM for media in uploads):
        kinds += [Kind.POSTER, Kind.CAPTIONS]
    if undrawn:
        kinds.append(Kind.PICTURE)
    if invalid_form and invalid_form.kind not in kinds:
        kinds.append(Kind(invalid_form.kind))  # its error says what to upload first
    upload_forms = [
        invalid_form if invalid_form and invalid_form.kind == kind else UploadForm(kind, exercise) for kind in kinds
    ]
    published = Exercise.objects.current().filter(slug=exercise.slug).first()
    return render_page(
        request,
        "exercises/detail.html",
        exercise.name,
        status=422 if invalid_form else 200,
        exercise=exercise,
        text=exercise.text_in(get_language()),
        published=published,
        shipped=exercise.origin == Exercise.Origin.LIBRARY,
        languages=list_languages(exercise),
        steps=[(step, select_photo(exercise, step.number)) for step in steps],
        film=select_film(exercise),
        uploads=uploads,
        forms=upload_forms,
        may_write=bool(access.clinical_memberships(request)),
        may_feature=access.is_owner(request) and published is not None,
        featured=any(each.clinic.featured_exercise == exercise.slug for each in access.memberships(request)),
    )


@require_POST
def upload(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """Store a film, a poster, captions or a picture."""
    by, exercise = acting_practitioner(request), get_newest_or_404(slug)
    if kind not in Kind.values:
        raise Http404
    form = UploadForm(kind, exercise, request.POST, request.FILES)
    if form.is_valid():
        data = form.cleaned_data
        stored = form.call(lambda: exercise_library.upload_media(exercise, data.pop("file"), kind, by=by, **data))
        if stored is not None:
            messages.success(request, _("%(kind)s stored.") % {"kind": stored.get_kind_display()})
            return _redirect_to(exercise)
    return _render_detail(request, exercise, form)


@require_POST
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Delete an upload."""
    by, exercise = acting_practitioner(request), get_newest_or_404(slug)
    media = get_object_or_404(exercise.media.exclude(file="").select_related("exercise"), pk=pk)
    exercise_library.remove_media(media, by=by)
    messages.success(request, _("%(kind)s removed.") % {"kind": media.get_kind_display()})
    return _redirect_to(exercise)


def _button_view(service: Callable[..., object], message: Any) -> Callable[..., HttpResponseBase]:
    """The view of a button: run one service, then return to the page with a message."""

    @require_POST
    def view(request: HttpRequest, slug: str) -> HttpResponseBase:
        by, exercise = acting_practitioner(request), get_newest_or_404(slug)
        try:
            service(exercise, by=by)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, message)
        return _redirect_to(exercise)

    return view


def _redirect_to(exercise: Exercise) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("plumbline:exercise", args=[exercise.slug]))


ROUTES = [
    ("exercises/", list_exercises, "exercises"),
    ("exercises/<slug:slug>/", show_exercise, "exercise"),
    ("exercises/<slug:slug>/files/<slug:kind>/", upload, "exercise_upload"),
    ("exercises/<slug:slug>/files/<int:pk>/remove/", remove, "exercise_remove"),
    (
        "exercises/<slug:slug>/publish/",
        _button_view(exercise_library.publish_exercise, gettext_lazy("Shown in the library now.")),
        "exercise_publish",
    ),
    (
        "exercises/<slug:slug>/withdraw/",
        _button_view(
            exercise_library.withdraw_exercise, gettext_lazy("Taken from the library. Plans that name it go on.")
        ),
        "exercise_withdraw",
    ),
    (
        "exercises/<slug:slug>/feature/",
        _button_view(exercise_library.feature_exercise, gettext_lazy("On the clinic’s front page now.")),
        "exercise_feature",
    ),
]
