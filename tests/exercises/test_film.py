"""The demonstration: what is shipped is what the poses and the words say today."""

import json
import re
import shutil
import subprocess
from functools import cache
from io import StringIO
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command

from exercises.body.joints import joints_of
from exercises.film import render as rendering
from exercises.film.render import RATE, Film, build_film
from exercises.folder import read_folder
from exercises.timeline import Scene, moment_at, step_spans

from . import make
from .poses import BEND, bones

SHIPPED = BEND.parents[1] / "static" / "exercises" / "forward-bend"
TEXTS = ["film.en.vtt", "film.es.vtt", "moving.svg", "still.svg"]


@cache
def film() -> Film:
    return build_film(read_folder(BEND))


def captions(language: str) -> list[tuple[float, float, str]]:
    """Each caption with the seconds at which it comes and goes."""
    first, *blocks = film().texts[f"film.{language}.vtt"].strip().split("\n\n")
    assert first == "WEBVTT"
    found = []
    for block in blocks:
        times, text = block.split("\n", 1)
        match = re.fullmatch(r"(\d\d):(\d\d):(\d\d\.\d{3}) --> (\d\d):(\d\d):(\d\d\.\d{3})", times)
        assert match, times
        numbers = [float(number) for number in match.groups()]
        start, end = (hours * 3600 + minutes * 60 + seconds for hours, minutes, seconds in (numbers[:3], numbers[3:]))
        found.append((start, end, text))
    return found


def probe(name: str) -> dict[str, dict[str, str]]:
    program = shutil.which("ffprobe")
    if program is None:
        pytest.skip("ffprobe is not installed")
    line = [program, "-v", "error", "-show_format", "-show_streams", "-of", "json", str(SHIPPED / name)]
    told = json.loads(subprocess.run(line, capture_output=True, check=True, text=True).stdout)
    (stream,) = told["streams"]  # one picture, no sound
    return {"stream": stream, "format": told["format"]}


@pytest.mark.parametrize("name", TEXTS)
def test_the_shipped_texts_are_those_of_today(name):
    """Where this fails: `manage.py film forward-bend`, and look at what came of it."""
    assert (SHIPPED / name).read_text(encoding="utf-8") == film().texts[name]


@pytest.mark.parametrize(("name", "codec"), [("film.mp4", "h264"), ("film.webm", "vp9")])
def test_the_shipped_film_is_as_long_as_the_scenes(name, codec):
    found = probe(name)
    assert float(found["format"]["duration"]) == pytest.approx(film().seconds, abs=0.2)
    stream = found["stream"]
    assert (stream["codec_name"], stream["pix_fmt"]) == (codec, "yuv420p")
    assert (stream["width"], stream["height"]) == (960, 720)


@pytest.mark.parametrize("name", ["film.mp4", "film.webm"])
def test_the_shipped_film_shows_the_drawings_of_today(name):
    """Where this fails: `manage.py film forward-bend`, and look at what came of it."""
    tags = {key.lower(): value for key, value in probe(name)["format"]["tags"].items()}
    assert tags["comment"] == film().digest


@pytest.mark.parametrize("name", ["film.mp4", "film.webm", "poster.png", "moving.svg"])
def test_the_shipped_files_are_light(name):
    assert 5_000 < (SHIPPED / name).stat().st_size < 1_500_000


