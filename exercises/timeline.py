"""Poses in time: the scenes of a film, the pose at each moment, and the step shown meanwhile; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from exercises.body.joints import lean_of
from exercises.body.pose import Pose

FADE = 0.35  # seconds in which annotations fade in and out
NUMBERS = tuple(one.name for one in fields(Pose) if "least" in one.metadata)


@dataclass(frozen=True)
class Scene:
    """One pose of a film: its step, the seconds of the movement into it, and the seconds for which it is held."""

    pose: Pose
    step: int
    move: float
    hold: float

    @property
    def seconds(self) -> float:
        """Movement and hold."""
        return self.move + self.hold


@dataclass(frozen=True)
class Moment:
    """The picture at one moment: a pose, and another one that fades in by a share from 0 to 1.

    The other pose is the same body with annotations, or the body from another side.
    """

    pose: Pose
    step: int
    through: Pose | None = None
    share: float = 0.0


@dataclass(frozen=True)
class Span:
    """The time in which a step is shown, in seconds."""

    step: int
    start: float
    end: float


def ease(share: float) -> float:
    """Return the position in a movement after a share of its time, with a smooth start and end.

    The minimum-jerk curve (Flash and Hogan, 1985), whose second half is its first one turned round.

    Args:
        share: of the time, from 0 to 1; what lies beyond is taken as the nearer end.

    Returns:
        The share of the way, from 0 to 1, never less for a later moment.
    """
    share = round(min(max(share, 0.0), 1.0), 9)  # nearer ones would differ by rounding alone, and not always upwards
    if share > 0.5:
        return 1 - ease(1 - share)
    return share**3 * (share * (share * 6 - 15) + 10)


def interpolate(one: Pose, other: Pose, share: float) -> Pose:
    """The pose on the way from one to the other, in the same view.

    Args:
        one: where the body is at share 0.
        other: where it is at share 1.
        share: from 0 to 1; at both ends the pose itself is given back.

    Returns:
        Every angle in between; on the way nothing points at anything.
    """
    if share <= 0 or share >= 1:
        return other if share >= 1 else one
    if one.lean is not None or other.lean is not None:
        one, other = replace(one, lean=lean_of(one)), replace(other, lean=lean_of(other))
    mixed = {}
    for name in NUMBERS:
        start, end = getattr(one, name), getattr(other, name)
        mixed[name] = start if start == end else start + (end - start) * share
    nearer = one if share < 0.5 else other
    return without_signs(replace(nearer, **mixed))


def without_signs(pose: Pose) -> Pose:
    """Return the same body without annotations."""
    return replace(pose, signs=(), arrows=(), inset="")


def film_seconds(scenes: Sequence[Scene]) -> float:
    """Return the duration of the film in seconds."""
    return sum(scene.seconds for scene in scenes)


def moment_at(scenes: Sequence[Scene], seconds: float) -> Moment:
    """Return the picture at a time in seconds; after the end the last scene stays."""
    before: Scene | None = None
    for scene in scenes:
        if seconds < scene.move and before is not None:
            return _moving(before, scene, seconds / scene.move)
        if seconds < scene.seconds:
            return _held(scene, seconds - scene.move)
        seconds -= scene.seconds
        before = scene
    return Moment(scenes[-1].pose, scenes[-1].step)


def _held(scene: Scene, seconds: float) -> Moment:
    share = min(seconds, scene.hold - seconds) / FADE
    if share >= 1 or scene.pose == without_signs(scene.pose):
        return Moment(scene.pose, scene.step)
    return Moment(without_signs(scene.pose), scene.step, scene.pose, share)


def _moving(before: Scene, scene: Scene, share: float) -> Moment:
    if before.pose.view != scene.pose.view:
        return Moment(without_signs(before.pose), scene.step, without_signs(scene.pose), ease(share))
    return Moment(interpolate(before.pose, scene.pose, ease(share)), scene.step)


def step_spans(scenes: Sequence[Scene]) -> list[Span]:
    """Return when each step is shown, in order; consecutive scenes of one step are one span."""
    spans: list[Span] = []
    now = 0.0
    for scene in scenes:
        end = now + scene.seconds
        if spans and spans[-1].step == scene.step:
            spans[-1] = replace(spans[-1], end=end)
        else:
            spans.append(Span(scene.step, now, end))
        now = end
    return spans
