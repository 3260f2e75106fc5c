"""The page of an exercise teaches it: film, what it is for, when not to start, each step with its fault."""

import re

import pytest

from clinic.models import Client
from clinic.prescriptions import prescribing
from exercises import authoring, media_storage
from exercises.models import Exercise, Media
from tests import make
from tests.exercises import files, make as content
from tests.portal.visit import signed_in, stranger, url


@pytest.fixture
def dana(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.exercise()
    return signed_in(cast.dana)


def bridge(after=None, **changes):
    """The second exercise, as a clinic's folder holds it."""
    text = content.content(version=None, featured=None, **changes)
    return authoring.save_exercise("bridge", "en", text, base_version=after, published=True)


def page_of(browser, slug="forward-bend"):
    return browser.get(url("exercise", slug)).content.decode()


def test_the_shelf_shows_each_exercise_with_its_picture(dana):
    bridge()
    page = dana.get(url("library")).content.decode()
    assert re.findall(r'<h2><a href="([^"]+)">', page) == [url("exercise", "bridge"), url("exercise", "forward-bend")]
    assert page.count('class="cover"') == 2
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg" class="figure') == 1  # the bridge has no drawing


def test_everything_a_good_practitioner_would_say_is_there(dana):
    bend, page = make.exercise(), page_of(dana)
    words = bend.text_in("en")
    for text in (words.purpose, words.gauge, *(row.question for row in bend.precautions_in("en"))):
        assert text.replace("'", "&#x27;") in page
    for row in (*bend.steps_in("en"), *bend.variations_in("en"), *bend.equipment_in("en")):
        texts = {"step": ("instruction", "cue", "fault", "correction"), "variation": ("how",), "equipment": ("detail",)}
        for field in texts[row._meta.model_name]:
            assert getattr(row, field).replace("'", "&#x27;") in page


def test_ids_are_those_of_one_thing_each(dana):
    ids = re.findall(r'\bid="([^"]+)"', page_of(dana))
    assert sorted(ids) == sorted(set(ids))


def test_the_shipped_film_plays_without_a_script_with_the_captions_of_the_page(cast, dana, settings):
    bend = make.exercise()
    bend.media.all().delete()
    for kind, language, name in (
        ("film", "", "film.mp4"),
        ("film", "", "film.webm"),
        ("poster", "", "poster.png"),
        ("captions", "en", "film.en.vtt"),
        ("captions", "es", "film.es.vtt"),
    ):
        bend.media.create(kind=kind, language=language, title="Bend", path=f"exercises/forward-bend/{name}")
    page = page_of(dana)
    assert re.findall(r'<source src="([^"]+)" type="([^"]+)">', page) == [
        ("/static/exercises/forward-bend/film.mp4", "video/mp4"),
        ("/static/exercises/forward-bend/film.webm", "video/webm"),
    ]
    assert 'controls preload="none" playsinline' in page
    assert re.findall(r'srclang="(\w+)" label="[^"]+"( default)?', page) == [("en", " default"), ("es", "")]
    cast.dana.language = "es"
    cast.dana.save(update_fields=["language"])
    assert re.findall(r'srclang="(\w+)" label="[^"]+"( default)?', page_of(dana)) == [("en", ""), ("es", " default")]


def test_without_a_film_there_is_no_player(dana):
    bridge()
    assert "<video" not in page_of(dana, "bridge")


def test_an_uploaded_picture_stands_where_nothing_is_drawn(dana):
    created = bridge()
    photo = media_storage.store_upload(created, files.file(files.PNG), Media.Kind.PICTURE, step=2)
    assert f'<img src="{url("media", photo.pk)}" alt="Part 2"' in page_of(dana, "bridge")
    assert url("media", photo.pk) in dana.get(url("library")).content.decode()  # its cover


def test_who_has_it_prescribed_can_do_it_now(cast, dana):
    assert "Do it now" not in page_of(dana)
    plan = make.prescription(cast.dana)
    assert f'href="{url("player", plan.pk)}"' in page_of(dana)
    assert "Do it now" not in page_of(signed_in(cast.erin))
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="rest")
    assert "Do it now" not in page_of(dana)


def test_a_plan_of_an_older_version_can_be_done_from_the_page_of_the_newer(cast, dana):
    old = bridge()
    plan = prescribing.prescribe_exercise(cast.dana, old, make.dose(), make.nothing_found(old), by=cast.alice)
    text = {
        key: value for key, value in content.content(name="Hip bridge").items() if key not in ("version", "featured")
    }
    authoring.save_exercise("bridge", "en", text, base_version=1, published=True)
    page = page_of(dana, "bridge")
    assert "Hip bridge" in page
    assert f'href="{url("player", plan.pk)}"' in page


def test_a_stranger_is_sent_to_sign_in_and_a_registrant_reads(cast, dana):
    assert stranger().get(url("exercise", "forward-bend")).status_code == 302
    nora = signed_in(make.registrant(cast.alice.clinic).user)
    assert "Forward bend" in page_of(nora)
    assert "Do it now" not in page_of(nora)


def test_a_draft_is_404(dana):
    Exercise.objects.update(published_at=None)
    assert dana.get(url("exercise", "forward-bend")).status_code == 404


def test_the_shelf_asks_as_often_for_two_exercises_as_for_one(dana, django_assert_max_num_queries):
    counts = []
    for _round in range(2):
        with django_assert_max_num_queries(25) as asked:
            dana.get(url("library"))
        counts.append(len(asked))
        bridge() if not counts[1:] else None
    assert counts[0] == counts[1]


def test_words_in_another_language_than_the_page_say_so_to_a_screen_reader(cast):
    bridge()  # in English alone
    Client.objects.filter(pk=cast.dana.pk).update(language="es")
    page = page_of(signed_in(cast.dana), "bridge")
    assert '<html lang="es" dir="ltr">' in page
    assert '<li lang="en">' in page
