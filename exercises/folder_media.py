"""The films and pictures in an exercise's folder, identified by name and checked by content.

film.mp4  film.webm       the demonstration, in one or both formats
poster.png                shown before the film plays; also .jpg and .webp
film.en.vtt               its captions, one file a language
step-1.png                the picture of a step that has no drawing; also .jpg and .webp
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.exceptions import ValidationError

from exercises.toml_schema import ExerciseFileError

from .media_files import check_media
from .models import Media

FILE_NAMES = "film.mp4, film.webm, poster.png, film.<language>.vtt and step-<number>.png (or .jpg, .webp)"
EXTENSIONS = {".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".vtt", ".srt", ".png", ".jpg", ".jpeg", ".webp", ".gif"}
FILM = re.compile(r"film\.(mp4|webm)")
POSTER = re.compile(r"poster\.(png|jpe?g|webp)")
CAPTIONS = re.compile(r"film\.(?P<language>[a-z]{2,3}(-[a-z0-9]{2,8})?)\.vtt")
PICTURE = re.compile(r"step-(?P<step>[1-9]\d{0,2})\.(png|jpe?g|webp)")


@dataclass(frozen=True)
class MediaFile:
    """One checked file."""

    path: Path
    kind: str
    extension: str
    language: str = ""
    step: int | None = None

    @property
    def slot(self) -> tuple[str, str, int | None, str]:
        """What identifies it in an exercise: a film may come in two formats, everything else once."""
        return self.kind, self.language, self.step, self.extension if self.kind == Media.Kind.FILM else ""


def find_media(folder: Path, steps: int) -> list[MediaFile]:
    """Read and check the films and pictures of one exercise.

    Args:
        folder: their folder; one that does not exist has none.
        steps: the number of steps of the exercise.

    Raises:
        ExerciseFileError: the first file with an error.
    """
    by_slot: dict[object, MediaFile] = {}
    for path in _candidates(folder):
        file = _read(path, steps)
        if other := by_slot.get(file.slot):
            raise ExerciseFileError(path, "file", f"be left out: {other.path.name} takes its place already")
        by_slot[file.slot] = file
    files = list(by_slot.values())
    extras = [file for file in files if file.kind in (Media.Kind.CAPTIONS, Media.Kind.POSTER)]
    if extras and not any(file.kind == Media.Kind.FILM for file in files):
        raise ExerciseFileError(extras[0].path, "file", "come with a film: put film.mp4 or film.webm beside it")
    return files


def _candidates(folder: Path) -> Iterator[Path]:
    """Every file with the extension of a medium, so that a misnamed one is noticed."""
    if folder.is_dir():
        yield from (
            path for path in sorted(folder.iterdir()) if path.suffix.lower() in EXTENSIONS and path.name[0] != "."
        )


def _read(path: Path, steps: int) -> MediaFile:
    kind, language, step = Media.Kind.FILM, "", None
    if match := CAPTIONS.fullmatch(path.name):
        kind, language = Media.Kind.CAPTIONS, match["language"]
    elif match := PICTURE.fullmatch(path.name):
        kind, step = Media.Kind.PICTURE, int(match["step"])
        if step > steps:
            raise ExerciseFileError(path, "file", f"be of a step: there are {steps}")
    elif POSTER.fullmatch(path.name):
        kind = Media.Kind.POSTER
    elif not FILM.fullmatch(path.name):
        raise ExerciseFileError(path, "file", f"be named as one of {FILE_NAMES}")
    try:
        with path.open("rb") as file:
            checked = check_media(file, kind)
    except ValidationError as error:
        raise ExerciseFileError(path, "file", f"be stored anew: {' '.join(error.messages)}") from None
    except OSError as error:
        raise ExerciseFileError(path, "file", f"be readable: {error.strerror}") from None
    return MediaFile(path, kind, checked.extension, language, step)
