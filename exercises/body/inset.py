"""A detail in a circle: the feet from above, or a joint of the picture drawn larger."""

from __future__ import annotations

from dataclasses import dataclass

from exercises.body.annotations import arrow

from .front import Front
from .joints import Joints
from .lines import at, between, oval, through, toward
from .pose import Pose
from .shapes import Shape, united

CENTRE = 326 + 96j
RADIUS = 60.0


@dataclass(frozen=True)
class Inset:
    """The circle: what of the picture it looks at, how many times larger, and what only it shows."""

    focus: complex
    scale: float
    shapes: tuple[Shape, ...]


def inset_of(pose: Pose, side: Joints | None, front: Front | None) -> Inset | None:
    """What the circle of a pose shows; None: it has none."""
    if pose.inset == "feet":
        return Inset(_feet(side, front), 0, tuple(feet_from_above(pose)))
    if pose.inset and side is not None:
        focus = {"foot": between(side.heel, side.toe, 0.28 + pose.weight * 0.42) - 12j, "knee": side.knee + 2 - 4j}
        focus["thigh"] = between(side.hip, side.knee, 0.6)
        point = focus[pose.inset]
        extra = [arrow([CENTRE - 19 + 26j, CENTRE - 19 - 14j])] if "knees" in pose.arrows else []
        return Inset(point, 2.3, tuple(extra))
    if pose.inset and front is not None:
        half = front.halves[1]
        focus = {"foot": half.ankle, "knee": half.knee - 4j, "thigh": between(half.hip, half.knee, 0.6)}
        return Inset(focus[pose.inset], 2.3, ())
    return None


def _feet(side: Joints | None, front: Front | None) -> complex:
    if front is not None:
        return front.halves[1].toe + 6
    return side.toe if side is not None else CENTRE


def feet_from_above(pose: Pose) -> list[Shape]:
    """Both feet as they see themselves: heels below, toes above."""
    shapes: list[Shape] = []
    wrong = "feet" in pose.wrong
    larger = 1.2 - 0.0035 * pose.turnout  # turned out they want more room
    for side in (-1, 1):
        heel = CENTRE + side * (17 - pose.turnout * 0.24) + (36 - pose.turnout * 0.26) * 1j
        along = toward(side * pose.turnout)
        across = along * 1j * side  # toward the little toe

        def place(
            out: float, up: float, heel: complex = heel, along: complex = along, across: complex = across
        ) -> complex:
            return heel + (across * out + along * up) * larger

        sole = [(0, -5), (-7, 0), (-6.4, 16), (-9.4, 34), (-8.6, 46), (-1, 50), (7, 45), (10, 36), (8, 18), (7, 0)]
        toes = [(-6.4, 53, 4.6), (0.2, 53.4, 3.4), (4.8, 50.8, 3), (8.2, 47, 2.7), (10.2, 42.6, 2.5)]
        parts = [Shape(through([place(*spot) for spot in sole], closed=True), "skin")]
        parts += [
            Shape(oval(place(out, up), along, size * larger * 1.12, size * larger), "skin") for out, up, size in toes
        ]
        shapes += united(*parts, edge="edge_wrong" if wrong else "edge_thin")
        start, end = place(0, 16), place(0, 38)
        shapes.append(arrow([start, end], "arrow_wrong" if wrong else "arrow", head=9))
    return shapes


def connector(focus: complex) -> str:
    """The thread from what is looked at to its circle."""
    gap = focus - CENTRE
    return f"M{at(focus)}L{at(CENTRE + gap / abs(gap) * (RADIUS + 3))}"
