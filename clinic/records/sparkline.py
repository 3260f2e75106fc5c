"""A month of pain as one small drawing: 0 at the bottom, 10 at the top, today at the right. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import pairwise
from typing import Final

DAYS: Final = 30
GAP_DAYS: Final = 4.0
"""Longer without a report, and no line pretends to know what was between."""

_WIDTH, _HEIGHT, _EDGE = 120, 32, 4  # the edge keeps dots and strokes inside


def sparkline(points: Sequence[tuple[float, int]], label: str, days: int = DAYS) -> str:
    """Draw an SVG, coloured by the page's own rules for ``.spark`` and its parts.

    Args:
        points: (days ago, pain 0–10), in any order; those older than ``days`` or in the future are left out.
        label: the same in words, for those who cannot see it.
        days: how far back the left edge is, above 0.

    Returns:
        One ``<svg>`` element. Lines join neighbours at most ``GAP_DAYS`` apart; a gap stays empty.
    """
    seen = sorted(((ago, score) for ago, score in points if 0 <= ago <= days), reverse=True)
    places = [(_x(ago, days), _y(score)) for ago, score in seen]
    lines = [
        f'<path class="spark-line" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>'
        for ((x1, y1), (x2, y2)), ((earlier, _a), (later, _b)) in zip(pairwise(places), pairwise(seen), strict=True)
        if earlier - later <= GAP_DAYS
    ]
    alone = [
        f'<circle class="spark-dot" cx="{x:g}" cy="{y:g}" r="1.5"/>'
        for place, (x, y) in enumerate(places[:-1])
        if _is_alone(seen, place)
    ]
    last = [f'<circle class="spark-last" cx="{x:g}" cy="{y:g}" r="3"/>' for x, y in places[-1:]]
    today = _x(0, days)
    frame = (
        f'<path class="spark-ground" d="M{_EDGE} {_y(0):g}H{today:g}"/>'
        f'<path class="spark-today" d="M{today:g} {_EDGE}V{_y(0):g}"/>'
    )
    drawn = "".join([frame, *lines, *alone, *last])
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{escape(label)}"><title>{escape(label)}</title>{drawn}</svg>'
    )


def _x(days_ago: float, days: int) -> float:
    return round(_WIDTH - _EDGE - (_WIDTH - 2 * _EDGE) * days_ago / days, 1)


def _y(score: int) -> float:
    return round(_HEIGHT - _EDGE - (_HEIGHT - 2 * _EDGE) * score / 10, 1)


def _is_alone(seen: Sequence[tuple[float, int]], place: int) -> bool:
    """No neighbour near enough for a line: only a dot shows it."""
    ago = seen[place][0]
    near = [other for other in (place - 1, place + 1) if 0 <= other < len(seen)]
    return all(abs(seen[other][0] - ago) > GAP_DAYS for other in near)
