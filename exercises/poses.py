"""The file of poses in an exercise's folder: one table a picture, named after what it shows.

[step-7]       the picture of step 7          [fault-7]   its usual fault, beside it
[way-chair]    the variation of that code
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from .figure import Pose, PoseError
from .models import Drawing, Step, Variation
from .toml_file import ExerciseFileError, read_toml

FILE = "poses.toml"


def read_drawings(folder: Path, steps: Sequence[Step], variations: Sequence[Variation]) -> list[Drawing]:
    """Read and check the poses of one exercise.

    Args:
        folder: the exercise's folder; without the file, the exercise has no drawings.
        steps: those of one language, to hold the names of the pictures against.
        variations: likewise.

    Returns:
        Rows not yet saved, which still want their exercise.

    Raises:
        ExerciseFileError: the first thing that is wrong.
    """
    path = folder / FILE
    if not path.exists():
        return []
    known = [f"{kind}-{step.number}" for step in steps for kind in ("step", "fault")]
    known += [f"way-{variation.code}" for variation in variations]
    drawings = []
    for key, values in read_toml(path).items():
        if key not in known:
            raise ExerciseFileError(path, key, "be left out: the pictures here are " + ", ".join(known))
        if not isinstance(values, dict):
            raise ExerciseFileError(path, key, f"be a [{key}] table")
        try:
            pose = Pose.of(values)
        except PoseError as error:
            raise ExerciseFileError(path, f"{key}.{error.key}", error.must) from None
        drawings.append(Drawing(key=key, angles=pose.values()))
    return drawings
