"""Render an exercise's film with typst and ffmpeg, and its poster, captions and animated drawing.

Rendered on a developer's machine only: the files are shipped.
"""

from __future__ import annotations

import contextlib
import hashlib
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from exercises.animation import render_animation
from exercises.body.pose import Pose
from exercises.figure import ON_PAGE, draw_shapes
from exercises.film.captions import render_webvtt
from exercises.film.frames import render_frames, render_poster, render_svg
from exercises.folder import ExerciseContent
from exercises.poses import FILE, read_film
from exercises.rasterize import rasterize
from exercises.timeline import Scene, film_seconds, step_spans, without_signs
from exercises.toml_schema import ExerciseFileError

RATE = 24  # frames a second
WIDTH = 960  # pixels; 720 high
INPUT_OPTIONS = f"-y -loglevel error -f image2pipe -framerate {RATE} -i - -an -pix_fmt yuv420p"
CODECS = {
    "film.mp4": "-c:v libx264 -preset slow -crf 24 -movflags +faststart",
    "film.webm": "-c:v libvpx-vp9 -b:v 0 -crf 34 -row-mt 1 -cpu-used 3 -threads 2",
}


class FilmError(RuntimeError):
    """Why a film cannot be rendered, and what to do, in one line."""


@dataclass(frozen=True)
class Film:
    """The scenes of a film and its text files by name."""

    scenes: list[Scene]
    texts: dict[str, str]

    @property
    def seconds(self) -> float:
        """Its duration in seconds."""
        return film_seconds(self.scenes)

    @property
    def digest(self) -> str:
        """SHA-256 of two frames a second; the film files contain it, so that a stale one is noticed."""
        return hashlib.sha256("".join(render_frames(self.scenes, 2)).encode()).hexdigest()


def build_film(folder: ExerciseContent) -> Film:
    """Build the film of an exercise's folder.

    Args:
        folder: as `read_folder` returns it.

    Returns:
        Its scenes, and its text files by name: `moving.svg`, `still.svg` and `film.<language>.vtt`.

    Raises:
        ExerciseFileError: its poses.toml has an error or no film.
    """
    first = folder.translations[0]
    scenes = read_film(folder.path, first.steps, first.variations)
    if not any(scene.pose.view == "side" for scene in scenes):
        raise ExerciseFileError(
            folder.path / FILE, "film", "be given: [[film]] tables, one at least seen from the side"
        )
    texts = {"moving.svg": render_animation(scenes, first.text.name) + "\n"}
    texts["still.svg"] = (
        render_svg(draw_shapes(_poster_pose(scenes), "still", ON_PAGE), ground=False, title=first.text.name) + "\n"
    )
    for each in folder.translations:
        step_texts = {step.number: (step.title, step.cue) for step in each.steps}
        texts[f"film.{each.text.language}.vtt"] = render_webvtt(step_spans(scenes), step_texts)
    return Film(scenes, texts)


def write_film(film: Film, to: Path, *, words_only: bool = False) -> list[Path]:
    """Write a film's files into a folder, all of them or none.

    Args:
        film: as `build_film` returns it.
        to: the folder; created where it does not exist.
        words_only: omit film.mp4, film.webm and poster.png, which take minutes.

    Returns:
        The files written.

    Raises:
        FilmError: ffmpeg is not installed, or it failed.
    """
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        for file, text in film.texts.items():
            (place / file).write_text(text, encoding="utf-8")
        if not words_only:
            (place / "poster.png").write_bytes(
                next(rasterize([render_poster(without_signs(_poster_pose(film.scenes)))], WIDTH))
            )
            _render(film, place)
        to.mkdir(parents=True, exist_ok=True)
        # Captions and poster need their film beside them, so it goes first.
        ready = sorted(place.iterdir(), key=lambda path: (path.suffix not in (".mp4", ".webm"), path.name))
        return [Path(shutil.copyfile(path, to / path.name)) for path in ready]


def _poster_pose(scenes: Sequence[Scene]) -> Pose:
    """Return the pose of the poster: folded, with the hands still on the waist."""
    return next((scene.pose for scene in scenes if "fold" in scene.pose.arrows), scenes[0].pose)


def _render(film: Film, place: Path) -> None:
    program = shutil.which("ffmpeg")
    if program is None:
        raise FilmError("ffmpeg must be installed to render a film: apt-get install ffmpeg, or --words-only without it")
    all_frames = render_frames(film.scenes, RATE)
    unique = list(dict.fromkeys(all_frames))
    pngs = dict(zip(unique, rasterize(unique, WIDTH), strict=True))
    for name, codec in CODECS.items():
        # Bit-exact, so that the same drawings give the same file.
        plain = f"-map_metadata -1 -fflags +bitexact -flags:v +bitexact -metadata comment={film.digest}"
        line = [program, *shlex.split(INPUT_OPTIONS), *shlex.split(codec), *shlex.split(plain), str(place / name)]
        _encode(line, name, (pngs[text] for text in all_frames))


def _encode(line: Sequence[str], name: str, pictures: Iterable[bytes]) -> None:
    with tempfile.TemporaryFile() as errors:
        running = subprocess.Popen(line, stdin=subprocess.PIPE, stderr=errors)  # noqa: S603  nothing from outside
        assert running.stdin is not None
        # Where ffmpeg gives up before the end, its own error says more than the broken pipe does.
        with contextlib.suppress(BrokenPipeError), running.stdin:
            for picture in pictures:
                running.stdin.write(picture)
        if running.wait():
            errors.seek(0)
            message = " ".join(errors.read().decode(errors="replace").split())
            raise FilmError(f"ffmpeg could not write {name}: {message[-200:]}")