def test_the_film_begins_to_play_before_it_is_there():
    """The index of an MP4 lies in front of the pictures."""
    content = (SHIPPED / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_every_step_is_shown_in_its_order():
    assert [span.step for span in step_spans(film().scenes)] == list(range(1, 11))
    assert 60 <= film().seconds <= 90


def test_no_foot_moves_and_no_bone_stretches_in_the_whole_film():
    moments = [moment_at(film().scenes, index / RATE) for index in range(round(film().seconds * RATE))]
    bodies = [joints_of(moment.pose) for moment in moments if moment.pose.view == "side"]
    assert len({(body.heel, body.toe) for body in bodies}) == 1
    tall = bones(bodies[0])
    assert all(bones(body) == pytest.approx(tall) for body in bodies)


def test_nothing_jumps():
    """From one frame to the next the head moves four units at most, of the four hundred that the picture is wide."""
    heads = [joints_of(moment.pose).head for moment in _side()]
    assert max(abs(two - one) for one, two in pairwise(heads)) < 4


def _side():
    moments = [moment_at(film().scenes, index / RATE) for index in range(round(film().seconds * RATE))]
    return [moment for moment in moments if moment.pose.view == "side"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_captions_are_two_short_lines_that_can_be_read_in_their_time(language):
    before = 0.0
    for start, end, text in captions(language):
        lines = text.split("\n")
        assert len(lines) <= 2
        assert max(len(line) for line in lines) <= 40
        assert before <= start < end
        assert len(text) / (end - start) <= 18  # characters a second
        before = end
    assert before <= film().seconds


@pytest.mark.parametrize("language", ["en", "es"])
def test_captions_say_the_title_and_the_cue_of_the_step_that_is_seen(language):
    (words,) = [words for words in read_folder(BEND).translations if words.text.language == language]
    for span, step in zip(step_spans(film().scenes), words.steps, strict=True):
        said = [text for start, end, text in captions(language) if span.start - 0.01 <= start and end <= span.end]
        assert " ".join(said).replace("\n", " ") == f"{step.number}. {step.title} {step.cue}"


def test_what_a_caption_may_not_say_is_escaped():
    from exercises.film.captions import render_webvtt

    scenes = [Scene(film().scenes[0].pose, 1, 0, 9)]
    said = render_webvtt(step_spans(scenes), {1: ("A & B", "From --> to <b>")})
    assert "1. A &amp; B" in said
    assert "From --&gt; to &lt;b&gt;" in said


@pytest.mark.parametrize("name", ["moving.svg", "still.svg"])
def test_the_drawings_stand_alone(name):
    root = ElementTree.fromstring(film().texts[name])
    assert root[0].text == "Forward bend"
    assert "http" not in film().texts[name].replace("http://www.w3.org/2000/svg", "")


def test_the_moving_drawing_stands_still_where_motion_is_not_wanted():
    svg = film().texts["moving.svg"]
    assert "@media (prefers-reduced-motion:reduce){.moves{display:none}.still{display:inline}}" in svg
    still = svg.index('<g class="still" display="none">')
    assert "<animate" in svg[:still]
    assert "<animate" not in svg[still:]


def test_the_command_writes_the_texts_alone_when_asked(tmp_path):
    told = StringIO()
    call_command("film", "forward-bend", to=tmp_path, words_only=True, stdout=told)
    assert sorted(path.name for path in tmp_path.iterdir()) == TEXTS
    assert "film.en.vtt" in told.getvalue()


def test_without_ffmpeg_it_says_so_in_one_line_and_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(rendering, "rasterize", lambda pictures, wide: iter([b"png"] * len(pictures)))
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(CommandError, match=r"^ffmpeg must be installed .*--words-only without it$"):
        call_command("film", "forward-bend", to=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_exercise_without_scenes_has_no_film(tmp_path):
    folder = make.write(tmp_path / "bridge")
    (folder / "poses.toml").write_text("[step-1]\nfold = 9\n")
    with pytest.raises(CommandError, match=r"poses\.toml: film: must be given: \[\[film\]\] tables"):
        call_command("film", str(folder), to=tmp_path / "out")


def test_a_clinic_renders_its_own_exercise(tmp_path):
    folder = make.write(tmp_path / "bridge")
    scenes = [f'[[film]]\npose = "step-{number}"\nstep = {number}\nmove = 1\nhold = 3\n' for number in (1, 2)]
    (folder / "poses.toml").write_text("[step-1]\n[step-2]\nfold = 60\n" + "".join(scenes))
    call_command("film", str(folder), to=tmp_path / "out", words_only=True, stdout=StringIO())
    assert "2. Part 2" in Path(tmp_path / "out" / "film.en.vtt").read_text()


@pytest.mark.processes
@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
def test_a_short_film_is_rendered_whole(tmp_path):
    folder = make.write(tmp_path / "bridge")
    scenes = '[[film]]\npose = "step-1"\nstep = 1\nmove = 0\nhold = 0.2\n'
    scenes += '[[film]]\npose = "step-2"\nstep = 2\nmove = 0.2\nhold = 0.1\n'
    (folder / "poses.toml").write_text("[step-1]\n[step-2]\nfold = 60\n" + scenes)
    call_command("film", str(folder), to=tmp_path / "out", stdout=StringIO())
    made = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert made.keys() == {"film.mp4", "film.webm", "poster.png", "film.en.vtt", "moving.svg", "still.svg"}
    call_command("film", str(folder), to=tmp_path / "again", stdout=StringIO())
    assert {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()} == made
