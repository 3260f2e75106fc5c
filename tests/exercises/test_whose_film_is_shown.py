"""The clinic's own film takes the place of the shipped one, and its files go when no version shows them."""

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from exercises import media_storage
from exercises.media_selection import select_film

from . import files, make

pytestmark = pytest.mark.django_db


@pytest.fixture
def bend(settings, tmp_path):
    """An exercise with a shipped film, its poster and its captions."""
    settings.MEDIA_ROOT = tmp_path
    exercise = make.exercise("bend", origin="library")
    make.speak(exercise, "en", "Bend")
    for kind, language, name in (
        ("film", "", "film.mp4"),
        ("poster", "", "poster.png"),
        ("captions", "en", "film.en.vtt"),
    ):
        exercise.media.create(kind=kind, language=language, title="Bend", path=f"exercises/bend/{name}")
    return exercise


def place(exercise, content, kind="film", **where):
    return media_storage.store_upload(exercise, files.file(content), kind, **where)


def fresh(exercise):
    return type(exercise).objects.get(pk=exercise.pk)


def lying(settings):
    return sorted(path.name for path in Path(settings.MEDIA_ROOT, "exercises").glob("*"))


def test_the_shipped_film_comes_with_its_own_captions_and_poster(bend):
    film = select_film(bend)
    assert [media.path for media in (*film.sources, film.poster, *film.captions)] == [
        "exercises/bend/film.mp4",
        "exercises/bend/poster.png",
        "exercises/bend/film.en.vtt",
    ]


def test_an_uploaded_film_leaves_the_shipped_captions_behind(bend):
    place(bend, files.WEBM)
    film = select_film(fresh(bend))
    assert [source.uploaded for source in film.sources] == [True]
    assert (film.poster, film.captions) == (None, [])


def test_without_any_film_there_is_none():
    assert select_film(make.exercise()) is None


def test_captions_and_a_poster_wait_for_the_film(bend):
    for kind, content in (("captions", files.VTT), ("poster", files.PNG)):
        with pytest.raises(ValidationError, match="Upload your film first"):
            place(bend, content, kind, language="en")


def test_a_new_film_takes_the_place_of_the_old_and_its_file_goes(bend, settings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        old = place(bend, files.MP4)
        webm = place(bend, files.WEBM)
        new = place(bend, files.FRAGMENTED_MP4)
    assert sorted(bend.media.exclude(file="").values_list("pk", flat=True)) == [webm.pk, new.pk]
    assert Path(old.file.name).name not in lying(settings)
    assert len(lying(settings)) == 2


def test_the_last_film_takes_its_captions_and_poster_along(bend, settings, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        film, webm = place(bend, files.MP4), place(bend, files.WEBM)
        place(bend, files.VTT, "captions", language="en")
        place(bend, files.PNG, "poster")
        media_storage.delete_upload(film)
    assert select_film(fresh(bend)).captions
    with django_capture_on_commit_callbacks(execute=True):
        media_storage.delete_upload(webm)
    assert select_film(fresh(bend)).sources[0].path == "exercises/bend/film.mp4"
    assert lying(settings) == []


def test_a_file_that_another_version_shows_stays(bend, settings, django_capture_on_commit_callbacks):
    film = place(bend, files.MP4)
    newer = make.exercise("bend", 2, origin="library")
    media_storage.copy_uploads(bend, newer)
    with django_capture_on_commit_callbacks(execute=True):
        media_storage.delete_upload(film)
    assert newer.media.get().file.read() == files.MP4
    with django_capture_on_commit_callbacks(execute=True):
        media_storage.delete_upload(newer.media.get())
    assert lying(settings) == []


def test_an_upload_that_is_refused_leaves_no_file(bend, settings):
    with pytest.raises(ValidationError):
        place(bend, b"no film")
    with pytest.raises(ValidationError):
        place(bend, files.PNG, "picture", step=9)
    assert lying(settings) == []
    assert not bend.media.exclude(file="").exists()
