"""From exercise folders to rows: idempotent, versioned, one transaction an exercise.

A version once loaded stays as it is, because prescriptions refer to it: new content is a new version, and
a new version is a new row beside the old one. What the clinic decided about an exercise (featured, drawn
back to a draft, a film of its own) is carried over to the new version.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from exercises import media_storage
from exercises.toml_schema import ExerciseFileError

from .folder import Folder, find_folders, read_folder
from .models import Drawing, Equipment, Exercise, ExerciseText, Precaution, Step, Variation

SHIPPED = Path(__file__).resolve().parent / "library"


class Outcome(StrEnum):
    """What loading a folder came to."""

    LOADED = "loaded"
    UNCHANGED = "unchanged"
    SHOWN = "unchanged, but for its films and pictures"
    LEFT = "left, the clinic has its own"


def load_library(path: Path, origin: str = Exercise.Origin.CLINIC) -> Iterator[tuple[Folder, Outcome]]:
    """Load an exercise's folder, or every exercise folder in a library, in the order of their names.

    Args:
        path: the exercise's folder, or a folder of such folders.
        origin: whose they are: `Exercise.Origin.LIBRARY` for those shipped with Plumbline.

    Yields:
        Each folder and what came of it. Those before a bad one stay loaded.

    Raises:
        ExerciseFileError: the first thing that is wrong, in one line.
    """
    for inner in find_folders(path):
        folder = read_folder(inner)
        yield folder, load_folder(folder, origin)


@transaction.atomic
def load_folder(
    folder: Folder,
    origin: str = Exercise.Origin.CLINIC,
    *,
    published: bool | None = None,
    renumbered: Mapping[int, int] | None = None,
) -> Outcome:
    """Store one exercise, unless this version of it is stored.

    Args:
        folder: what `read_folder` made of it.
        origin: whose it is.
        published: whether a new version is shown; None: unless the clinic has withdrawn the one before it.
        renumbered: which number a step of the version before it has now; None: the same.

    Returns:
        Whether rows were made.

    Raises:
        ExerciseFileError: the content changed and the version did not rise, or the shipped library has
            an exercise of this name.
    """
    stored = Exercise.objects.filter(slug=folder.slug)
    if stored.exclude(origin=origin).exists():
        # An upgrade must not stop, nor change what a clinic prescribes, because both chose one name.
        if origin == Exercise.Origin.LIBRARY:
            return Outcome.LEFT
        raise ExerciseFileError(
            folder.path, "folder", "have another name: the shipped library has an exercise of this one"
        )
    newest = stored.order_by("-version").first()
    if newest and folder.version < newest.version and not stored.filter(version=folder.version).exists():
        raise ExerciseFileError(folder.path, "version", f"be above {newest.version}, which is loaded already")
    if published is None:
        published = newest is None or newest.published_at is not None
    exercise, made = Exercise.objects.get_or_create(
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
    if made:
        _store_words(exercise, folder)
        _store_media(exercise, folder)
        if newest:
            media_storage.carry(newest, exercise, renumbered)
        return Outcome.LOADED
    if exercise.digest != folder.digest:
        raise ExerciseFileError(
            folder.path,
            "version",
            f"be raised above {(newest or exercise).version}: its content has changed since it was loaded",
        )
    return Outcome.SHOWN if _store_media(exercise, folder) else Outcome.UNCHANGED


def _store_words(exercise: Exercise, folder: Folder) -> None:
    for drawing in folder.drawings:
        drawing.exercise = exercise
    Drawing.objects.bulk_create(folder.drawings)
    for words in folder.words:
        rows: list[ExerciseText | Equipment | Step | Variation | Precaution] = [words.text]
        rows += [*words.equipment, *words.steps, *words.variations, *words.precautions]
        for row in rows:
            row.exercise = exercise
    ExerciseText.objects.bulk_create([words.text for words in folder.words])
    Equipment.objects.bulk_create([row for words in folder.words for row in words.equipment])
    Step.objects.bulk_create([row for words in folder.words for row in words.steps])
    Variation.objects.bulk_create([row for words in folder.words for row in words.variations])
    Precaution.objects.bulk_create([row for words in folder.words for row in words.precautions])


def _store_media(exercise: Exercise, folder: Folder) -> bool:
    """Films and pictures make no version of their own: those put into the folder later are stored too."""
    if exercise.origin == Exercise.Origin.LIBRARY:
        return media_storage.follow_shipped(exercise, len(folder.words[0].steps))
    return media_storage.fill(exercise, folder.media)
