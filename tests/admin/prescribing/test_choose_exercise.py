"""Which exercise? With its picture, the featured one first, then what was prescribed last."""

import datetime as dt

import pytest

from clinic.prescriptions import prescribing
from exercises import authoring
from tests import make
from tests.admin.browsing import page_text, signed_in, url
from tests.exercises import make as content


@pytest.fixture
def alice(cast):
    make.exercise()
    return signed_in(cast.alice)


def another(slug, name):
    """An exercise of the clinic's own."""
    text = content.content(version=None, featured=None, name=name)
    return authoring.save_exercise(slug, "en", text, published=True)


def order(page):
    return [one.exercise.slug for one in page.context["offered"]]


def test_with_one_exercise_there_is_nothing_to_choose_and_its_picture_is_shown(cast, alice):
    page = alice.get(url("prescribe", cast.dana.pk)).content.decode()
    assert "Which exercise?" not in page
    assert '<div class="pl-picture"><svg' in page
    assert "Another exercise" not in page


def test_each_has_its_picture_and_what_it_is_for(cast, alice):
    another("bridge", "Bridge")
    page = alice.get(url("prescribe", cast.dana.pk))
    assert order(page) == ["forward-bend", "bridge"]
    body = page.content.decode()
    assert '<span class="pl-picture"><svg' in body
    assert 'href="?exercise=bridge"' in body
    text = page_text(page)
    assert "Loosens your low back, upper back and neck, and makes your legs strong. Featured by your clinic." in text


def test_the_featured_one_comes_first_then_the_last_prescribed(cast, alice, time_machine):
    bridge, clam = another("bridge", "Bridge"), another("clam", "Clam")
    cast.alice.clinic.featured_exercise = "none-of-these"
    cast.alice.clinic.save(update_fields=["featured_exercise"])
    assert order(alice.get(url("prescribe", cast.dana.pk))) == ["bridge", "clam", "forward-bend"]
    time_machine.move_to(dt.datetime(2026, 12, 1, tzinfo=dt.UTC), tick=False)
    fay = make.client(cast.alice, "Fay")
    prescribing.prescribe_exercise(fay, clam, make.dose(), make.nothing_found(clam), by=cast.alice)
    time_machine.move_to(dt.datetime(2026, 12, 2, tzinfo=dt.UTC), tick=False)
    prescribing.prescribe_exercise(cast.dana, bridge, make.dose(), make.nothing_found(bridge), by=cast.bob)
    alice = signed_in(cast.alice)
    page = alice.get(url("prescribe", cast.dana.pk))
    assert order(page) == ["bridge", "clam", "forward-bend"]
    assert "Dana got it on 2 Dec 2026." in page_text(page)
    assert "You prescribed it last on 1 Dec 2026." in page_text(page)
    assert order(alice.get(url("prescribe", fay.pk))) == ["clam", "bridge", "forward-bend"]


def test_the_chosen_one_leads_back_to_the_choice(cast, alice):
    another("bridge", "Bridge")
    page = alice.get(url("prescribe", cast.dana.pk), {"exercise": "bridge"})
    assert page.context["exercise"].slug == "bridge"
    assert "Another exercise" in page_text(page)


def test_two_exercises_cost_as_many_queries_as_three(cast, alice, django_assert_max_num_queries):
    counts = []
    for slug in ("bridge", "clam"):
        another(slug, slug)
        with django_assert_max_num_queries(30) as asked:
            alice.get(url("prescribe", cast.dana.pk))
        counts.append(len(asked))
    assert counts[0] == counts[1]
