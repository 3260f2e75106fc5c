"""Read and check an exercise from a folder of TOML files, one a language.

forward-bend/            the folder's name is the slug
    exercise.en.toml     the words in English
    exercise.es.toml     the same in Spanish
    poses.toml           the body in each picture, as angles of its joints; optional
    film.mp4, step-1.png and so on: see folder_media.py; optional
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercises.toml_schema import ExerciseFileError, Table, read_toml

from .folder_media import MediaFile, find_media
from .models import FALLBACK_LANGUAGE, Drawing, Equipment, Exercise, ExerciseText, Precaution, Step, Variation
from .poses import read_drawings

FILE_PATTERN = "exercise*.toml"
FILE_NAME = re.compile(r"exercise\.(?P<language>[a-z]{2,3}(-[a-z0-9]{2,8})?)\.toml")
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Translation:
    """The content in one language: rows that are not yet saved and have no exercise yet."""

    path: Path
    content: dict[str, Any]
    version: int
    featured: bool
    rest_seconds: int
    text: ExerciseText
    equipment: list[Equipment]
    steps: list[Step]
    variations: list[Variation]
    precautions: list[Precaution]


@dataclass(frozen=True)
class ExerciseContent:
    """The content of one exercise in all its languages, which agree with each other."""

    path: Path
    slug: str
    version: int
    featured: bool
    rest_seconds: int
    translations: list[Translation]
    drawings: list[Drawing]
    media: list[MediaFile]
    digest: str


def find_folders(path: Path) -> list[Path]:
    """Find the exercise folders at a path.

    Args:
        path: an exercise's folder, or a library: a folder of such folders.

    Returns:
        The folders by name. In a library every folder counts, so that a misnamed file is noticed;
        those whose name begins with a dot or an underscore do not.

    Raises:
        ExerciseFileError: there is no folder, or it holds no exercise.
    """
    if not path.is_dir():
        raise ExerciseFileError(path, "folder", "be there")
    if any(path.glob(FILE_PATTERN)):
        return [path]
    folders = sorted(inner for inner in path.iterdir() if inner.is_dir() and inner.name[0] not in "._")
    if not folders:
        raise ExerciseFileError(path, "folder", "hold exercise.en.toml or the like, or folders that do")
    return folders


def read_folder(path: Path) -> ExerciseContent:
    """Read and check one exercise.

    Args:
        path: the exercise's folder.

    Returns:
        The exercise. Its digest is taken of the content, not of the bytes: a comment or a line break moved
        is no change, a word is.

    Raises:
        ExerciseFileError: the first error.
    """
    slug = path.resolve().name
    limit = Exercise._meta.get_field("slug").max_length or 0
    if not SLUG.fullmatch(slug) or len(slug) > limit:
        raise ExerciseFileError(path, "folder", f"be named in small letters, digits and hyphens, {limit} at most")
    files = sorted(path.glob(FILE_PATTERN))
    if not files:
        raise ExerciseFileError(path, "folder", "hold exercise.en.toml or the like")
    translations = _fallback_first([_read_translation(file) for file in files])
    first = translations[0]
    drawings = read_drawings(path, first.steps, first.variations)
    return combine_translations(path, slug, translations, drawings, find_media(path, len(first.steps)))


def combine_translations(
    path: Path, slug: str, translations: Sequence[Translation], drawings: list[Drawing], media: Sequence[MediaFile] = ()
) -> ExerciseContent:
    """Combine the translations of one exercise, whatever their source.

    Args:
        path: their source, named in errors.
        slug: the exercise's short name.
        translations: at least one.
        drawings: rows that are not yet saved.
        media: its films and pictures.

    Raises:
        ExerciseFileError: the languages do not agree.
    """
    translations = _fallback_first(translations)
    first = translations[0]
    for other in translations[1:]:
        _check_agreement(first, other)
    content: dict[str, Any] = {each.text.language: each.content for each in translations}
    if drawings:
        content["poses"] = {drawing.key: drawing.angles for drawing in drawings}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    return ExerciseContent(
        path=path,
        slug=slug,
        version=first.version,
        featured=first.featured,
        rest_seconds=first.rest_seconds,
        translations=translations,
        drawings=drawings,
        media=list(media),
        digest=digest,
    )


def _fallback_first(translations: Sequence[Translation]) -> list[Translation]:
    """Sort English first where there is one: the others are compared with the first."""
    return sorted(translations, key=lambda each: (each.text.language != FALLBACK_LANGUAGE, each.text.language))


def _read_translation(path: Path) -> Translation:
    match = FILE_NAME.fullmatch(path.name)
    if match is None:
        raise ExerciseFileError(path, "file", "be named exercise.<language>.toml, such as exercise.en.toml")
    return parse_translation(path, match["language"], read_toml(path))


def parse_translation(path: Path, language: str, content: dict[str, Any]) -> Translation:
    """Check the content in one language; ``content`` is the table of its file. Raises ExerciseFileError."""
    top = Table(path, content, ExerciseText)
    translation = Translation(
        path=path,
        content=content,
        version=top.number("version"),
        featured=top.flag("featured"),
        rest_seconds=top.number("rest_seconds", least=5, most=600, default=30),
        text=ExerciseText(
            language=language,
            name=top.text("name"),
            summary=top.text("summary"),
            purpose=top.text("purpose"),
            gauge=top.text("gauge"),
        ),
        equipment=_equipment(top, language),
        steps=_steps(top, language),
        variations=_variations(top, language),
        precautions=_precautions(top, language),
    )
    top.finish()
    return translation


def _equipment(top: Table, language: str) -> list[Equipment]:
    return [
        Equipment(language=language, number=number, name=row.text("name"), detail=row.text("detail"))
        for number, row in enumerate(top.rows("equipment", Equipment, required=False), start=1)
    ]


def _steps(top: Table, language: str) -> list[Step]:
    steps = []
    for expected, row in enumerate(top.rows("steps", Step), start=1):
        number = row.number("number")
        if number != expected:
            raise row.error("number", f"be {expected}, not {number}: steps are numbered from 1 without a hole")
        step = Step(language=language, number=number, title=row.text("title"))
        step.instruction = row.text("instruction")
        step.cue = row.text("cue")
        step.fault = row.text("fault")
        step.correction = row.text("correction")
        step.phase = row.choice("phase", Step.Phase.values, default=Step.Phase.READY)
        step.shows, step.fault_shows = row.text("shows", required=False), row.text("fault_shows", required=False)
        steps.append(step)
    return steps


def _variations(top: Table, language: str) -> list[Variation]:
    variations: list[Variation] = []
    for number, row in enumerate(top.rows("variations", Variation, required=False), start=1):
        code = row.code(used=[earlier.code for earlier in variations])
        variation = Variation(language=language, number=number, code=code, name=row.text("name"))
        variation.how, variation.shows = row.text("how"), row.text("shows", required=False)
        variations.append(variation)
    return variations


def _precautions(top: Table, language: str) -> list[Precaution]:
    precautions: list[Precaution] = []
    for number, row in enumerate(top.rows("precautions", Precaution), start=1):
        code = row.code(used=[earlier.code for earlier in precautions])
        precaution = Precaution(language=language, number=number, code=code)
        precaution.group = row.choice("group", Precaution.Group.values)
        precaution.question = row.text("question")
        precaution.reported = row.flag("reported")
        # Where no report asks it, nobody would read the text.
        precaution.sign = row.text("sign") if precaution.reported else ""
        precautions.append(precaution)
    return precautions


def _check_agreement(first: Translation, other: Translation) -> None:
    """Raise where a translation differs in anything but its texts."""
    path, model = other.path, first.path.name
    if other.version != first.version:
        raise ExerciseFileError(path, "version", f"be {first.version}, as in {model}")
    if other.featured != first.featured:
        raise ExerciseFileError(path, "featured", f"be {str(first.featured).lower()}, as in {model}")
    if other.rest_seconds != first.rest_seconds:
        raise ExerciseFileError(path, "rest_seconds", f"be {first.rest_seconds}, as in {model}")
    if len(other.steps) != len(first.steps):
        raise ExerciseFileError(path, "steps", f"be {len(first.steps)}, as in {model}, not {len(other.steps)}")
    for number, (step, same) in enumerate(zip(first.steps, other.steps, strict=True), start=1):
        if same.phase != step.phase:
            raise ExerciseFileError(path, f"steps[{number}].phase", f'be "{step.phase}", as in {model}')
    _check_codes(path, "variations", model, first.variations, other.variations)
    _check_codes(path, "precautions", model, first.precautions, other.precautions)
    for number, (one, two) in enumerate(zip(first.precautions, other.precautions, strict=True), start=1):
        if two.group != one.group:
            raise ExerciseFileError(path, f"precautions[{number}].group", f'be "{one.group}", as in {model}')
        if two.reported != one.reported:
            value = str(one.reported).lower()
            raise ExerciseFileError(path, f"precautions[{number}].reported", f"be {value}, as in {model}")


def _check_codes(
    path: Path, key: str, model: str, first: Sequence[Precaution | Variation], other: Sequence[Precaution | Variation]
) -> None:
    codes, other_codes = [row.code for row in first], [row.code for row in other]
    for code in codes:
        if code not in other_codes:
            raise ExerciseFileError(path, key, f'hold the code "{code}", as in {model}')
    for code in other_codes:
        if code not in codes:
            raise ExerciseFileError(path, key, f'not hold the code "{code}", which is not in {model}')
    if codes != other_codes:
        raise ExerciseFileError(path, key, f"be in the order of {model}: {', '.join(codes)}")
