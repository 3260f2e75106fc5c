"""Builders: a small exercise's content, its folder on disk, and rows without a folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import timezone

from exercises.models import Exercise


def content(**changes: Any) -> dict[str, Any]:
    """What an exercise file says, with keys changed; a key changed to None is left out."""
    whole = {
        "version": 1,
        "featured": False,
        "name": "Bridge",
        "summary": "Makes your bottom strong.",
        "purpose": "You lie down and lift your hips.",
        "gauge": "Pain up: stop. Pain down: go on.",
        "equipment": [{"name": "A mat", "detail": "Any mat will do."}],
        "steps": [step(1), step(2)],
        "variations": [{"code": "pillow", "name": "With a pillow", "how": "Put a pillow under your head."}],
        "precautions": [precaution("fever"), precaution("pregnancy", group="care", reported=False)],
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def step(number: int, **changes: Any) -> dict[str, Any]:
    whole = {
        "number": number,
        "title": f"Part {number}",
        "instruction": "Lift your hips.",
        "cue": "Knees over feet.",
        "fault": "Your knees fall in.",
        "correction": "Press the knees apart.",
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def precaution(code: str, **changes: Any) -> dict[str, Any]:
    whole = {
        "code": code,
        "group": "stop",
        "question": f"Is there {code}?",
        "reported": True,
    }
    whole.update(changes)
    if whole["reported"] is True:
        whole.setdefault("sign", f"Is there {code} now?")
    return {key: value for key, value in whole.items() if value is not None}


def spanish(**changes: Any) -> dict[str, Any]:
    return content(**{"name": "Puente", "summary": "Fortalece los glúteos.", **changes})


def write(folder: Path, language: str = "en", values: Mapping[str, Any] | None = None) -> Path:
    """Write one language's file into an exercise's folder and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    text = as_toml(content() if values is None else values)
    (folder / f"exercise.{language}.toml").write_text(text, encoding="utf-8")
    return folder


def as_toml(values: Mapping[str, Any]) -> str:
    lines, tables = [], []
    for key, value in values.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            tables += [f"[[{key}]]\n{as_toml(row)}" for row in value]
        else:
            # A JSON string, number, bool or list of them is also TOML.
            lines.append(f"{key} = {json.dumps(value, ensure_ascii=False)}")
    return "\n".join([*lines, *tables]) + "\n"


def exercise(slug: str = "bridge", version: int = 1, *, published: bool = True, **fields: Any) -> Exercise:
    """An exercise row without words."""
    published_at = timezone.now() if published else None
    return Exercise.objects.create(slug=slug, version=version, published_at=published_at, **fields)


def speak(one: Exercise, language: str, name: str) -> None:
    """Give an exercise its words in a language, each row marked with that language."""
    one.texts.create(language=language, name=name, summary=name, purpose=name, gauge=name)
    one.equipment.create(language=language, number=1, name=name, detail=name)
    one.variations.create(language=language, number=1, code="pillow", name=name, how=name)
    one.precautions.create(language=language, number=1, code="fever", group="stop", question=name)
    for number in (2, 1):
        one.steps.create(
            language=language,
            number=number,
            title=name,
            instruction=name,
            cue=name,
            fault=name,
            correction=name,
        )
