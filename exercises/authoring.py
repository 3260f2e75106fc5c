"""Store an exercise written in a form: the same content as a folder's files, with the same checks and rows.

No stored version is changed: a change is a new version, so that what was prescribed can be read as it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from exercises.toml_schema import one_line

from .folder import SLUG, Translation, combine_translations, parse_translation, read_folder
from .loading import SHIPPED_LIBRARY, load_folder
from .models import FALLBACK_LANGUAGE, Drawing, Exercise, Precaution, Step

Content = dict[str, Any]  # the content of the file of one language

STEP = ["title", "instruction", "cue", "fault", "correction", "phase", "shows", "fault_shows"]
VARIATION = ["code", "name", "how", "shows"]
PRECAUTION = ["code", "group", "question", "reported", "sign"]
EQUIPMENT = ["name", "detail"]


def read_content(exercise: Exercise, language: str) -> Content:
    """Return the content as a file in exactly this language. Raises ExerciseText.DoesNotExist."""
    text = exercise.texts.get(language=language)
    in_language = {"language": language}
    return {
        "version": exercise.version,
        "featured": exercise.featured,
        "rest_seconds": exercise.rest_seconds,
        "name": text.name,
        "summary": text.summary,
        "purpose": text.purpose,
        "gauge": text.gauge,
        "equipment": [_to_table(row, EQUIPMENT) for row in exercise.equipment.filter(**in_language)],
        "steps": [{"number": row.number, **_to_table(row, STEP)} for row in exercise.steps.filter(**in_language)],
        "variations": [_to_table(row, VARIATION) for row in exercise.variations.filter(**in_language)],
        "precautions": [_to_table(row, PRECAUTION) for row in exercise.precautions.filter(**in_language)],
    }


def default_content(language: str) -> Content:
    """Return the content with which a new exercise begins: the gauge and the stop questions of the shipped one.

    In English where the shipped library does not have the language.
    """
    shipped = {each.text.language: each for each in read_folder(SHIPPED_LIBRARY / "forward-bend").translations}
    translation = shipped.get(language) or shipped[FALLBACK_LANGUAGE]
    stop = [row for row in translation.precautions if row.group == Precaution.Group.STOP]
    return {"gauge": translation.text.gauge, "precautions": [_to_table(row, PRECAUTION) for row in stop]}


def _to_table(row: models.Model, keys: Sequence[str]) -> Content:
    """Return the row as a table of the file, without empty texts."""
    return {key: value for key in keys if (value := getattr(row, key)) != ""}


@transaction.atomic
def save_exercise(
    slug: str,
    language: str,
    content: Content,
    *,
    base_version: int | None = None,
    published: bool,
    renumbered: Mapping[int, int] | None = None,
    drop_other_languages: bool = False,
) -> Exercise:
    """Store a new exercise, or a new version of one.

    Args:
        slug: its short name; "" derives one from the name.
        language: the language of ``content``; the others are kept.
        content: as in its file, without version and featured. Missing codes are derived from the texts.
        base_version: the version that was edited; None: the exercise is new.
        published: False keeps a draft, and the published version stays published.
        renumbered: the new number of each step that remains, so that its pictures follow.
        drop_other_languages: omit the other languages from the new version.

    Returns:
        The new version; the existing one when the content is the same.

    Raises:
        ValidationError: by field; ``slug`` is taken, or the exercise was changed in the meantime.
        ExerciseFileError: the content is not valid, with its key; nothing is stored then.
    """
    slug = slug or _to_slug(str(content.get("name", "")))[:60].strip("-")
    newest = _newest(slug)
    _check_newest(newest, slug, base_version)
    content = _add_codes(content)
    contents = {language: content}
    if newest and not drop_other_languages:
        contents |= _other_languages(newest, language, content, renumbered)
    if newest and _unchanged(newest, contents):
        return _set_published(newest) if published else newest
    for each in contents.values():
        each["version"] = newest.version + 1 if newest else 1
        each["featured"] = newest.featured if newest else False
    translations = [parse_translation(Path(f"exercise.{name}.toml"), name, each) for name, each in contents.items()]
    drawings = _keep_drawings(newest, translations[0], renumbered)
    folder = combine_translations(Path(slug), slug, translations, drawings)
    load_folder(folder, published=published, renumbered=renumbered)
    return Exercise.objects.get(slug=slug, version=folder.version)


@transaction.atomic
def publish_exercise(slug: str) -> Exercise:
    """Publish the newest version. Raises Exercise.DoesNotExist."""
    return _set_published(Exercise.objects.filter(slug=slug).latest("version"))


@transaction.atomic
def withdraw_exercise(slug: str) -> Exercise:
    """Withdraw all versions; prescriptions go on. Raises Exercise.DoesNotExist."""
    Exercise.objects.filter(slug=slug).update(published_at=None)
    return Exercise.objects.filter(slug=slug).latest("version")


def _set_published(exercise: Exercise) -> Exercise:
    Exercise.objects.filter(pk=exercise.pk, published_at=None).update(published_at=timezone.now())
    exercise.refresh_from_db(fields=["published_at"])
    return exercise


def _newest(slug: str) -> Exercise | None:
    return Exercise.objects.select_for_update().filter(slug=slug).order_by("-version").first()


def _check_newest(newest: Exercise | None, slug: str, base_version: int | None) -> None:
    if newest is None:
        if not SLUG.fullmatch(slug):
            raise ValidationError({"slug": _("Write a short name in small letters, such as bridge.")})
        return
    if base_version is None:
        raise ValidationError({"slug": _("“%(slug)s” is taken. Choose another short name.") % {"slug": slug}})
    if newest.origin == Exercise.Origin.LIBRARY:
        raise ValidationError(_("This exercise comes with Plumbline and is renewed with it. Add one of your own."))
    if newest.version != base_version:
        raise ValidationError(
            _("Somebody has changed this exercise in the meantime. Copy what you wrote, open it anew and put it in.")
        )


def _other_languages(
    newest: Exercise, language: str, content: Content, renumbered: Mapping[int, int] | None
) -> dict[str, Content]:
    """Return the other languages with the changes that are not text. Raises ValidationError where a text is missing."""
    others, missing = {}, []
    for text in newest.texts.exclude(language=language):
        other = read_content(newest, text.language)
        other["rest_seconds"] = content.get("rest_seconds", other["rest_seconds"])
        try:
            other["steps"] = _match_steps(other["steps"], content.get("steps", []), renumbered)
            for key in ("variations", "precautions"):
                other[key] = _match_rows(other[key], content.get(key, []))
        except KeyError:
            missing.append(text.language)
        others[text.language] = {key: value for key, value in other.items() if value != []}
    if missing:
        raise ValidationError(
            {
                "drop_other_languages": _(
                    "What you added has no words yet in: %(languages)s. Leave the other languages out for now."
                )
                % {"languages": ", ".join(missing)}
            }
        )
    return others


def _match_steps(other: list[Content], edited: list[Content], renumbered: Mapping[int, int] | None) -> list[Content]:
    """Return the steps of another language under the edited numbers. Raises KeyError for a new step."""
    numbers = renumbered if renumbered is not None else {step["number"]: step["number"] for step in other}
    by_number = {numbers[step["number"]]: step for step in other if step["number"] in numbers}
    return [{**by_number[step["number"]], "number": step["number"], "phase": _phase(step)} for step in edited]


def _phase(step: Content) -> str:
    return str(step.get("phase", Step.Phase.READY))


def _match_rows(other: list[Content], edited: list[Content]) -> list[Content]:
    """Return the variations or precautions of another language that remain. Raises KeyError for a new one."""
    by_code = {row["code"]: row for row in other}
    rows = []
    for row in edited:
        same = by_code[row["code"]] | {key: row[key] for key in ("group", "reported") if key in row}
        if same.get("reported") is False:
            same.pop("sign", None)
        elif same.get("reported") and "sign" not in same:
            raise KeyError(row["code"])
        rows.append(same)
    return rows


def _add_codes(content: Content) -> Content:
    """Add the code, by which prescriptions refer to it, to each variation and precaution without one."""
    content = one_line(content)  # a copy, too
    for key, source, prefix in (("variations", "name", "way"), ("precautions", "question", "sign")):
        rows = content.get(key) or []
        used = {row["code"] for row in rows if row.get("code")}
        for row in rows:
            if not row.get("code"):
                row["code"] = _unique_code(str(row.get(source, "")), prefix, used)
                used.add(row["code"])
    return {key: value for key, value in content.items() if value not in ([], None)}


def _unique_code(text: str, prefix: str, used: set[str]) -> str:
    base = _to_slug(text).replace("-", "_")[:34].strip("_")
    if not base[:1].isalpha():
        base = f"{prefix}_{base}".strip("_")
    number, code = 1, base
    while code in used:
        number += 1
        code = f"{base}_{number}"
    return code


def _to_slug(text: str) -> str:
    """Small letters and digits without accents, separated by single hyphens; slugify leaves underscores."""
    return re.sub(r"[^a-z0-9]+", "-", slugify(text)).strip("-")


def _unchanged(newest: Exercise, contents: Mapping[str, Content]) -> bool:
    """Whether the content equals the stored one, in the same languages."""
    stored = {text.language: read_content(newest, text.language) for text in newest.texts.all()}
    return stored.keys() == contents.keys() and all(
        _comparable(stored[name]) == _comparable(contents[name]) for name in stored
    )


def _comparable(content: Content) -> Content:
    return {key: value for key, value in content.items() if key not in ("version", "featured") and value != []}


def _keep_drawings(
    newest: Exercise | None, translation: Translation, renumbered: Mapping[int, int] | None
) -> list[Drawing]:
    """Return the drawings of the version before, under the new numbers of their steps."""
    drawings = []
    for drawing in newest.drawings.all() if newest else []:
        kind, _hyphen, name = drawing.key.partition("-")
        if kind != "way" and renumbered is not None:
            name = str(renumbered.get(int(name), ""))
        if kind == "way":
            names = [variation.code for variation in translation.variations]
        else:
            names = [str(step.number) for step in translation.steps]
        if name in names:
            drawings.append(Drawing(key=f"{kind}-{name}", angles=drawing.angles))
    return drawings
