"""Store films and pictures: the files and their rows.

A shipped file is a static one, and its row is synchronised with it. A clinic's own is stored under a random name, so
that its address reveals nothing and its content never changes under a cache; several versions of an exercise may
share it, and it is deleted with its last row.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.files.storage import Storage
from django.db import transaction
from django.utils.translation import gettext as _

from exercises.folder_media import MediaFile, find_media
from exercises.media_files import check_media
from exercises.models import Exercise, Media, Step

STATIC_ROOT = Path(__file__).resolve().parent / "static"
Kind = Media.Kind


@transaction.atomic
def store_upload(
    exercise: Exercise, file: File[Any], kind: str, *, language: str = "", step: int | None = None
) -> Media:
    """Store an upload with an exercise; it replaces the one in the same slot.

    Args:
        exercise: the version that shows it.
        file: the upload; its name is ignored.
        kind: one of `Media.Kind`. A film may be there once as MP4 and once as WebM.
        language: of captions.
        step: the number of the step that a picture shows.

    Raises:
        ValidationError: on ``file``, ``language`` or ``step``; nothing is stored then.
    """
    Exercise.objects.select_for_update().get(pk=exercise.pk)  # two uploads at once would both find the slot free
    own = exercise.media.exclude(file="")
    if kind in (Kind.CAPTIONS, Kind.POSTER) and not own.filter(kind=Kind.FILM).exists():
        raise ValidationError({"file": _("Upload your film first: its captions and its poster go with it.")})
    if kind == Kind.CAPTIONS and not language:
        raise ValidationError({"language": _("Choose the language of the captions.")})
    steps = Step.objects.filter(exercise=exercise, number=step or 0)
    if kind == Kind.PICTURE and not steps.exists():
        raise ValidationError({"step": _("There is no such step.")})
    try:
        extension = check_media(file, kind).extension
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from None
    replaced = own.filter(kind=kind, language=language, step=step)
    if kind == Kind.FILM:
        replaced = replaced.filter(file__endswith=extension)
    outdated = list(replaced)
    media = Media(exercise=exercise, kind=kind, language=language, step=step)
    first = steps.first() if kind == Kind.PICTURE else None
    media.title = first.title if first else exercise.text_in(language or None).name
    media.file.save(f"{uuid.uuid4().hex}{extension}", file, save=False)
    try:
        with transaction.atomic():
            media.save()
    except BaseException:
        media.file.storage.delete(str(media.file.name))
        raise
    for old in outdated:
        _delete(old)
    return media


@transaction.atomic
def delete_upload(media: Media) -> None:
    """Delete an upload; poster and captions go with the last film."""
    own = media.exercise.media.exclude(file="")
    _delete(media)
    if media.kind == Kind.FILM and not own.filter(kind=Kind.FILM).exists():
        for extra in own.filter(kind__in=[Kind.CAPTIONS, Kind.POSTER]):
            _delete(extra)


def store_folder_media(exercise: Exercise, files: Iterable[MediaFile]) -> bool:
    """Store the files of a clinic's folder whose slots are free; uploads are kept.

    Returns:
        Whether a file was stored.
    """
    taken = {_slot(media) for media in exercise.media.exclude(file="")}
    # Films first: captions are refused without one.
    new = sorted((file for file in files if file.slot not in taken), key=lambda file: file.kind != Kind.FILM)
    for file in new:
        with file.path.open("rb") as content:
            store_upload(exercise, File(content), file.kind, language=file.language, step=file.step)
    return bool(new)


def sync_shipped_media(exercise: Exercise, steps: int) -> bool:
    """Synchronise the rows of shipped files with the static folder of an exercise.

    Args:
        steps: the number of steps of the exercise.

    Returns:
        Whether a row was created or deleted.
    """
    name = exercise.text_in(None).name
    folder = STATIC_ROOT / "exercises" / exercise.slug
    shipped = {file.path.relative_to(STATIC_ROOT).as_posix(): file for file in find_media(folder, steps)}
    # Those of older versions too: a deleted static file no longer has an address.
    deleted, _rows = Media.objects.filter(exercise__slug=exercise.slug, path__gt="").exclude(path__in=shipped).delete()
    existing = set(exercise.media.filter(path__gt="").values_list("path", flat=True))
    new = [
        Media(exercise=exercise, kind=file.kind, language=file.language, step=file.step, title=name, path=path)
        for path, file in shipped.items()
        if path not in existing
    ]
    Media.objects.bulk_create(new)
    return bool(deleted or new)


def copy_uploads(old: Exercise, new: Exercise, renumbered: Mapping[int, int] | None = None) -> None:
    """Copy the rows of a clinic's own files to a new version; the files are shared.

    Args:
        renumbered: the new number of each step that remains; None: all unchanged.
    """
    taken = {_slot(media) for media in new.media.exclude(file="")}
    copies = []
    for one in old.media.exclude(file=""):
        step = one.step
        if step is not None and renumbered is not None:
            if step not in renumbered:
                continue
            step = renumbered[step]
        copy = Media(exercise=new, kind=one.kind, language=one.language, step=step, title=one.title)
        copy.file.name = one.file.name
        if _slot(copy) not in taken:
            copies.append(copy)
    Media.objects.bulk_create(copies)


def _slot(media: Media) -> tuple[str, str, int | None, str]:
    return media.kind, media.language, media.step, media.extension if media.kind == Kind.FILM else ""


def _delete(media: Media) -> None:
    name, storage = str(media.file.name), media.file.storage
    media.delete()
    transaction.on_commit(partial(_delete_unused_file, storage, name))


def _delete_unused_file(storage: Storage, name: str) -> None:
    if not Media.objects.filter(file=name).exists():
        storage.delete(name)
