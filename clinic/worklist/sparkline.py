"""A month of pain as one small drawing: 0 at the bottom, 10 at the top, today at the right. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Final

DAYS: Final = 30
WORST: Final = 10
GAP_DAYS: Final = 4.0
"""Longer without a report, and no line pretends to know what was between."""

_EDGE: Final = 4  # keeps dots and strokes inside


def sparkline(
    points: Sequence[tuple[float, int]], label: str, *, days: int = DAYS, width: int = 120, height: int = 32
) -> str:
    """Draw an SVG, coloured by the page's own rules for ``.spark`` and its parts.

    Args:
        points: (days ago, pain 0–10), in any order; those older than ``days`` or in the future are left out.
        label: the same in words, for those who cannot see it.
        days: how far back the left edge is, above 0.
        width, height: in pixels, above 8.

    Returns:
        One ``<svg>`` element. Lines join neighbours at most ``GAP_DAYS`` apart; a gap stays empty.
    """

    def place(ago: float, score: float) -> tuple[float, float]:
        x = width - _EDGE - (width - 2 * _EDGE) * ago / days
        return round(x, 1), round(height - _EDGE - (height - 2 * _EDGE) * score / WORST, 1)

    seen = sorted(((ago, score) for ago, score in points if 0 <= ago <= days), reverse=True)
    places = [place(ago, score) for ago, score in seen]
    joined = [earlier - later <= GAP_DAYS for (earlier, _a), (later, _b) in pairwise(seen)]
    today, ground = place(0, 0)
    drawn = [
        f'<path class="spark-ground" d="M{_EDGE} {ground:g}H{today:g}"/>',
        f'<path class="spark-today" d="M{today:g} {_EDGE}V{ground:g}"/>',
    ]
    for near, ((x1, y1), (x2, y2)) in zip(joined, pairwise(places), strict=True):
        if near:
            drawn.append(f'<path class="spark-line" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>')
    for number, (x, y) in enumerate(places[:-1]):
        if not any(joined[max(0, number - 1) : number + 1]):  # no line touches it: only a dot shows it
            drawn.append(f'<circle class="spark-dot" cx="{x:g}" cy="{y:g}" r="1.5"/>')
    drawn += [f'<circle class="spark-last" cx="{x:g}" cy="{y:g}" r="3"/>' for x, y in places[-1:]]
    return (
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(label)}"><title>{escape(label)}</title>{"".join(drawn)}</svg>'
    )
