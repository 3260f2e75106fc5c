"""``/exercises/``: the library, in the caller's language."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exercises import media_storage
from exercises.models import Media
from tests import make
from tests.api.calls import Program, errors_of
from tests.exercises import files


@pytest.fixture
def dana(cast):
    make.exercise()
    return Program(cast.dana)


def test_the_list_names_each_exercise(dana):
    page = dana.get("exercises/").json()
    assert page["count"] == 1
    listed = page["results"][0]
    assert listed["slug"] == "forward-bend"
    assert (listed["name"], listed["language"], listed["featured"]) == ("Forward bend", "en", True)


def test_one_exercise_comes_whole(dana):
    bend = dana.get("exercises/forward-bend/").json()
    assert [step["number"] for step in bend["steps"]] == list(range(1, 11))
    assert all(step["instruction"] and step["cue"] and step["fault"] and step["correction"] for step in bend["steps"])
    asked = {precaution["code"]: precaution for precaution in bend["precautions"]}
    assert asked["saddle_numbness"]["group"] == "stop"
    assert asked["saddle_numbness"]["reported"] is True
    assert asked["saddle_numbness"]["sign"]
    assert asked["pregnancy"]["question"]
    assert bend["equipment"]
    assert {variation["code"] for variation in bend["variations"]} == {
        variation.code for variation in make.exercise().variations_in("en")
    }
    assert {step["phase"] for step in bend["steps"]} == {"ready", "go_in", "hold", "remind", "come_out"}
    assert {picture["kind"] for picture in bend["pictures"]} <= {"film", "poster", "captions"}


@pytest.mark.parametrize(("wanted", "spoken"), [("es", "es"), ("es-MX,en;q=0.5", "es"), ("xx", "en")])
def test_the_language_is_the_one_asked_for_or_else_english(dana, wanted, spoken):
    data = dana.get("exercises/forward-bend/", **{"Accept-Language": wanted}).json()
    words = make.exercise().text_in(spoken)
    assert (data["language"], data["name"], data["gauge"]) == (spoken, words.name, words.gauge)
    assert data["steps"][0]["title"] == make.exercise().steps_in(spoken)[0].title
    assert dana.get("exercises/", **{"Accept-Language": wanted}).json()["results"][0]["name"] == words.name


def test_pictures_are_those_of_the_language_with_a_whole_address(dana):
    for language in ("", "en", "es"):
        Media.objects.create(
            exercise=make.exercise(), kind=Media.Kind.PICTURE, language=language, title=f"bend {language}",
            path="exercises/bend.svg",
        )  # fmt: skip
    pictures = [each for each in dana.get("exercises/forward-bend/").json()["pictures"] if each["kind"] == "picture"]
    assert [picture["title"] for picture in pictures] == ["bend ", "bend en"]
    assert pictures[0]["url"] == "http://testserver/static/exercises/bend.svg"


def test_a_film_of_the_clinics_own_is_told_instead_of_the_shipped_one(dana, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    bend = make.exercise()
    bend.media.create(kind=Media.Kind.FILM, title="shipped", path="exercises/forward-bend/film.mp4")
    own = media_storage.store_upload(bend, files.file(files.WEBM), Media.Kind.FILM)
    picture = media_storage.store_upload(bend, files.file(files.PNG), Media.Kind.PICTURE, step=3)
    data = dana.get("exercises/forward-bend/").json()["pictures"]
    assert [(each["kind"], each["content_type"], each["step"], each["url"]) for each in data] == [
        ("film", "video/webm", None, f"http://testserver/portal/media/{own.pk}/"),
        ("picture", "image/png", 3, f"http://testserver/portal/media/{picture.pk}/"),
    ]


def test_a_draft_is_404(dana):
    exercise = make.exercise()
    exercise.published_at = None
    exercise.save(update_fields=["published_at"])
    errors_of(dana.get("exercises/forward-bend/"), 404)
    assert dana.get("exercises/").json()["count"] == 0


def test_one_exercise_costs_one_query_a_table(dana):
    with CaptureQueriesContext(connection) as captured:
        dana.get("exercises/forward-bend/")
    assert len(captured) == 9  # the token, the exercise and its seven tables
