"""An exercise written in a form: the same content as the files of a folder, by the same checks into the same rows.

Nothing stored is altered: a change is a new version, so that what was prescribed can be read as it was.
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

Content = dict[str, Any]  # what one language's file says

STEP = ["title", "instruction", "cue", "fault", "correction", "phase", "shows", "fault_shows"]
VARIATION = ["code", "name", "how", "shows"]
PRECAUTION = ["code", "group", "question", "reported", "sign"]
EQUIPMENT = ["name", "detail"]


def read_content(exercise: Exercise, language: str) -> Content:
    """What a file of this very language would say. Raises ExerciseText.DoesNotExist."""
    text = exercise.texts.get(language=language)
    spoken = {"language": language}
    return {
        "version": exercise.version,
        "featured": exercise.featured,
        "rest_seconds": exercise.rest_seconds,
        "name": text.name,
        "summary": text.summary,
        "purpose": text.purpose,
        "gauge": text.gauge,
        "equipment": [_to_table(row, EQUIPMENT) for row in exercise.equipment.filter(**spoken)],
        "steps": [{"number": row.number, **_to_table(row, STEP)} for row in exercise.steps.filter(**spoken)],
        "variations": [_to_table(row, VARIATION) for row in exercise.variations.filter(**spoken)],
        "precautions": [_to_table(row, PRECAUTION) for row in exercise.precautions.filter(**spoken)],
    }


def default_content(language: str) -> Content:
    """What most exercises have in common, to begin with: the gauge, and the questions after which one must not start.

    In English where the shipped library does not speak the language.
    """
    shipped = {words.text.language: words for words in read_folder(SHIPPED_LIBRARY / "forward-bend").translations}
    words = shipped.get(language) or shipped[FALLBACK_LANGUAGE]
    stop = [row for row in words.precautions if row.group == Precaution.Group.STOP]
    return {"gauge": words.text.gauge, "precautions": [_to_table(row, PRECAUTION) for row in stop]}


def _to_table(row: models.Model, keys: Sequence[str]) -> Content:
    """The row as a table of the file, where an empty text is left out."""
    return {key: value for key in keys if (value := getattr(row, key)) != ""}


@transaction.atomic
def save_exercise(
    slug: str,
    language: str,
    content: Content,
    *,
    after: int | None = None,
    published: bool,
    renumbered: Mapping[int, int] | None = None,
    alone: bool = False,
) -> Exercise:
    """Store a new exercise, or a new version of one.

    Args:
        slug: its short name; "" makes one of the name.
        language: the language of ``content``; the others stay as they were.
        content: what its file would say, without version and featured. Codes left out are made of the words.
        after: the version that was changed; None: the exercise is new.
        published: whether it is shown; False keeps a draft, and what was shown before stays shown.
        renumbered: the new number of each step that is still there, so that its pictures follow.
        alone: leave the other languages out.

    Returns:
        The new version; the one there was when nothing has changed but perhaps whether it is shown.

    Raises:
        ValidationError: by field; ``slug`` is taken, or somebody else changed the exercise in the meantime.
        ExerciseFileError: the content is not that of an exercise, with its key; nothing is stored then.
    """
    slug = slug or _to_slug(str(content.get("name", "")))[:60].strip("-")
    newest = _newest(slug)
    _check_newest(newest, slug, after)
    content = _add_codes(content)
    contents = {language: content}
    if newest and not alone:
        contents |= _other_languages(newest, language, content, renumbered)
    if newest and _unchanged(newest, contents):
        return _set_published(newest) if published else newest
    for each in contents.values():
        each["version"] = newest.version + 1 if newest else 1
        each["featured"] = newest.featured if newest else False
    words = [parse_translation(Path(f"exercise.{name}.toml"), name, each) for name, each in contents.items()]
    folder = combine_translations(Path(slug), slug, words, _keep_drawings(newest, words[0], renumbered))
    load_folder(folder, published=published, renumbered=renumbered)
    return Exercise.objects.get(slug=slug, version=folder.version)


@transaction.atomic
def publish_exercise(slug: str) -> Exercise:
    """Show the newest version. Raises Exercise.DoesNotExist."""
    return _set_published(Exercise.objects.filter(slug=slug).latest("version"))


@transaction.atomic
def withdraw_exercise(slug: str) -> Exercise:
    """Show no version any more; what was prescribed goes on. Raises Exercise.DoesNotExist."""
    Exercise.objects.filter(slug=slug).update(published_at=None)
    return Exercise.objects.filter(slug=slug).latest("version")


def _set_published(exercise: Exercise) -> Exercise:
    Exercise.objects.filter(pk=exercise.pk, published_at=None).update(published_at=timezone.now())
    exercise.refresh_from_db(fields=["published_at"])
    return exercise


def _newest(slug: str) -> Exercise | None:
    return Exercise.objects.select_for_update().filter(slug=slug).order_by("-version").first()


def _check_newest(newest: Exercise | None, slug: str, after: int | None) -> None:
    if newest is None:
        if not SLUG.fullmatch(slug):
            raise ValidationError({"slug": _("Write a short name in small letters, such as bridge.")})
        return
    if after is None:
        raise ValidationError({"slug": _("“%(slug)s” is taken. Choose another short name.") % {"slug": slug}})
    if newest.origin == Exercise.Origin.LIBRARY:
        raise ValidationError(_("This exercise comes with Plumbline and is renewed with it. Add one of your own."))
    if newest.version != after:
        raise ValidationError(
            _("Somebody has changed this exercise in the meantime. Copy what you wrote, open it anew and put it in.")
        )


def _other_languages(
    newest: Exercise, language: str, content: Content, renumbered: Mapping[int, int] | None
) -> dict[str, Content]:
    """The other languages, which take over what is no word. Raises ValidationError where they lack a word."""
    others, lacking = {}, []
    for text in newest.texts.exclude(language=language):
        theirs = read_content(newest, text.language)
        theirs["rest_seconds"] = content.get("rest_seconds", theirs["rest_seconds"])
        try:
            theirs["steps"] = _match_steps(theirs["steps"], content.get("steps", []), renumbered)
            for key in ("variations", "precautions"):
                theirs[key] = _match_rows(theirs[key], content.get(key, []))
        except KeyError:
            lacking.append(text.language)
        others[text.language] = {key: value for key, value in theirs.items() if value != []}
    if lacking:
        raise ValidationError(
            {
                "alone": _("What you added has no words yet in: %(languages)s. Leave the other languages out for now.")
                % {"languages": ", ".join(lacking)}
            }
        )
    return others


def _match_steps(theirs: list[Content], mine: list[Content], renumbered: Mapping[int, int] | None) -> list[Content]:
    """Their steps under the numbers that mine have now. Raises KeyError when one of mine is new."""
    moved = renumbered if renumbered is not None else {step["number"]: step["number"] for step in theirs}
    by_number = {moved[step["number"]]: step for step in theirs if step["number"] in moved}
    return [{**by_number[step["number"]], "number": step["number"], "phase": _phase(step)} for step in mine]


def _phase(step: Content) -> str:
    return str(step.get("phase", Step.Phase.READY))


def _match_rows(theirs: list[Content], mine: list[Content]) -> list[Content]:
    """Their easier ways or precautions, those that mine still have. Raises KeyError when one of mine is new to them."""
    by_code = {row["code"]: row for row in theirs}
    kept = []
    for row in mine:
        same = by_code[row["code"]] | {key: row[key] for key in ("group", "reported") if key in row}
        if same.get("reported") is False:
            same.pop("sign", None)
        elif same.get("reported") and "sign" not in same:
            raise KeyError(row["code"])
        kept.append(same)
    return kept


def _add_codes(content: Content) -> Content:
    """Give each easier way and each precaution that has none the code by which a prescription will know it."""
    content = one_line(content)  # a copy, too
    for key, named_after, otherwise in (("variations", "name", "way"), ("precautions", "question", "sign")):
        rows = content.get(key) or []
        used = {row["code"] for row in rows if row.get("code")}
        for row in rows:
            if not row.get("code"):
                row["code"] = _unique_code(str(row.get(named_after, "")), otherwise, used)
                used.add(row["code"])
    return {key: value for key, value in content.items() if value not in ([], None)}


def _unique_code(words: str, otherwise: str, used: set[str]) -> str:
    made = _to_slug(words).replace("-", "_")[:34].strip("_")
    if not made[:1].isalpha():
        made = f"{otherwise}_{made}".strip("_")
    number, code = 1, made
    while code in used:
        number += 1
        code = f"{made}_{number}"
    return code


def _to_slug(words: str) -> str:
    """Small letters and digits without accents, parted by single hyphens; slugify leaves underscores."""
    return re.sub(r"[^a-z0-9]+", "-", slugify(words)).strip("-")


def _unchanged(newest: Exercise, contents: Mapping[str, Content]) -> bool:
    """Whether these are the very words that are stored, in the very languages."""
    stored = {text.language: read_content(newest, text.language) for text in newest.texts.all()}
    return stored.keys() == contents.keys() and all(
        _comparable(stored[name]) == _comparable(contents[name]) for name in stored
    )


def _comparable(content: Content) -> Content:
    return {key: value for key, value in content.items() if key not in ("version", "featured") and value != []}


def _keep_drawings(newest: Exercise | None, words: Translation, renumbered: Mapping[int, int] | None) -> list[Drawing]:
    """The poses of the version before, under the new numbers of their steps."""
    kept = []
    for drawing in newest.drawings.all() if newest else []:
        kind, _hyphen, name = drawing.key.partition("-")
        if kind != "way" and renumbered is not None:
            name = str(renumbered.get(int(name), ""))
        known = [way.code for way in words.variations] if kind == "way" else [str(step.number) for step in words.steps]
        if name in known:
            kept.append(Drawing(key=f"{kind}-{name}", angles=drawing.angles))
    return kept
