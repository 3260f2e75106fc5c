"""The services of a practitioner for the library: write and publish exercises, upload films and pictures.

The library belongs to the site: the clinics of a site share it. The audit entry is in the clinic of the practitioner.
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
    """Store a new exercise or a new version of one; arguments as in `authoring.save_exercise`.

    Args:
        pictures: by the number of their step.

    Raises:
        ValidationError: by the key that an exercise's file would have, such as ``steps[2].title``; nothing is stored.
    """
    _check_may_write(by)
    try:
        with transaction.atomic():
            is_draft = Exercise.objects.filter(slug=slug, version=base_version or 0, published_at=None).exists()
            exercise = authoring.save_exercise(
                slug,
                language,
                content,
                base_version=base_version,
                published=published,
                renumbered=renumbered,
                drop_other_languages=drop_other_languages,
            )
            if exercise.version != base_version:
                audit.record(by.user, audit.Verb.EXERCISE_WRITTEN, exercise, by.clinic)
            elif is_draft and published:
                audit.record(by.user, audit.Verb.EXERCISE_PUBLISHED, exercise, by.clinic)
            for step, picture in (pictures or {}).items():
                _place_picture(exercise, picture, step)
    except ExerciseFileError as error:
        raise ValidationError({error.key: _("This must %(do)s.") % {"do": error.must}}) from error
    return exercise


def publish_exercise(exercise: Exercise, *, by: Practitioner) -> Exercise:
    """Publish the newest version in the library, to be read and prescribed."""
    _check_may_write(by)
    with transaction.atomic():
        newest = authoring.publish_exercise(exercise.slug)
        audit.record(by.user, audit.Verb.EXERCISE_PUBLISHED, newest, by.clinic)
    return newest


def withdraw_exercise(exercise: Exercise, *, by: Practitioner) -> Exercise:
    """Withdraw an exercise from the library. Running plans of it go on."""
    _check_may_write(by)
    with transaction.atomic():
        newest = authoring.withdraw_exercise(exercise.slug)
        audit.record(by.user, audit.Verb.EXERCISE_WITHDRAWN, newest, by.clinic)
    return newest


def feature_exercise(exercise: Exercise, *, by: Practitioner) -> None:
    """Put an exercise on the front page of the owner's clinic. Raises ValidationError unless it is published."""
    if not by.owns(by.clinic_id):
        raise ValidationError(_("Only the owner of a clinic chooses what its front page shows."))
    if not Exercise.objects.current().filter(slug=exercise.slug).exists():
        raise ValidationError(_("Publish the exercise first."))
    with transaction.atomic():
        Clinic.objects.filter(pk=by.clinic_id).update(featured_exercise=exercise.slug)
        audit.record(by.user, audit.Verb.EXERCISE_FEATURED, exercise, by.clinic)


def upload_media(
    exercise: Exercise, file: File[Any], kind: str, *, by: Practitioner, language: str = "", step: int | None = None
) -> Media:
    """Store a film, poster, captions or picture; arguments and errors as in `media_storage.store_upload`."""
    _check_may_write(by)
    with transaction.atomic():
        audit.record(by.user, _UPLOAD_VERBS[kind], exercise, by.clinic)
        # The file comes last: a rollback would not delete it.
        return media_storage.store_upload(exercise, file, kind, language=language, step=step)


def remove_media(media: Media, *, by: Practitioner) -> None:
    """Delete an upload; with the last film also its poster and captions."""
    _check_may_write(by)
    with transaction.atomic():
        audit.record(by.user, _REMOVAL_VERBS[media.kind], media.exercise, by.clinic)
        media_storage.delete_upload(media)


def _place_picture(exercise: Exercise, picture: File[Any], step: int) -> None:
    try:
        media_storage.store_upload(exercise, picture, Media.Kind.PICTURE, step=step)
    except ValidationError as error:
        raise ValidationError({f"steps[{step}].picture": error.messages}) from error


def _check_may_write(by: Practitioner) -> None:
    if not by.treats_at(by.clinic_id):
        raise ValidationError(_("Only a practitioner may change the exercises."))
