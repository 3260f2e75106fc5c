"""Draw a pose (the angles of the joints) as a picture; pure."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from exercises.body import annotations as body_annotations, front, inset, joints, room, side

from .body.lines import number
from .body.pose import Pose, PoseError
from .body.shapes import Shape

__all__ = ["ON_DARK", "ON_PAGE", "ON_PAPER", "Colours", "Pose", "PoseError", "draw"]


@dataclass(frozen=True)
class Colours:
    """The CSS colour of each part. With `classes`, a style sheet of the page may override it."""

    ink: str = "#1d2a2e"
    edge: str = "#1d2a2e"
    surface: str = "#ffffff"
    skin: str = "#f4eee4"
    far: str = "#dcd5c9"
    cloth: str = "#cfe3e4"
    hair: str = "#a39a8d"
    soft: str = "#55646a"
    arrow: str = "#55646a"
    accent: str = "#1f6f78"
    quadriceps: str = "#c8693f"
    hamstrings: str = "#7a5ba6"
    low_back: str = "#1f6f78"
    stop: str = "#b3261e"
    floor: str = "#b9b2a5"
    classes: bool = False


ON_PAGE = Colours(classes=True)
ON_PAPER = Colours()
ON_DARK = Colours(
    ink="#eef2f1",
    edge="#d3dada",
    surface="#1c2224",
    skin="#58646a",
    far="#343e42",
    cloth="#2c5a5f",
    hair="#151a1c",
    soft="#a9b6b8",
    arrow="#eef2f1",
    accent="#6fc3cb",
    quadriceps="#e08a62",
    hamstrings="#a58ad0",
    low_back="#6fc3cb",
    stop="#f2857c",
    floor="#57625f",
)

# A style: fill colour, stroke colour, stroke width and dashes.
STYLES: dict[str, tuple[str, str, float, str]] = {
    "edge": ("", "edge", 6, ""),
    "edge_thin": ("", "edge", 4, ""),
    "edge_wrong": ("", "stop", 5, ""),
    "skin": ("skin", "", 0, ""),
    "skin_wrong": ("skin", "stop", 2.5, ""),
    "far": ("far", "", 0, ""),
    "cloth": ("cloth", "", 0, ""),
    "hair": ("hair", "", 0, ""),
    "mouth": ("", "soft", 1.6, ""),
    "dot": ("ink", "", 0, ""),
    "none": ("", "", 0, ""),
    "quadriceps": ("quadriceps", "", 0, ""),
    "hamstrings": ("hamstrings", "", 0, ""),
    "low_back": ("low_back", "", 0, ""),
    "soft": ("surface", "stop", 2.5, "5 4"),
    "cap": ("skin", "edge", 2.5, ""),
    "cap_wrong": ("skin", "stop", 3, ""),
    "back": ("", "accent", 6, ""),
    "back_wrong": ("", "stop", 6, ""),
    "floor": ("", "floor", 6, ""),
    "mat": ("", "soft", 6, ""),
    "mat_wrong": ("", "stop", 6, ""),
    "arrow": ("", "arrow", 6, ""),
    "arrow_wrong": ("", "stop", 6, ""),
    "thin": ("", "arrow", 3, ""),
    "plumb": ("", "accent", 2.5, ""),
    "bob": ("accent", "", 0, ""),
    "plumb_wrong": ("", "stop", 2.5, ""),
    "bob_wrong": ("stop", "", 0, ""),
    "weight": ("accent", "surface", 2, ""),
    "weight_wrong": ("stop", "surface", 2, ""),
    "cross": ("surface", "stop", 5, ""),
    "lens": ("surface", "soft", 3, ""),
    "ring": ("", "soft", 3, ""),
    "thread": ("", "soft", 2, "1 5"),
    "prop": ("far", "soft", 3, ""),
    "furniture": ("", "soft", 6, ""),
}


def draw(pose: Pose, *, title: str = "", shows: str = "", name: str = "figure", colours: Colours = ON_PAGE) -> str:
    """Draw one pose.

    Args:
        pose: the body.
        title: its name for a screen reader; "" hides the picture from one.
        shows: its description for a screen reader.
        name: unique in the page, the prefix of the ids inside.
        colours: `ON_PAGE` follows the page's CSS custom properties, `ON_PAPER` is plain colours.

    Returns:
        An `<svg>` element, viewBox 400×300.
    """
    accessible = (
        f'role="img" aria-labelledby="{name}-title {name}-shows"><title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-shows">{escape(shows)}</desc>'
        if title
        else 'aria-hidden="true" focusable="false">'
    )
    inside = draw_shapes(pose, name, colours)
    return f'<svg xmlns="http://www.w3.org/2000/svg" class="figure" viewBox="0 0 400 300" {accessible}{inside}</svg>'


def draw_shapes(pose: Pose, name: str, colours: Colours) -> str:
    """Draw the content of the `<svg>` of a pose; arguments as in `draw`."""
    shapes, detail = build_shapes(pose)
    inside = "".join(paint_shape(shape, colours) for shape in shapes)
    if detail is not None:
        thread = paint_shape(Shape(inset.connector(detail.focus), "thread"), colours)
        inside = thread + inside + _draw_inset(detail, shapes, f"{name}-detail", colours)
    if pose.wrong:
        inside += "".join(paint_shape(shape, colours) for shape in body_annotations.cross())
    return inside


def build_shapes(pose: Pose) -> tuple[list[Shape], inset.Inset | None]:
    """Return every shape of a picture, the furthest first, and its inset."""
    if pose.view == "front":
        before = front.joints_of(pose)
        shapes = [*room.ground(pose), *front.body(pose, before), *body_annotations.front_signs(pose, before)]
        return shapes, inset.inset_of(pose, None, before)
    aside = joints.joints_of(pose)
    shapes = [
        *room.ground(pose),
        *room.prop(pose, aside),
        *side.body(pose, aside),
        *body_annotations.side_signs(pose, aside),
    ]
    return shapes, inset.inset_of(pose, aside, None)


def _draw_inset(detail: inset.Inset, shapes: list[Shape], name: str, colours: Colours) -> str:
    """Draw the inset in its circle."""
    x, y, radius = number(inset.CENTRE.real), number(inset.CENTRE.imag), number(inset.RADIUS)
    disc = f'<circle cx="{x}" cy="{y}" r="{radius}"'
    inside = ""
    if detail.scale:
        move = inset.CENTRE - detail.focus * detail.scale
        larger = "".join(
            paint_shape(shape, colours, thinner=detail.scale / 1.6)
            for shape in shapes
            if not shape.style.startswith("arrow")
        )
        place = f"translate({number(move.real)} {number(move.imag)}) scale({detail.scale:g})"
        clip = f'<clipPath id="{name}">{disc}/></clipPath>'
        inside = f'{clip}<g clip-path="url(#{name})"><g transform="{place}">{larger}</g></g>'
    inside += "".join(paint_shape(shape, colours) for shape in detail.shapes)
    return f"{disc}{style_attributes(colours, 'lens')}/>{inside}{disc}{style_attributes(colours, 'ring')}/>"


def paint_shape(shape: Shape, colours: Colours, thinner: float = 1) -> str:
    """Draw one shape as an SVG path, its strokes ``thinner`` times; empty for a hidden shape."""
    if shape.style == "none":
        return ""
    return f'<path d="{shape.path}"{style_attributes(colours, shape.style, thinner)}/>'


def style_attributes(colours: Colours, name: str, thinner: float = 1) -> str:
    """Return the SVG attributes of a style."""
    fill, stroke, width, dashes = STYLES[name]
    text = f' class="fig-{name.replace("_", "-")}"' if colours.classes else ""
    text += f' fill="{getattr(colours, fill) if fill else "none"}"'
    if stroke:
        text += f' stroke="{getattr(colours, stroke)}" stroke-width="{width / thinner:.3g}"'
        text += ' stroke-linejoin="round" stroke-linecap="round"'
    if dashes:
        text += f' stroke-dasharray="{dashes}"'
    return text
