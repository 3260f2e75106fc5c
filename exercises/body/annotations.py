"""What a picture points at: the plumb line, the weight under the foot, arrows, knocking, the cross of a fault."""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable

from exercises.body.front import Front
from exercises.body.joints import FLOOR, Joints, weight_at
from exercises.body.lines import at, between, oval, through, toward, unit
from exercises.body.pose import Pose
from exercises.body.shapes import Shape


def arrow(points: list[complex], style: str = "arrow", head: float = 11) -> Shape:
    """A smooth line through the points that ends in a head."""
    along = unit(points[-1] - points[-2])
    # The line bends: the last stretch says better than the chord where it goes.
    if len(points) > 2:
        along = unit(along * 1.5 - unit(points[-2] - points[-3]) * 0.5)
    tip = points[-1]
    wings = [tip - along * head + along * 1j * head * 0.72, tip - along * head - along * 1j * head * 0.72]
    return Shape(f"{through(points)}M{at(wings[0])}L{at(tip)}L{at(wings[1])}", style)


def around(centre: complex, radius: float, start: float, end: float, steps: int = 5) -> list[complex]:
    """Points on a circle, from one direction to another, in degrees from straight up."""
    return [centre + toward(start + (end - start) * step / steps) * radius for step in range(steps + 1)]


def _way_down(body: Joints) -> list[complex]:
    """The last stretch of the arc on which the head came down."""
    trunk = body.head - body.hip
    now = math.degrees(cmath.phase(trunk)) + 90
    return around(body.hip, abs(trunk) + 26, max(now - 46, 5), now - 12)


def _fold(body: Joints) -> list[Shape]:
    return [arrow(_way_down(body))]


def _rise(body: Joints) -> list[Shape]:
    return [arrow(_way_down(body)[::-1])]


def _hang(body: Joints) -> list[Shape]:
    start = complex(max(body.head.real, body.arm.shoulder.real) + 34, body.head.imag - 36)
    return [arrow([start, start + 44j])]


def _chest(body: Joints) -> list[Shape]:
    chest = between(body.spine[4], body.spine[5], 0.5) + 30
    return [arrow([chest + 4 + 14j, chest + 6, chest + 5 - 24j])]


def _knees(body: Joints) -> list[Shape]:
    start = body.knee + 26 + 12j
    return [arrow([start, start - 36j])]


def _press(body: Joints) -> list[Shape]:
    start = body.heel - 24 - 40j
    return [arrow([start, start + 38j])]


def _slide(body: Joints) -> list[Shape]:
    start = body.toe + complex(34, -22)
    return [arrow([start, start + 52], "arrow_wrong")]


SIDE_ARROWS: dict[str, Callable[[Joints], list[Shape]]] = {
    "fold": _fold,
    "rise": _rise,
    "hang": _hang,
    "chest": _chest,
    "knees": _knees,
    "press": _press,
    "slide": _slide,
}


def side_signs(pose: Pose, body: Joints) -> list[Shape]:
    """What points at a body seen from the side."""
    shapes: list[Shape] = []
    wrong = "_wrong" if "weight" in pose.wrong else ""
    if "weight" in pose.signs:
        shapes.append(Shape(oval(weight_at(pose) + 4.5j, 1, 13, 4.5), "weight" + wrong))
    if "plumb" in pose.signs:
        shapes += plumb(body.head - 24j, "plumb" + wrong)
    if "knock" in pose.signs:
        shapes += knock(between(body.arm.wrist, body.arm.tip, 0.5) + 12, 1)
    for name in pose.arrows:
        # The knee cap in its circle has the arrow there.
        if name in SIDE_ARROWS and not (name == "knees" and pose.inset == "knee"):
            shapes += SIDE_ARROWS[name](body)
    return shapes


def plumb(top: complex, style: str) -> list[Shape]:
    """The plumb line: a thin thread, and the bob that points to where the weight falls."""
    foot = complex(top.real, FLOOR - 1)
    line = f"M{at(top)}L{at(foot - 14j)}"
    bob = f"M{at(foot - 20j - 5)}L{at(foot - 20j + 5)}L{at(foot - 12j + 5)}L{at(foot)}L{at(foot - 12j - 5)}Z"
    return [Shape(line, style), Shape(bob, style.replace("plumb", "bob"))]


def knock(place: complex, side: int) -> list[Shape]:
    """Three short strokes that fly off a knocking hand."""
    strokes = [(place + toward(90 * side + turn) * 6, place + toward(90 * side + turn) * 14) for turn in (-38, 0, 38)]
    return [Shape(f"M{at(start)}L{at(end)}", "thin") for start, end in strokes]


def cross() -> list[Shape]:
    """The sign of a fault, in the corner: a cross in a circle."""
    centre, arm = 34 + 34j, 7.5
    strokes = f"M{at(centre - arm - arm * 1j)}L{at(centre + arm + arm * 1j)}"
    strokes += f"M{at(centre + arm - arm * 1j)}L{at(centre - arm + arm * 1j)}"
    return [Shape(oval(centre, 1, 18, 18), "cross"), Shape(strokes, "arrow_wrong")]


def front_signs(pose: Pose, front: Front) -> list[Shape]:
    """What points at a body seen from the front."""
    shapes: list[Shape] = []
    wrong = "_wrong" if "weight" in pose.wrong else ""
    for half in front.halves:
        if "weight" in pose.signs:
            shapes.append(Shape(oval(half.toe + 9j, 1, 11, 4), "weight" + wrong))
        if "knock" in pose.signs:
            shapes += knock(between(half.arm.wrist, half.arm.tip, 0.4) + half.side * 9, half.side)
        if "press" in pose.arrows:
            start = half.knee + half.side * 30
            shapes.append(arrow([start, start + 44j]))
        if "knees" in pose.arrows:
            start = half.knee + half.side * 28 + 12j
            shapes.append(arrow([start, start - 36j]))
    if "plumb" in pose.signs:
        shapes += plumb(front.middle - 122j, "plumb" + wrong)
    return shapes
