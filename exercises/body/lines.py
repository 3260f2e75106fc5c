"""Points, directions and smooth outlines; a point is a complex number, x to the right and y downward."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence

ROUND = 0.5523  # How far a Bezier's handles reach to draw a quarter of a circle of radius 1.


def toward(degrees: float) -> complex:
    """The direction that leans so many degrees from straight up toward the right."""
    return cmath.rect(1, math.radians(degrees - 90))


def unit(vector: complex) -> complex:
    """The same direction, one unit long; straight up for no direction at all."""
    return vector / abs(vector) if abs(vector) > 1e-9 else -1j


def between(one: complex, two: complex, share: float) -> complex:
    """The point at a share of the way from one to the other."""
    return one + (two - one) * share


def number(value: float) -> str:
    """A coordinate as text: one decimal, no "-0"."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def at(point: complex) -> str:
    """A point as text in a path."""
    return f"{number(point.real)} {number(point.imag)}"


def _curve(first: complex, second: complex, end: complex) -> str:
    return f"C{at(first)} {at(second)} {at(end)}"


def through(points: Sequence[complex], *, closed: bool = False, tight: float = 6.0) -> str:
    """A smooth path through the points, in order.

    Args:
        points: three at least when closed, two at least when open.
        closed: whether the path comes back to where it begins.
        tight: the larger, the straighter between two points; 6 is a Catmull-Rom spline.

    Returns:
        The text of a path's `d`.
    """
    count = len(points)
    parts = [f"M{at(points[0])}"]
    for index in range(count if closed else count - 1):
        if closed:
            before, start, end, after = (points[(index + step) % count] for step in (-1, 0, 1, 2))
        else:
            before, start = points[max(index - 1, 0)], points[index]
            end, after = points[index + 1], points[min(index + 2, count - 1)]
        parts.append(_curve(start + (end - before) / tight, end - (after - start) / tight, end))
    return "".join(parts) + ("Z" if closed else "")


def band(one: Sequence[complex], other: Sequence[complex]) -> str:
    """What lies between two smooth lines that run the same way; its edges are those very lines."""
    return through(one) + "L" + through(other[::-1]).removeprefix("M") + "Z"


def straight(points: Sequence[complex]) -> str:
    """A closed path with a corner at each point."""
    return "M" + "L".join(at(point) for point in points) + "Z"


def limb(start: complex, end: complex, thick: float, thin: float) -> str:
    """A rounded limb from one joint to the other: half widths `thick` at the start and `thin` at the end."""
    along = unit(end - start)
    side = along * 1j
    path = f"M{at(start + side * thick)}L{at(end + side * thin)}"
    path += _cap(end, side, along, thin) + f"L{at(start - side * thick)}" + _cap(start, -side, -along, thick)
    return path + "Z"


def _cap(centre: complex, side: complex, outward: complex, radius: float) -> str:
    """The half circle from one side of a limb's end round to the other."""
    reach = radius * ROUND
    left, tip, right = centre + side * radius, centre + outward * radius, centre - side * radius
    first = _curve(left + outward * reach, tip + side * reach, tip)
    return first + _curve(tip - side * reach, right + outward * reach, right)


def oval(centre: complex, along: complex, length: float, width: float) -> str:
    """An ellipse: half `length` in the direction `along`, half `width` across it."""
    turn = unit(along)
    corners = [turn * length, turn * width * 1j, -turn * length, -turn * width * 1j]
    path = f"M{at(centre + corners[0])}"
    for one, two in zip(corners, corners[1:] + corners[:1], strict=True):
        path += _curve(centre + one + two * ROUND, centre + two + one * ROUND, centre + two)
    return path + "Z"
