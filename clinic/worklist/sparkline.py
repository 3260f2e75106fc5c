"""The sparkline of a month of pain: 0 at the bottom, 10 at the top, today at the right. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Final

DAYS: Final = 30
WORST: Final = 10
MAX_GAP_DAYS: Final = 4.0
"""Reports further apart are not joined by a line."""

_MARGIN: Final = 4  # pixels, for dots and strokes


def draw_sparkline(
    points: Sequence[tuple[float, int]], label: str, *, days: int = DAYS, width: int = 120, height: int = 32
) -> str:
    """Draw an SVG, coloured by the page's own rules for ``.spark`` and its parts.

    Args:
        points: (days ago, pain 0–10), in any order; those older than ``days`` or in the future are left out.
        label: the text alternative.
        days: how far back the left edge is, above 0.
        width, height: in pixels, above 8.

    Returns:
        One ``<svg>`` element. Lines join neighbours at most ``MAX_GAP_DAYS`` apart; a gap stays empty.
    """

    def position(ago: float, score: float) -> tuple[float, float]:
        x = width - _MARGIN - (width - 2 * _MARGIN) * ago / days
        return round(x, 1), round(height - _MARGIN - (height - 2 * _MARGIN) * score / WORST, 1)

    visible = sorted(((ago, score) for ago, score in points if 0 <= ago <= days), reverse=True)
    positions = [position(ago, score) for ago, score in visible]
    joined = [earlier - later <= MAX_GAP_DAYS for (earlier, _a), (later, _b) in pairwise(visible)]
    today, ground = position(0, 0)
    elements = [
        f'<path class="spark-ground" d="M{_MARGIN} {ground:g}H{today:g}"/>',
        f'<path class="spark-today" d="M{today:g} {_MARGIN}V{ground:g}"/>',
    ]
    for is_near, ((x1, y1), (x2, y2)) in zip(joined, pairwise(positions), strict=True):
        if is_near:
            elements.append(f'<path class="spark-line" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>')
    for number, (x, y) in enumerate(positions[:-1]):
        if not any(joined[max(0, number - 1) : number + 1]):  # no line touches it
            elements.append(f'<circle class="spark-dot" cx="{x:g}" cy="{y:g}" r="1.5"/>')
    elements += [f'<circle class="spark-last" cx="{x:g}" cy="{y:g}" r="3"/>' for x, y in positions[-1:]]
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}"><title>{escape(label)}</title>{"".join(elements)}</svg>'
    )
