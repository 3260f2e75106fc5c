"""What a practitioner types into the form of an exercise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

ROWS = ("equipment", "steps", "variations", "precautions")


def step(title: str = "Lie down", **changes: Any) -> dict[str, Any]:
    return {
        "title": title,
        "instruction": "Lie on your back and bend your knees.",
        "cue": "Your feet are flat.",
        "fault": "Your knees fall in.",
        "correction": "Press the knees apart.",
        "phase": "ready",
        **changes,
    }


def question(words: str = "Do you have a fever?", **changes: Any) -> dict[str, Any]:
    return {"group": "stop", "question": words, "reported": "on", "sign": "Is there a fever now?", **changes}


def bridge(**changes: Any) -> dict[str, Any]:
    """The whole form; ``steps=[…]`` and the like take the place of rows, two empty rows follow each lot."""
    rows: dict[str, Sequence[dict[str, Any]]] = {
        "equipment": [{"name": "A mat", "detail": "Any mat will do."}],
        "steps": [step(), step("Lift your hips", instruction="Push your hips up and hold.")],
        "variations": [{"name": "With a pillow", "how": "Put a pillow under your head."}],
        "precautions": [question()],
    }
    top = {
        "name": "Bridge",
        "slug": "",
        "summary": "Makes your bottom strong.",
        "purpose": "You lie down and lift your hips.",
        "gauge": "Pain up: stop. Pain down: go on.",
        "rest_seconds": "30",
        "base_version": "",
        "act": "publish",
    }
    for key, value in changes.items():
        (rows if key in ROWS else top)[key] = value
    typed: dict[str, Any] = dict(top)
    for key, lot in rows.items():
        typed |= {f"{key}-TOTAL_FORMS": str(len(lot) + 2), f"{key}-INITIAL_FORMS": "0"}
        for number, row in enumerate([*lot, {}, {}]):
            if key == "steps" and not row:
                row = {"phase": "ready"}
            if key == "precautions" and not row:
                row = {"group": "stop"}
            typed |= {f"{key}-{number}-{field}": value for field, value in row.items()}
    return typed
