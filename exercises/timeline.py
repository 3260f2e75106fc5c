"""Poses in time: scenes, what is seen at each moment, and whose words are said meanwhile; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from exercises.body.joints import lean_of
from exercises.body.pose import Pose

FADE = 0.35  # seconds in which what points at the body comes and goes
NUMBERS = tuple(one.name for one in fields(Pose) if "least" in one.metadata)


@dataclass(frozen=True)
class Scene:
    """One pose of a film: the step whose words it has, how long the body takes to get there and stays, in seconds."""

    pose: Pose
    step: int
    move: float
    hold: float

    @property
    def seconds(self) -> float:
        """All of it."""
        return self.move + self.hold


@dataclass(frozen=True)
class Moment:
    """What is seen at one moment: a pose, and another one that is coming through it by a share from 0 to 1.

    The other one is the same body with what points at it, or the body from another side.
    """

    pose: Pose
    step: int
    through: Pose | None = None
    share: float = 0.0


@dataclass(frozen=True)
class Span:
    """From when to when a step is shown, in seconds."""

    step: int
    start: float
    end: float


def ease(share: float) -> float:
    """How far a movement is after a share of its time: it starts and ends without a jerk; 0 and 1 stay.

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
    """The same body, and nothing that points at it."""
    return replace(pose, signs=(), arrows=(), inset="")


def film_seconds(scenes: Sequence[Scene]) -> float:
    """Seconds of the whole film."""
    return sum(scene.seconds for scene in scenes)


def moment_at(scenes: Sequence[Scene], seconds: float) -> Moment:
    """What is seen at a moment; after the end the last scene stays."""
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
    """When each step is shown, in order; scenes of one step that follow each other are one span."""
    found: list[Span] = []
    now = 0.0
    for scene in scenes:
        end = now + scene.seconds
        if found and found[-1].step == scene.step:
            found[-1] = replace(found[-1], end=end)
        else:
            found.append(Span(scene.step, now, end))
        now = end
    return found
