"""The movement as one SVG that runs by itself: each shape's outlines, one after the other; pure."""

from __future__ import annotations

from collections.abc import Sequence

from exercises.body import joints, side
from exercises.body.pose import Pose
from exercises.body.room import ground
from exercises.body.shapes import Shape
from exercises.figure import ON_DARK, ON_PAGE, STYLES, Colours, draw_shapes, paint_shape, style_attributes
from exercises.film.frames import render_svg
from exercises.timeline import Scene, ease, interpolate, without_signs

MAX_PAUSE = 1.2  # seconds at most that the body stays in a pose: nobody reads here
UPRIGHT = 15.0  # degrees that a standing person's pelvis may be tipped
SAMPLES = 5  # outlines of one movement; between two of them the browser draws straight on


def render_animation(scenes: Sequence[Scene], title: str) -> str:
    """The bend of a film, from standing down and up again, without end.

    Args:
        scenes: of the film.
        title: what it shows, for whoever cannot see it.

    Returns:
        A whole SVG file with its own colours, light and dark. Where the reader wants no motion it stands still.
    """
    track = _keyframes(_bending_scenes(scenes))
    whole = track[-1][0]
    times = ";".join(f"{seconds / whole:.4f}".rstrip("0").rstrip(".") for seconds, _ in track)
    bodies = [side.body(pose, joints.joints_of(pose)) for _, pose in track]
    defined, used = "", ""
    names: dict[tuple[str, ...], str] = {}
    for shapes in zip(*bodies, strict=True):
        outlines = tuple(shape.path for shape in shapes)
        shown = [shape.style for shape in shapes if shape.style != "none"]
        if not shown:
            continue
        if outlines not in names:
            names[outlines] = f"s{len(names)}"
            defined += _outline(names[outlines], outlines, times, whole)
        used += _use(names[outlines], shapes, shown[0], times, whole)
    floor = "".join(paint_shape(shape, ON_PAGE) for shape in ground(Pose()))
    still = max((pose for _, pose in track), key=lambda pose: pose.fold)
    inside = f"<style>{_style()}</style><defs>{defined}</defs>"
    inside += (
        f'<g class="moves">{floor}{used}</g><g class="still" display="none">{draw_shapes(still, "still", ON_PAGE)}</g>'
    )
    return render_svg(inside, ground=False, title=title)


def _bending_scenes(scenes: Sequence[Scene]) -> list[Scene]:
    """The bend itself: from the last pose that still stands upright before the first deep one."""
    aside = [scene for scene in scenes if scene.pose.view == "side"]
    deep = next((number for number, scene in enumerate(aside) if scene.pose.fold > UPRIGHT), 1)
    return aside[max(deep - 1, 0) :]


def _keyframes(scenes: Sequence[Scene]) -> list[tuple[float, Pose]]:
    """The poses with their times: few while the body stays, many while it moves; the last is the first again."""
    poses = [without_signs(scene.pose) for scene in scenes]
    track = [(0.0, poses[-1])]
    for scene, pose, before in zip(scenes, poses, [poses[-1], *poses], strict=False):
        if pose == before:
            continue
        start = track[-1][0]
        move = max(scene.move, 0.4)
        track += [
            (start + move * step / SAMPLES, interpolate(before, pose, ease(step / SAMPLES)))
            for step in range(1, SAMPLES + 1)
        ]
        if scene.hold:
            track.append((track[-1][0] + min(scene.hold, MAX_PAUSE), pose))
    return track


def _outline(name: str, outlines: Sequence[str], times: str, whole: float) -> str:
    if len(set(outlines)) == 1:
        return f'<path id="{name}" d="{outlines[0]}"/>'
    return f'<path id="{name}" d="{outlines[0]}">{_animate("d", ";".join(outlines), times, whole)}</path>'


def _use(name: str, shapes: Sequence[Shape], shown: str, times: str, whole: float) -> str:
    seen = ["0" if shape.style == "none" else "1" for shape in shapes]
    if "0" not in seen:
        return f'<use href="#{name}"{style_attributes(ON_PAGE, shown)}/>'
    fading = _animate("opacity", ";".join(seen), times, whole)
    return f'<use href="#{name}"{style_attributes(ON_PAGE, shown)}>{fading}</use>'


def _animate(what: str, values: str, times: str, whole: float) -> str:
    timing = f'keyTimes="{times}" dur="{whole:.2f}s" repeatCount="indefinite"'
    return f'<animate attributeName="{what}" values="{values}" {timing}/>'


def _style() -> str:
    """Darker colours at night; nothing that moves for whoever has asked for that."""
    rules = ""
    for name, (fill, stroke, _width, _dashes) in STYLES.items():
        said = f"fill:{_colour(ON_DARK, fill)};" if fill else ""
        said += f"stroke:{_colour(ON_DARK, stroke)};" if stroke else ""
        rules += f".fig-{name.replace('_', '-')}{{{said}}}" if said else ""
    motion = "@media (prefers-reduced-motion:reduce){.moves{display:none}.still{display:inline}}"
    return f"{motion}@media (prefers-color-scheme:dark){{{rules}}}"


def _colour(colours: Colours, name: str) -> str:
    return str(getattr(colours, name))
