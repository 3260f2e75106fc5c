"""What a practitioner does with the library: write an exercise, show it or not, give it films and pictures.

The library belongs to the site: on a site with several clinics they share it. Who did what is kept in the book of the
clinic for which the practitioner acted.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import Clinic, Practitioner
from exercises import authoring, media_storage
from exercises.authoring import Content
from exercises.models import Exercise, Media
from exercises.toml_schema import ExerciseFileError

_UPLOAD_VERBS: dict[str, audit.Verb] = {
    Media.Kind.FILM: audit.Verb.FILM_UPLOADED,
    Media.Kind.POSTER: audit.Verb.POSTER_UPLOADED,
    Media.Kind.CAPTIONS: audit.Verb.CAPTIONS_UPLOADED,
    Media.Kind.PICTURE: audit.Verb.PICTURE_UPLOADED,
}
_REMOVAL_VERBS: dict[str, audit.Verb] = {
    Media.Kind.FILM: audit.Verb.FILM_REMOVED,
    Media.Kind.POSTER: audit.Verb.POSTER_REMOVED,
    Media.Kind.CAPTIONS: audit.Verb.CAPTIONS_REMOVED,
    Media.Kind.PICTURE: audit.Verb.PICTURE_REMOVED,
}


def write_exercise(
    slug: str,
    language: str,
    content: Content,
    *,
    by: Practitioner,
    base_version: int | None = None,
    published: bool,
    renumbered: Mapping[int, int] | None = None,
    drop_other_languages: bool = False,
    pictures: Mapping[int, File[Any]] | None = None,
) -> Exercise:
    """Store a new exercise or a new version of one; arguments as in `authoring.write`.

    Args:
        pictures: by the number of the step that they show.

    Raises:
        ValidationError: by the key that an exercise's file would have, such as ``steps[2].title``; nothing is stored.
    """
    _may(by)
    try:
        with transaction.atomic():
            waiting = Exercise.objects.filter(slug=slug, version=base_version or 0, published_at=None).exists()
            exercise = authoring.save_exercise(
                slug, language, content, base_version=base_version, published=published, renumbered=renumbered, drop_other_languages=drop_other_languages
            )
            if exercise.version != base_version:
                audit.record(by.user, audit.Verb.EXERCISE_WRITTEN, exercise, by.clinic)
            elif waiting and published:
                audit.record(by.user, audit.Verb.EXERCISE_PUBLISHED, exercise, by.clinic)
            for step, picture in (pictures or {}).items():
                _place_picture(exercise, picture, step)
    except ExerciseFileError as error:
        raise ValidationError({error.key: _("This must %(do)s.") % {"do": error.must}}) from error
    return exercise


def publish_exercise(exercise: Exercise, *, by: Practitioner) -> Exercise:
    """Show the newest version in the library, and offer it to be prescribed."""
    _may(by)
    with transaction.atomic():
        shown = authoring.publish_exercise(exercise.slug)
        audit.record(by.user, audit.Verb.EXERCISE_PUBLISHED, shown, by.clinic)
    return shown


def withdraw_exercise(exercise: Exercise, *, by: Practitioner) -> Exercise:
    """Take it from the library. Plans that name it go on."""
    _may(by)
    with transaction.atomic():
        newest = authoring.withdraw_exercise(exercise.slug)
        audit.record(by.user, audit.Verb.EXERCISE_WITHDRAWN, newest, by.clinic)
    return newest


def feature_exercise(exercise: Exercise, *, by: Practitioner) -> None:
    """Put it on the front page of the owner's clinic. Raises ValidationError for others, and while it is not shown."""
    if by.role != Practitioner.Role.OWNER:
        raise ValidationError(_("Only the owner of a clinic chooses what its front page shows."))
    if not Exercise.objects.current().filter(slug=exercise.slug).exists():
        raise ValidationError(_("Publish the exercise first."))
    with transaction.atomic():
        Clinic.objects.filter(pk=by.clinic_id).update(featured_exercise=exercise.slug)
        audit.record(by.user, audit.Verb.EXERCISE_FEATURED, exercise, by.clinic)


def upload_media(
    exercise: Exercise,
    file: File[Any],
    kind: str,
    *,
    by: Practitioner,
    language: str = "",
    step: int | None = None,
) -> Media:
    """Give an exercise a film, a poster, captions or a picture; arguments and errors as in `shown_files.place`."""
    _may(by)
    with transaction.atomic():
        audit.record(by.user, _UPLOAD_VERBS[kind], exercise, by.clinic)
        return media_storage.store_upload(exercise, file, kind, language=language, step=step)  # last: no rollback takes a file


def remove_media(media: Media, *, by: Practitioner) -> None:
    """Take an upload away; the last film takes its poster and captions along."""
    _may(by)
    with transaction.atomic():
        audit.record(by.user, _REMOVAL_VERBS[media.kind], media.exercise, by.clinic)
        media_storage.delete_upload(media)


def _place_picture(exercise: Exercise, picture: File[Any], step: int) -> None:
    try:
        media_storage.store_upload(exercise, picture, Media.Kind.PICTURE, step=step)
    except ValidationError as error:
        raise ValidationError({f"steps[{step}].picture": error.messages}) from error


def _may(by: Practitioner) -> None:
    if not by.is_clinical:
        raise ValidationError(_("Only a practitioner may change the exercises."))
