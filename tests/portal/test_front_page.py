"""The clinic's front page, the exercises to read about, and the pages for what is not there."""

from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import override_settings

from clinic.models import Clinic
from tests import make
from tests.portal.visit import signed_in, stranger, url, words, writes


def test_without_a_clinic_it_says_what_to_do_first(db):
    response = stranger().get("/")
    assert response.status_code == 200
    assert "manage.py demo" in words(response)


def test_it_shows_the_clinic_its_exercise_and_the_way_in(cast):
    make.exercise()
    response = stranger().get("/")
    text = words(response)
    assert "Riverside Physio" in text
    assert "Hilltop" not in text
    assert "Forward bend" in text
    assert "Loosens your low back" in text
    assert f'href="{settings.LOGIN_URL}"' in response.content.decode()
    assert f'href="{url("register")}"' in response.content.decode()
    assert "Registering is free." in text
    assert writes(stranger(), "/") == []
    assert stranger().head("/").status_code == 200


def test_the_exercise_has_its_picture_and_says_what_it_is_good_for_and_for_whom(cast):
    step = next(step for step in make.exercise().steps_in("en") if step.phase == "go_in")
    response = stranger().get("/")
    picture = f'aria-labelledby="forward-bend-step-{step.number}-title forward-bend-step-{step.number}-shows"'
    assert picture in response.content.decode()
    assert f">{step.shows}</desc>" in response.content.decode()
    assert "The muscles at the front of your thighs" in words(response)
    assert "Is it right for you? Give your pain a number" in words(response)


def test_the_movement_is_shown_on_demand_and_stands_still_for_who_wants_that(cast, monkeypatch):
    make.exercise()
    page = stranger().get("/").content.decode()
    assert "<summary>See the movement</summary>" in page
    still = '<source media="(prefers-reduced-motion: reduce)" srcset="/static/exercises/forward-bend/still.svg">'
    assert still in page
    assert 'src="/static/exercises/forward-bend/moving.svg"' in page
    monkeypatch.setattr("exercises.templatetags.figures.STATIC_ROOT", Path("/nowhere"))
    assert "See the movement" not in words(stranger().get("/"))


def test_an_exercise_that_is_not_there_is_left_out(cast):
    Clinic.objects.update(featured_exercise="headstand")
    make.exercise()
    assert "Forward bend" not in words(stranger().get("/"))


def test_it_speaks_the_visitors_language(cast):
    make.exercise()
    assert "Flexión hacia delante" in words(stranger().get("/", headers={"accept-language": "es"}))


def test_who_is_signed_in_finds_their_own_door(cast):
    dana, alice = (signed_in(who).get("/").content.decode() for who in (cast.dana, cast.alice.user))
    assert f'href="{url("today")}"' in dana
    assert 'href="/admin/"' not in dana
    assert 'href="/admin/"' in alice
    assert f'href="{url("today")}"' not in alice


def test_the_library_lists_and_explains_each_exercise(cast):
    make.exercise()
    dana = signed_in(cast.dana)
    assert "Forward bend" in words(dana.get(url("library")))
    text = words(dana.get(url("exercise", "forward-bend")))
    assert text.count("Check:") == text.count("If it goes wrong") == 10
    assert "A sticky yoga mat" in text


def test_an_empty_library_says_so(cast):
    assert "No exercise is stored here yet." in words(signed_in(cast.dana).get(url("library")))


@override_settings(DEBUG=False)
def test_a_page_that_is_not_there_leads_back(db):
    response = stranger().get("/no/such/page/")
    assert response.status_code == 404
    assert "Nothing is here" in words(response)


@pytest.mark.parametrize("template", ["404.html", "500.html"])
def test_the_last_pages_need_nothing_to_stand_on(template):
    page = render_to_string(template)
    assert 'href="/"' in page
    assert "Exception" not in page
