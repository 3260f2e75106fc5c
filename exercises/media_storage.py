"""The files of films and pictures, and the rows that show them.

A shipped file is a static one and its row follows what is shipped. A clinic's own is stored under a random name, so
that its address tells nothing and it never changes under a cache; several versions of an exercise may share it, and
it is deleted once none does.
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
from exercises.media_files import check
from exercises.models import Exercise, Media, Step

STATIC = Path(__file__).resolve().parent / "static"
Kind = Media.Kind


@transaction.atomic
def place(exercise: Exercise, file: File[Any], kind: str, *, language: str = "", step: int | None = None) -> Media:
    """Store an upload with an exercise, in the place of the one it replaces.

    Args:
        exercise: the version that shows it.
        file: the upload; its name is not looked at.
        kind: one of `Media.Kind`. A film may be there once as MP4 and once as WebM.
        language: of captions.
        step: the number of the step that a picture shows.

    Raises:
        ValidationError: on ``file``, ``language`` or ``step``; nothing is stored then.
    """
    Exercise.objects.select_for_update().get(pk=exercise.pk)  # two uploads at once would both find the place empty
    own = exercise.media.exclude(file="")
    if kind in (Kind.CAPTIONS, Kind.POSTER) and not own.filter(kind=Kind.FILM).exists():
        raise ValidationError({"file": _("Upload your film first: its captions and its poster go with it.")})
    if kind == Kind.CAPTIONS and not language:
        raise ValidationError({"language": _("Choose the language of the captions.")})
    steps = Step.objects.filter(exercise=exercise, number=step or 0)
    if kind == Kind.PICTURE and not steps.exists():
        raise ValidationError({"step": _("There is no such step.")})
    try:
        extension = check(file, kind).extension
    except ValidationError as error:
        raise ValidationError({"file": error.messages}) from None
    replaced = own.filter(kind=kind, language=language, step=step)
    if kind == Kind.FILM:
        replaced = replaced.filter(file__endswith=extension)
    before = list(replaced)
    media = Media(exercise=exercise, kind=kind, language=language, step=step)
    words = steps.first() if kind == Kind.PICTURE else None
    media.title = words.title if words else exercise.words(language or None).name
    media.file.save(f"{uuid.uuid4().hex}{extension}", file, save=False)
    try:
        with transaction.atomic():
            media.save()
    except BaseException:
        media.file.storage.delete(str(media.file.name))
        raise
    for old in before:
        _forget(old)
    return media


@transaction.atomic
def take_away(media: Media) -> None:
    """Delete an upload; the last film takes its poster and captions along."""
    own = media.exercise.media.exclude(file="")
    _forget(media)
    if media.kind == Kind.FILM and not own.filter(kind=Kind.FILM).exists():
        for left in own.filter(kind__in=[Kind.CAPTIONS, Kind.POSTER]):
            _forget(left)


def fill(exercise: Exercise, files: Iterable[MediaFile]) -> bool:
    """Store the files of a clinic's folder where their places are free; what was uploaded since then stays.

    Returns:
        Whether anything was stored.
    """
    taken = {_place(media) for media in exercise.media.exclude(file="")}
    # Films first: captions are refused without one.
    new = sorted((one for one in files if one.place not in taken), key=lambda one: one.kind != Kind.FILM)
    for one in new:
        with one.path.open("rb") as content:
            place(exercise, File(content), one.kind, language=one.language, step=one.step)
    return bool(new)


def follow_shipped(exercise: Exercise, steps: int) -> bool:
    """Make the rows of shipped files those of the static folder of this exercise, which has so many steps.

    Returns:
        Whether any row was made or deleted.
    """
    name = exercise.words(None).name
    lying = {
        one.path.relative_to(STATIC).as_posix(): one for one in find_media(STATIC / "exercises" / exercise.slug, steps)
    }
    # A row of an older version too: a static file that is gone has no address any more.
    gone, _rows = Media.objects.filter(exercise__slug=exercise.slug, path__gt="").exclude(path__in=lying).delete()
    known = set(exercise.media.filter(path__gt="").values_list("path", flat=True))
    new = [
        Media(exercise=exercise, kind=one.kind, language=one.language, step=one.step, title=name, path=path)
        for path, one in lying.items()
        if path not in known
    ]
    Media.objects.bulk_create(new)
    return bool(gone or new)


def carry(old: Exercise, new: Exercise, renumbered: Mapping[int, int] | None = None) -> None:
    """The clinic's own film serves the new version too: the file is shared, the row is not.

    Args:
        renumbered: the new number of each step that is still there; None: all as they were.
    """
    taken = {_place(media) for media in new.media.exclude(file="")}
    carried = []
    for one in old.media.exclude(file=""):
        step = one.step
        if step is not None and renumbered is not None:
            if step not in renumbered:
                continue
            step = renumbered[step]
        copy = Media(exercise=new, kind=one.kind, language=one.language, step=step, title=one.title)
        copy.file.name = one.file.name
        if _place(copy) not in taken:
            carried.append(copy)
    Media.objects.bulk_create(carried)


def _place(media: Media) -> tuple[str, str, int | None, str]:
    return media.kind, media.language, media.step, media.extension if media.kind == Kind.FILM else ""


def _forget(media: Media) -> None:
    name, storage = str(media.file.name), media.file.storage
    media.delete()
    transaction.on_commit(partial(_delete_unless_shown, storage, name))


def _delete_unless_shown(storage: Storage, name: str) -> None:
    if not Media.objects.filter(file=name).exists():
        storage.delete(name)
