"""Render the frames of a film as SVG: the figure, a dot for each step above and room for captions below; pure."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from exercises.body.pose import Pose
from exercises.figure import ON_PAPER, Colours, draw_shapes
from exercises.timeline import Moment, Scene, film_seconds, moment_at

GROUND = "#fbfaf7"
DOTS_AT = 14.0
BODY_TRANSFORM = "translate(32 16) scale(0.84)"  # the lowest sixth stays free: captions lie there
DOT_GAP = 18.0


def render_frames(scenes: Sequence[Scene], rate: int) -> list[str]:
    """Render all frames of a film, ``rate`` a second; those of a hold are equal."""
    steps = max(scene.step for scene in scenes)
    count = round(film_seconds(scenes) * rate)
    return [render_frame(moment_at(scenes, index / rate), steps) for index in range(count)]


def render_frame(moment: Moment, steps: int, colours: Colours = ON_PAPER) -> str:
    """Render one frame: an `<svg>` with a background."""
    inside = draw_shapes(moment.pose, "now", colours)
    if moment.through is not None:
        through = draw_shapes(moment.through, "next", colours)
        # The same view stays opaque; another view fades out as the next fades in.
        opacity = 1.0 if moment.through.view == moment.pose.view else 1 - moment.share
        inside = f'<g opacity="{opacity:.3f}">{inside}</g><g opacity="{moment.share:.3f}">{through}</g>'
    return render_svg(f'<g transform="{BODY_TRANSFORM}">{inside}</g>' + _dots(moment.step, steps, colours))


def render_poster(pose: Pose) -> str:
    """Render the poster: one pose, without annotations."""
    return render_svg(draw_shapes(pose, "poster", ON_PAPER))


def render_svg(inside: str, *, ground: bool = True, title: str = "") -> str:
    """Render a whole SVG file."""
    start = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300" width="400" height="300">'
    named = f"<title>{escape(title)}</title>" if title else ""
    back = f'<rect width="400" height="300" fill="{GROUND}"/>' if ground else ""
    return f"{start}{named}{back}{inside}</svg>"


def _dots(step: int, steps: int, colours: Colours) -> str:
    first = 200 - DOT_GAP * (steps - 1) / 2
    dots = ""
    for number in range(1, steps + 1):
        look = (
            f'fill="{colours.accent}"' if number <= step else f'fill="none" stroke="{colours.floor}" stroke-width="2"'
        )
        size = 5.5 if number == step else 3.5
        dots += f'<circle cx="{first + DOT_GAP * (number - 1):g}" cy="{DOTS_AT:g}" r="{size:g}" {look}/>'
    return dots
