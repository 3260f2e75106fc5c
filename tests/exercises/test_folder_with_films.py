"""A clinic's folder may hold a film, its poster and captions, and pictures of the steps."""

from pathlib import Path

import pytest

from exercises import media_storage
from exercises.folder import read_folder
from exercises.loading import Outcome, load_folder
from exercises.media_selection import select_film, select_photo
from exercises.models import Exercise, Media
from exercises.toml_schema import ExerciseFileError

from . import files, make

pytestmark = pytest.mark.django_db

WHOLE = {
    "film.mp4": files.MP4,
    "film.webm": files.WEBM,
    "poster.jpg": files.JPEG,
    "film.en.vtt": files.VTT,
    "film.es.vtt": files.VTT,
    "step-2.png": files.PNG,
}


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def put(folder: Path, contents: dict[str, bytes]) -> Path:
    make.write(folder)
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return folder


def load(folder: Path, origin: str = "clinic") -> Outcome:
    return load_folder(read_folder(folder), origin)


def test_films_and_pictures_are_stored_as_uploads(tmp_path, media_root):
    assert load(put(tmp_path / "bridge", WHOLE)) == Outcome.LOADED
    bridge = Exercise.objects.get()
    film = select_film(bridge)
    assert [source.content_type for source in film.sources] == ["video/mp4", "video/webm"]
    assert film.sources[0].file.read() == files.MP4
    assert film.poster.content_type == "image/jpeg"
    assert [track.language for track in film.captions] == ["en", "es"]
    assert select_photo(bridge, 2).file.read() == files.PNG
    assert select_photo(bridge, 1) is None
    stored = [path.name for path in (media_root / "exercises").iterdir()]
    assert len(stored) == 6
    assert not any("film" in name or "bridge" in name for name in stored)


def test_loading_again_stores_nothing_again(tmp_path, media_root):
    folder = put(tmp_path / "bridge", WHOLE)
    load(folder)
    before = sorted(Media.objects.values_list("pk", "file"))
    assert load(folder) == Outcome.UNCHANGED
    assert sorted(Media.objects.values_list("pk", "file")) == before
    assert len(list((media_root / "exercises").iterdir())) == 6


def test_a_film_put_in_later_is_stored_without_a_new_version(tmp_path):
    folder = put(tmp_path / "bridge", {})
    load(folder)
    put(folder, {"film.mp4": files.MP4})
    assert load(folder) == Outcome.MEDIA_CHANGED
    assert select_film(Exercise.objects.get()).sources[0].extension == ".mp4"
    assert load(folder) == Outcome.UNCHANGED


def test_what_was_uploaded_in_the_meantime_stays(tmp_path):
    folder = put(tmp_path / "bridge", {"film.mp4": files.MP4})
    load(folder)
    bridge = Exercise.objects.get()
    media_storage.store_upload(bridge, files.file(files.FRAGMENTED_MP4), "film")
    assert load(folder) == Outcome.UNCHANGED
    assert bridge.media.get().file.read() == files.FRAGMENTED_MP4


def test_the_shipped_film_is_a_static_file_and_follows_what_is_shipped(tmp_path, monkeypatch):
    monkeypatch.setattr(media_storage, "STATIC_ROOT", tmp_path / "static")
    shipped = tmp_path / "static" / "exercises" / "bridge"
    folder = put(tmp_path / "bridge", {})
    load(folder, "library")
    shipped.mkdir(parents=True)
    (shipped / "film.mp4").write_bytes(files.MP4)
    (shipped / "moving.svg").write_bytes(files.SVG)  # no film, and no upload: left alone
    assert load(folder, "library") == Outcome.MEDIA_CHANGED
    media = Media.objects.get()
    assert (media.path, media.uploaded, media.content_type) == ("exercises/bridge/film.mp4", False, "video/mp4")
    (shipped / "film.mp4").unlink()
    assert load(folder, "library") == Outcome.MEDIA_CHANGED
    assert not Media.objects.exists()


BAD = [
    ({"film.mp4": b""}, "film.mp4: file: must be stored anew: This file is empty."),
    ({"film.mp4": b"text"}, "film.mp4: file: must be stored anew: This is not a film"),
    ({"Film.mov": files.MP4}, "Film.mov: file: must be named as one of film.mp4, film.webm"),
    ({"step-3.png": files.PNG}, "step-3.png: file: must be of a step: there are 2"),
    ({"film.en.vtt": files.VTT}, "film.en.vtt: file: must come with a film"),
    ({"step-1.png": files.PNG, "step-1.jpg": files.JPEG}, "step-1.png: file: must be left out: step-1.jpg takes its"),
    ({"film.mp4": files.MP4, "film.webm": files.MP4}, "film.webm: file: must be left out: film.mp4 takes its place"),
    ({"film.mp4": files.MP4, "film.vtt": files.VTT}, "film.vtt: file: must be named as one of"),
]


@pytest.mark.parametrize(("contents", "line"), BAD, ids=[line.split(":")[0] for _, line in BAD])
def test_a_bad_file_is_named_in_one_line_and_nothing_is_stored(tmp_path, contents, line):
    folder = put(tmp_path / "bridge", contents)
    with pytest.raises(ExerciseFileError) as caught:
        load(folder)
    assert str(caught.value).startswith(f"{folder}/{line}")
    assert "\n" not in str(caught.value)
    assert not Exercise.objects.exists()
