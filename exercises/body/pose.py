"""A pose: the angles of the joints and what the picture points at; read from plain values, checked, given back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


class PoseError(ValueError):
    """What is wrong with a pose: the key, and what it must do."""

    def __init__(self, key: str, must: str) -> None:
        super().__init__(f"{key}: must {must}")
        self.key, self.must = key, must


VIEWS = ("side", "front")
MUSCLES = ("quadriceps", "left_quadriceps", "right_quadriceps", "hamstrings", "low_back")
SIGNS = ("plumb", "weight", "knock")
ARROWS = ("fold", "rise", "hang", "chest", "knees", "press", "slide")
FRONT_ARROWS = ("knees", "press")  # those that a picture from the front knows
PARTS = ("feet", "mat", "knees", "thighs", "weight", "back")
INSETS = ("feet", "foot", "knee", "thigh")
PROPS = ("chair", "wall")


def _number(least: float, most: float, usual: float | None = 0.0) -> Any:
    return field(default=usual, metadata={"least": least, "most": most})


def _word(*allowed: str, usual: str) -> Any:
    return field(default=usual, metadata={"allowed": allowed})


def _words(*allowed: str) -> Any:
    return field(default=(), metadata={"allowed": allowed, "many": True})


@dataclass(frozen=True)
class Pose:
    """A body seen from the side, looking to the right, or from the front. Angles in degrees.

    Every angle is 0 for a person who stands tall with the arms hanging.
    """

    view: str = _word(*VIEWS, usual="side")
    fold: float = _number(-30, 150)  # the pelvis tips forward over the legs
    low_back: float = _number(-50, 90)  # above 0 it rounds, below 0 it arches
    upper_back: float = _number(-50, 90)  # likewise
    neck: float = _number(-70, 90)  # above 0 the chin comes to the chest
    knee: float = _number(0, 120)  # bends
    heel: float = _number(0, 45)  # lifts from the floor
    lean: float | None = _number(-30, 30, usual=None)  # of the shins; left out: as the weight wants it
    weight: float = _number(-0.2, 1.2, usual=0.3)  # where it rests: 0 under the heel, 1 under the toes
    shoulder: float = _number(-90, 200)  # the arm swings forward; seen from the front, out to the side
    elbow: float = _number(-120, 160)  # bends; below 0 the forearm folds across the body
    wrist: float = _number(-90, 90)
    spread: float = _number(0, 85)  # the elbows point out, toward whoever looks from the side
    across: float = _number(0, 85)  # the forearms cross before the body, so that they look shorter
    turnout: float = _number(0, 80)  # the feet turn out
    hands: str = _word("open", "fist", "crossed", usual="open")
    muscles: tuple[str, ...] = _words(*MUSCLES)  # at work
    soft: tuple[str, ...] = _words(*MUSCLES)  # have let go, and should not
    signs: tuple[str, ...] = _words(*SIGNS)
    arrows: tuple[str, ...] = _words(*ARROWS)
    wrong: tuple[str, ...] = _words(*PARTS)  # drawn in the colour for stop, with a cross in the corner
    inset: str = _word("", *INSETS, usual="")  # a detail, larger, in a circle
    prop: str = _word("", *PROPS, usual="")

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Pose:
        """The pose that a table of poses.toml, or `values()`, describes. Raises PoseError."""
        known = {one.name: one for one in fields(cls)}
        taken: dict[str, Any] = {}
        for key, value in values.items():
            if key not in known:
                raise PoseError(key, "be left out: the keys here are " + ", ".join(known))
            rule = known[key].metadata
            taken[key] = _checked_number(key, value, rule) if "least" in rule else _checked_words(key, value, rule)
        pose = cls(**taken)
        if pose.view == "front" and not set(pose.arrows) <= set(FRONT_ARROWS):
            raise PoseError("arrows", "be a list of " + _either(FRONT_ARROWS) + " where the view is from the front")
        if pose.view == "front" and pose.prop:
            raise PoseError("prop", "be left out where the view is from the front")
        return pose

    def values(self) -> dict[str, Any]:
        """The same as plain values, for a database or a file: what differs from standing tall."""
        given = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in given.items()}


def _checked_number(key: str, value: Any, rule: Mapping[str, Any]) -> float:
    least, most = rule["least"], rule["most"]
    # To Python TOML's true is a number too, and nan is below nothing and above nothing.
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise PoseError(key, f"be a number from {least} to {most}")
    return float(value)


def _checked_words(key: str, value: Any, rule: Mapping[str, Any]) -> str | tuple[str, ...]:
    allowed = _either(rule["allowed"])
    if "many" not in rule:
        if value not in rule["allowed"]:
            raise PoseError(key, f"be {allowed}")
        return str(value)
    if not isinstance(value, list | tuple) or any(one not in rule["allowed"] for one in value):
        raise PoseError(key, f"be a list of {allowed}")
    return tuple(value)


def _either(words: tuple[str, ...]) -> str:
    return " or ".join(f'"{one}"' for one in words)
