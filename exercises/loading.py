"""Load exercise folders into rows: idempotent, versioned, one transaction an exercise.

A loaded version is never changed, because prescriptions refer to it: new content is a new version, which is a
new row. What the clinic decided about an exercise (featured, withdrawn, a film of its own) is copied to the new
version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from exercises import media_storage
from exercises.toml_schema import ExerciseFileError

from .folder import ExerciseContent, find_folders, read_folder
from .models import Drawing, Equipment, Exercise, ExerciseText, Precaution, Step, Variation

SHIPPED_LIBRARY = Path(__file__).resolve().parent / "library"


class Outcome(StrEnum):
    """The result of loading one folder."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"
    MEDIA_CHANGED = "unchanged, but for its films and pictures"
    SKIPPED = "left, the clinic has its own"


def load_library(path: Path, origin: str = Exercise.Origin.CLINIC) -> Iterator[tuple[ExerciseContent, Outcome]]:
    """Load an exercise's folder, or every exercise folder in a library, in the order of their names.

    Args:
        path: the exercise's folder, or a folder of such folders.
        origin: `Exercise.Origin.LIBRARY` for those shipped with Plumbline.

    Yields:
        Each folder and its outcome. Those before one with an error stay loaded.

    Raises:
        ExerciseFileError: the first error, in one line.
    """
    for inner in find_folders(path):
        folder = read_folder(inner)
        yield folder, load_folder(folder, origin)


@transaction.atomic
def load_folder(
    folder: ExerciseContent,
    origin: str = Exercise.Origin.CLINIC,
    *,
    published: bool | None = None,
    renumbered: Mapping[int, int] | None = None,
) -> Outcome:
    """Store one exercise, unless this version of it is stored already.

    Args:
        folder: as `read_folder` returns it.
        origin: shipped or the clinic's own.
        published: whether a new version is shown; None: unless the clinic has withdrawn the one before it.
        renumbered: the new number of each step of the version before; None: the same.

    Returns:
        What was stored.

    Raises:
        ExerciseFileError: the content changed and the version did not rise, or the shipped library has
            an exercise of this name.
    """
    stored = Exercise.objects.filter(slug=folder.slug)
    if stored.exclude(origin=origin).exists():
        # An upgrade must not stop, nor change what a clinic prescribes, because both chose one name.
        if origin == Exercise.Origin.LIBRARY:
            return Outcome.SKIPPED
        raise ExerciseFileError(
            folder.path, "folder", "have another name: the shipped library has an exercise of this one"
        )
    newest = stored.order_by("-version").first()
    if newest and folder.version < newest.version and not stored.filter(version=folder.version).exists():
        raise ExerciseFileError(folder.path, "version", f"be above {newest.version}, which is loaded already")
    if published is None:
        published = newest is None or newest.published_at is not None
    exercise, created = Exercise.objects.get_or_create(
        slug=folder.slug,
        version=folder.version,
        defaults={
            "origin": origin,
            "digest": folder.digest,
            "rest_seconds": folder.rest_seconds,
            "featured": newest.featured if newest else folder.featured,
            "published_at": timezone.now() if published else None,
        },
    )
    if created:
        _store_translations(exercise, folder)
        _store_media(exercise, folder)
        if newest:
            media_storage.copy_uploads(newest, exercise, renumbered)
        return Outcome.LOADED
    if exercise.digest != folder.digest:
        raise ExerciseFileError(
            folder.path,
            "version",
            f"be raised above {(newest or exercise).version}: its content has changed since it was loaded",
        )
    return Outcome.MEDIA_CHANGED if _store_media(exercise, folder) else Outcome.UNCHANGED


def _store_translations(exercise: Exercise, folder: ExerciseContent) -> None:
    for drawing in folder.drawings:
        drawing.exercise = exercise
    Drawing.objects.bulk_create(folder.drawings)
    for each in folder.translations:
        rows: list[ExerciseText | Equipment | Step | Variation | Precaution] = [each.text]
        for row in [*rows, *each.equipment, *each.steps, *each.variations, *each.precautions]:
            row.exercise = exercise
    ExerciseText.objects.bulk_create([each.text for each in folder.translations])
    Equipment.objects.bulk_create([row for each in folder.translations for row in each.equipment])
    Step.objects.bulk_create([row for each in folder.translations for row in each.steps])
    Variation.objects.bulk_create([row for each in folder.translations for row in each.variations])
    Precaution.objects.bulk_create([row for each in folder.translations for row in each.precautions])


def _store_media(exercise: Exercise, folder: ExerciseContent) -> bool:
    """Films and pictures make no new version: those added to the folder later are stored too."""
    if exercise.origin == Exercise.Origin.LIBRARY:
        return media_storage.sync_shipped_media(exercise, len(folder.translations[0].steps))
    return media_storage.store_folder_media(exercise, folder.media)
