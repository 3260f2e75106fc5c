"""A pose (the angles of the joints) → a picture; pure.

A first sketch of the contract: `Pose.of`, `Pose.values`, `PoseError`, `Colours`, `draw`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html import escape
from typing import Any


class PoseError(ValueError):
    """What is wrong with a pose: the key, and what it must do."""

    def __init__(self, key: str, must: str) -> None:
        super().__init__(f"{key}: must {must}")
        self.key, self.must = key, must


@dataclass(frozen=True)
class Pose:
    """A body seen from one side."""

    view: str = "side"

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Pose:
        """The pose that a table of poses.toml, or `values()`, describes. Raises PoseError."""
        return cls(**values)

    def values(self) -> dict[str, Any]:
        """The same as plain values, for a database or a file."""
        return asdict(self)


@dataclass(frozen=True)
class Colours:
    """What each part is painted with: CSS colours."""

    ink: str


ON_PAGE = Colours(ink="var(--ink, #1d2a2e)")
ON_PAPER = Colours(ink="#1d2a2e")


def draw(pose: Pose, *, title: str = "", shows: str = "", name: str = "figure", colours: Colours = ON_PAGE) -> str:
    """Draw one pose.

    Args:
        pose: the body.
        title: its name for a screen reader; "" hides the picture from one.
        shows: its description for a screen reader.
        name: unique in the page: the ids inside begin with it.
        colours: `ON_PAGE` follows the page's CSS custom properties, `ON_PAPER` is plain colours.

    Returns:
        An `<svg>` element, viewBox 400×300.
    """
    spoken = (
        f'role="img" aria-labelledby="{name}-title {name}-shows"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-shows">{escape(shows)}</desc>'
        if title
        else 'aria-hidden="true" focusable="false">'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="0 0 400 300" {spoken}'
        f'<path d="M200 40V280" stroke="{colours.ink}" stroke-width="6"/></svg>'
    )
