"""The forward bend has every picture that its pages show, each with words for whoever cannot see it."""

from itertools import pairwise

import pytest
from django.template import Context, Template

from exercises.figure import draw
from exercises.folder import read_folder
from exercises.loading import SHIPPED_LIBRARY, load_library
from exercises.models import Exercise

from .poses import BEND, pictures

WAYS = ["chair", "soft_knees", "wall"]


def test_every_step_every_fault_and_every_way_is_drawn():
    numbers = range(1, 11)
    wanted = {f"step-{number}" for number in numbers} | {f"fault-{number}" for number in numbers}
    assert set(pictures()) == wanted | {f"way-{code}" for code in WAYS}


def test_no_picture_is_another_one():
    drawn = {draw(pose, name="same") for pose in pictures().values()}
    assert len(drawn) == len(pictures())


@pytest.mark.parametrize("number", range(1, 11))
def test_a_fault_is_marked_and_a_step_is_not(number):
    assert pictures()[f"fault-{number}"].wrong
    assert not pictures()[f"step-{number}"].wrong
    assert not pictures()[f"step-{number}"].soft


@pytest.mark.parametrize("index", [0, 1], ids=["en", "es"])
def test_every_picture_says_what_it_shows(index):
    words = read_folder(BEND).translations[index]
    said = [text for step in words.steps for text in (step.shows, step.fault_shows)]
    said += [way.shows for way in words.variations]
    assert len(said) == len(pictures())
    assert all(text.endswith(".") and len(text) <= 200 for text in said)
    assert len(set(said)) == len(said)


def test_the_quadriceps_works_from_step_three_on():
    """What the whole exercise turns on is seen in every later picture."""
    for number in range(3, 11):
        assert "quadriceps" in pictures()[f"step-{number}"].muscles


def test_neighbouring_steps_are_seen_to_differ():
    drawn = [draw(pictures()[f"step-{number}"], name="same") for number in range(1, 11)]
    assert all(one != two for one, two in pairwise(drawn))


@pytest.mark.django_db
def test_a_page_shows_a_picture_and_nothing_where_none_is_drawn():
    list(load_library(SHIPPED_LIBRARY, Exercise.Origin.LIBRARY))
    bend = Exercise.objects.get(slug="forward-bend")
    page = Template(
        '{% load figures %}{% figure bend "step-" 7 title="A & B" shows="<long>" %}|{% figure bend "step-" 11 %}'
    )
    shown, nothing = page.render(Context({"bend": bend})).split("|")
    assert 'id="forward-bend-step-7-title">A &amp; B</title>' in shown
    assert "&lt;long&gt;" in shown
    assert nothing == ""


@pytest.mark.django_db
def test_a_stored_pose_comes_back_as_it_was():
    list(load_library(SHIPPED_LIBRARY, Exercise.Origin.LIBRARY))
    bend = Exercise.objects.get(slug="forward-bend")
    assert {drawing.key: drawing.pose for drawing in bend.drawings.all()} == pictures()
