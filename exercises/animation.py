"""Render the movement as one animated SVG: the outlines of each shape, one after the other; pure."""

from __future__ import annotations

from collections.abc import Sequence

from exercises.body import joints, side
from exercises.body.pose import Pose
from exercises.body.room import ground
from exercises.body.shapes import Shape
from exercises.figure import ON_DARK, ON_PAGE, STYLES, Colours, draw_shapes, paint_shape, style_attributes
from exercises.film.frames import render_svg
from exercises.timeline import Scene, ease, interpolate, without_signs

MAX_PAUSE = 1.2  # seconds at most that the body stays in a pose
UPRIGHT = 15.0  # degrees of pelvic tilt up to which a pose counts as standing
SAMPLES = 5  # outlines of one movement; the browser interpolates between them


def render_animation(scenes: Sequence[Scene], title: str) -> str:
    """Render the bend of a film, from standing down and up again, in a loop.

    Args:
        scenes: the scenes of the film.
        title: a description for those who cannot see it.

    Returns:
        A whole SVG file with its own colours, light and dark. It stands still where reduced motion is preferred.
    """
    track = _keyframes(_bending_scenes(scenes))
    duration = track[-1][0]
    times = ";".join(f"{seconds / duration:.4f}".rstrip("0").rstrip(".") for seconds, _ in track)
    bodies = [side.body(pose, joints.joints_of(pose)) for _, pose in track]
    defined, used = "", ""
    names: dict[tuple[str, ...], str] = {}
    for shapes in zip(*bodies, strict=True):
        outlines = tuple(shape.path for shape in shapes)
        styles = [shape.style for shape in shapes if shape.style != "none"]
        if not styles:
            continue
        if outlines not in names:
            names[outlines] = f"s{len(names)}"
            defined += _outline(names[outlines], outlines, times, duration)
        used += _use(names[outlines], shapes, styles[0], times, duration)
    floor = "".join(paint_shape(shape, ON_PAGE) for shape in ground(Pose()))
    still = max((pose for _, pose in track), key=lambda pose: pose.fold)
    content = f"<style>{_style()}</style><defs>{defined}</defs>"
    content += (
        f'<g class="moves">{floor}{used}</g><g class="still" display="none">{draw_shapes(still, "still", ON_PAGE)}</g>'
    )
    return render_svg(content, ground=False, title=title)


def _bending_scenes(scenes: Sequence[Scene]) -> list[Scene]:
    """Return the scenes from the last standing pose before the first deep one."""
    side_scenes = [scene for scene in scenes if scene.pose.view == "side"]
    deep = next((number for number, scene in enumerate(side_scenes) if scene.pose.fold > UPRIGHT), 1)
    return side_scenes[max(deep - 1, 0) :]


def _keyframes(scenes: Sequence[Scene]) -> list[tuple[float, Pose]]:
    """Return poses with their times, more while the body moves; the last pose is the first again."""
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


def _outline(name: str, outlines: Sequence[str], times: str, duration: float) -> str:
    if len(set(outlines)) == 1:
        return f'<path id="{name}" d="{outlines[0]}"/>'
    return f'<path id="{name}" d="{outlines[0]}">{_animate("d", ";".join(outlines), times, duration)}</path>'


def _use(name: str, shapes: Sequence[Shape], style: str, times: str, duration: float) -> str:
    opacities = ["0" if shape.style == "none" else "1" for shape in shapes]
    if "0" not in opacities:
        return f'<use href="#{name}"{style_attributes(ON_PAGE, style)}/>'
    fading = _animate("opacity", ";".join(opacities), times, duration)
    return f'<use href="#{name}"{style_attributes(ON_PAGE, style)}>{fading}</use>'


def _animate(attribute: str, values: str, times: str, duration: float) -> str:
    timing = f'keyTimes="{times}" dur="{duration:.2f}s" repeatCount="indefinite"'
    return f'<animate attributeName="{attribute}" values="{values}" {timing}/>'


def _style() -> str:
    """Return the rules for dark colours and for reduced motion."""
    rules = ""
    for name, (fill, stroke, _width, _dashes) in STYLES.items():
        rule = f"fill:{_colour(ON_DARK, fill)};" if fill else ""
        rule += f"stroke:{_colour(ON_DARK, stroke)};" if stroke else ""
        rules += f".fig-{name.replace('_', '-')}{{{rule}}}" if rule else ""
    motion = "@media (prefers-reduced-motion:reduce){.moves{display:none}.still{display:inline}}"
    return f"{motion}@media (prefers-color-scheme:dark){{{rules}}}"


def _colour(colours: Colours, name: str) -> str:
    return str(getattr(colours, name))
