"""The poses file in an exercise's folder: one table a picture, named after what it shows, and the film.

[step-7]       the picture of step 7          [fault-7]      its usual fault, beside it
[way-chair]    the variation of that code     [film-knock]   a pose of the film alone
[[film]]       one scene of the film: pose, step, move and hold
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from exercises.timeline import Scene
from exercises.toml_schema import ExerciseFileError, read_toml

from .body.pose import Pose, PoseError
from .models import Drawing, Step, Variation

FILE = "poses.toml"
FILM = "film"
FILM_POSE = re.compile(r"film-[a-z0-9_-]+")
SCENE = {"pose": "the name of a table here", "step": "the number of a step", "move": "seconds", "hold": "seconds"}
MAX_SECONDS = 30.0  # seconds of one movement, or of one hold


def read_drawings(folder: Path, steps: Sequence[Step], variations: Sequence[Variation]) -> list[Drawing]:
    """Read and check the poses of one exercise, its film too.

    Args:
        folder: the exercise's folder; without the file, the exercise has no drawings.
        steps: those of one language, with which the names of the pictures are compared.
        variations: likewise.

    Returns:
        Rows that are not yet saved and have no exercise yet; the film has none.

    Raises:
        ExerciseFileError: the first error.
    """
    poses, _scenes = _read(folder, steps, variations)
    return [Drawing(key=key, angles=pose.values()) for key, pose in poses.items() if not FILM_POSE.fullmatch(key)]


def read_film(folder: Path, steps: Sequence[Step], variations: Sequence[Variation]) -> list[Scene]:
    """The scenes of an exercise's film, in order; none for an exercise without. Arguments and errors as above."""
    return _read(folder, steps, variations)[1]


def _read(folder: Path, steps: Sequence[Step], variations: Sequence[Variation]) -> tuple[dict[str, Pose], list[Scene]]:
    path = folder / FILE
    if not path.exists():
        return {}, []
    known = [f"{kind}-{step.number}" for step in steps for kind in ("step", "fault")]
    known += [f"way-{variation.code}" for variation in variations]
    content = read_toml(path)
    film = content.pop(FILM, [])
    poses = {}
    for key, values in content.items():
        if key not in known and not FILM_POSE.fullmatch(key):
            raise ExerciseFileError(path, key, "be left out: the pictures here are " + ", ".join(known))
        if not isinstance(values, dict):
            raise ExerciseFileError(path, key, f"be a [{key}] table")
        try:
            poses[key] = Pose.from_angles(values)
        except PoseError as error:
            raise ExerciseFileError(path, f"{key}.{error.key}", error.must) from None
    if not isinstance(film, list) or not all(isinstance(row, dict) for row in film):
        raise ExerciseFileError(path, FILM, f"be [[{FILM}]] tables")
    scenes = [_scene(path, f"{FILM}[{number}]", row, poses, steps) for number, row in enumerate(film, start=1)]
    return poses, scenes


def _scene(path: Path, place: str, row: dict[str, Any], poses: dict[str, Pose], steps: Sequence[Step]) -> Scene:
    for key in row:
        if key not in SCENE:
            raise ExerciseFileError(path, f"{place}.{key}", "be left out: the keys here are " + ", ".join(SCENE))
    for key, must in SCENE.items():
        if key not in row:
            raise ExerciseFileError(path, f"{place}.{key}", f"be given: {must}")
    if row["pose"] not in poses:
        raise ExerciseFileError(path, f"{place}.pose", "be one of " + ", ".join(poses))
    if row["step"] not in [step.number for step in steps] or isinstance(row["step"], bool):
        raise ExerciseFileError(path, f"{place}.step", f"be the number of a step, from 1 to {len(steps)}")
    for key in ("move", "hold"):
        value = row[key]
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MAX_SECONDS:
            raise ExerciseFileError(path, f"{place}.{key}", f"be seconds, from 0 to {MAX_SECONDS:g}")
    return Scene(poses[row["pose"]], row["step"], float(row["move"]), float(row["hold"]))
