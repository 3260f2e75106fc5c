"""A standing body from the front and from the back, divided into the areas where it can hurt.

Pure: numbers in, SVG paths out; the page colours them. One unit is one CSS pixel at the displayed size, so a band of 44
is a target of 44 px.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

WIDTH, HEIGHT = 124, 490
MIDDLE = WIDTH / 2
STEP = 3.0  # between two points of an outline
GAP = 1.5  # free space above and below a region, so that two never touch

# Distances from the middle by height: the trunk with the neck, and the outside and the inside of a leg.
TRUNK = ((40, 8.5), (60, 8.5), (70, 16), (80, 32), (92, 39), (108, 34), (165, 26), (212, 32), (256, 33))
OUTSIDE = (
    (240, 32), (256, 33), (300, 31), (345, 22.5), (356, 22), (392, 24), (440, 15), (452, 14.5), (474, 22), (486, 21),
)  # fmt: skip
INSIDE = ((240, 1), (256, 1.2), (300, 4), (350, 6.5), (392, 5.5), (440, 7), (474, 6), (486, 8))
ARM = ((31, 96), (41, 170), (46, 238))  # shoulder, elbow, hand, from the middle

# Top and bottom of each area, the same on both sides.
BANDS = {
    "neck": (44, 90),
    "upper_back": (90, 158),
    "low_back": (158, 206),
    "buttock": (206, 256),
    "hip": (206, 256),
    "thigh": (256, 330),
    "knee": (330, 376),
    "lower_leg": (376, 440),
    "foot": (440, 490),
}
AREAS = {
    "front": ("neck", "hip", "thigh", "knee", "lower_leg", "foot"),
    "back": ("neck", "upper_back", "low_back", "buttock", "thigh", "knee", "lower_leg", "foot"),
}
ON_LEGS = ("thigh", "knee", "lower_leg", "foot")

Profile = Sequence[tuple[float, float]]
Point = tuple[float, float]


@dataclass(frozen=True)
class Region:
    """One area on one side; ``outlines`` are closed polygons, two for an area on both legs."""

    area: str
    outlines: tuple[tuple[Point, ...], ...]

    @property
    def path(self) -> str:
        return " ".join(_closed(outline) for outline in self.outlines)


@dataclass(frozen=True)
class Side:
    """The body from one side: its skin and arms, and the regions that can be chosen."""

    name: str
    skin: str
    arms: str
    regions: tuple[Region, ...]


def draw_sides() -> tuple[Side, ...]:
    """Front and back, in the order of the page."""
    skin = " ".join(_closed(outline) for outline in (_trunk(40, 256), *_legs(240, 486)))
    arms = " ".join(
        "M" + " L".join(f"{MIDDLE + side * x:g} {y:g}" for x, y in ARM) for side in (-1, 1)
    )  # fmt: skip
    return tuple(
        Side(name, skin, arms, tuple(Region(area, _outlines(area)) for area in areas)) for name, areas in AREAS.items()
    )


def _outlines(area: str) -> tuple[tuple[Point, ...], ...]:
    top, bottom = BANDS[area][0] + GAP, BANDS[area][1] - GAP
    if area in ON_LEGS:
        return _legs(top, min(bottom, OUTSIDE[-1][0]))
    return (_trunk(top, bottom),)


def _trunk(top: float, bottom: float) -> tuple[Point, ...]:
    heights = _heights(top, bottom)
    right = [(MIDDLE + _at(TRUNK, y), y) for y in heights]
    return (*right, *((2 * MIDDLE - x, y) for x, y in reversed(right)))


def _legs(top: float, bottom: float) -> tuple[tuple[Point, ...], ...]:
    heights = _heights(top, bottom)
    leg = [(_at(OUTSIDE, y), y) for y in heights] + [(_at(INSIDE, y), y) for y in reversed(heights)]
    return tuple(tuple((MIDDLE + side * x, y) for x, y in leg) for side in (-1, 1))


def _heights(top: float, bottom: float) -> list[float]:
    count = max(1, round((bottom - top) / STEP))
    return [top + (bottom - top) * step / count for step in range(count + 1)]


def _at(profile: Profile, y: float) -> float:
    """The distance of the profile from the middle at a height, with smoothstep between two of its points."""
    for (top, first), (bottom, second) in pairwise(profile):
        if y <= bottom:
            share = min(1.0, max(0.0, (y - top) / (bottom - top)))
            return first + (second - first) * share * share * (3 - 2 * share)
    return profile[-1][1]


def _closed(outline: Sequence[Point]) -> str:
    return "M" + " ".join(f"{x:.1f} {y:.1f}" for x, y in outline) + "Z"
