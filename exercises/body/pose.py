"""A pose: the angles of the joints and the annotations of the picture, read from plain values and checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


class PoseError(ValueError):
    """An error in a pose: the key, and what it must be."""

    def __init__(self, key: str, must: str) -> None:
        super().__init__(f"{key}: must {must}")
        self.key, self.must = key, must


VIEWS = ("side", "front")
MUSCLES = ("quadriceps", "left_quadriceps", "right_quadriceps", "hamstrings", "low_back")
SIGNS = ("plumb", "weight", "knock")
ARROWS = ("fold", "rise", "hang", "chest", "knees", "press", "slide")
FRONT_ARROWS = ("knees", "press")  # those of a front view
PARTS = ("feet", "mat", "knees", "thighs", "weight", "back")
INSETS = ("feet", "foot", "knee", "thigh")
PROPS = ("chair", "wall")


def _number(least: float, most: float, default: float | None = 0.0) -> Any:
    return field(default=default, metadata={"least": least, "most": most})


def _choice(*allowed: str, default: str) -> Any:
    return field(default=default, metadata={"allowed": allowed})


def _choices(*allowed: str) -> Any:
    return field(default=(), metadata={"allowed": allowed, "many": True})


@dataclass(frozen=True)
class Pose:
    """A body seen from the side, looking to the right, or from the front. Angles in degrees.

    Every angle is 0 for a person who stands tall with the arms hanging.
    """

    view: str = _choice(*VIEWS, default="side")
    fold: float = _number(-30, 150)  # the pelvis tips forward over the legs
    low_back: float = _number(-50, 90)  # above 0 it rounds, below 0 it arches
    upper_back: float = _number(-50, 90)  # likewise
    neck: float = _number(-70, 90)  # above 0 the chin comes to the chest
    knee: float = _number(0, 120)  # bends
    heel: float = _number(0, 45)  # lifts from the floor
    lean: float | None = _number(-30, 30, default=None)  # of the shins; left out: as the weight wants it
    weight: float = _number(-0.2, 1.2, default=0.3)  # where it rests: 0 under the heel, 1 under the toes
    shoulder: float = _number(-90, 200)  # the arm swings forward; seen from the front, out to the side
    elbow: float = _number(-120, 160)  # bends; below 0 the forearm folds across the body
    wrist: float = _number(-90, 90)
    spread: float = _number(0, 85)  # the elbows point out, toward whoever looks from the side
    across: float = _number(0, 85)  # the forearms cross before the body, so that they look shorter
    turnout: float = _number(0, 80)  # the feet turn out
    hands: str = _choice("open", "fist", "crossed", default="open")
    muscles: tuple[str, ...] = _choices(*MUSCLES)  # at work
    soft: tuple[str, ...] = _choices(*MUSCLES)  # have let go, and should not
    signs: tuple[str, ...] = _choices(*SIGNS)
    arrows: tuple[str, ...] = _choices(*ARROWS)
    wrong: tuple[str, ...] = _choices(*PARTS)  # faulty parts: drawn in the stop colour, with a cross in the corner
    inset: str = _choice("", *INSETS, default="")  # a detail, larger, in a circle
    prop: str = _choice("", *PROPS, default="")

    @classmethod
    def from_angles(cls, values: Mapping[str, Any]) -> Pose:
        """Return the pose of a table of poses.toml, or of `values()`. Raises PoseError."""
        by_name = {one.name: one for one in fields(cls)}
        parsed: dict[str, Any] = {}
        for key, value in values.items():
            if key not in by_name:
                raise PoseError(key, "be left out: the keys here are " + ", ".join(by_name))
            rule = by_name[key].metadata
            parsed[key] = _check_number(key, value, rule) if "least" in rule else _check_choice(key, value, rule)
        pose = cls(**parsed)
        if pose.view == "front" and not set(pose.arrows) <= set(FRONT_ARROWS):
            raise PoseError("arrows", "be a list of " + _either(FRONT_ARROWS) + " where the view is from the front")
        if pose.view == "front" and pose.prop:
            raise PoseError("prop", "be left out where the view is from the front")
        return pose

    def values(self) -> dict[str, Any]:
        """Return the values that differ from standing tall, for a database or a file."""
        changed = {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name) != one.default}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in changed.items()}


def _check_number(key: str, value: Any, rule: Mapping[str, Any]) -> float:
    least, most = rule["least"], rule["most"]
    # In Python TOML's true is a number too, and nan is below nothing and above nothing.
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise PoseError(key, f"be a number from {least} to {most}")
    return float(value)


def _check_choice(key: str, value: Any, rule: Mapping[str, Any]) -> str | tuple[str, ...]:
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
