"""A client whose language is missing reads another one, and never two on one page."""

from typing import Any

import pytest
from django.utils import translation

from exercises.models import Exercise, ExerciseText

from . import make

pytestmark = pytest.mark.django_db


def spoken(*languages: str) -> Exercise:
    exercise = make.exercise()
    for language in languages:
        make.speak(exercise, language, f"in {language}")
    return Exercise.objects.get(pk=exercise.pk)


@pytest.mark.parametrize(
    ("stored", "asked", "found"),
    [
        (["en", "es"], "es", "es"),
        (["en", "es"], "ES", "es"),
        (["en", "es"], "es-mx", "es"),
        (["en", "es", "es-mx"], "es-mx", "es-mx"),
        (["en", "es"], "fr", "en"),
        (["en", "es"], None, "en"),
        (["es", "de"], "fr", "de"),
    ],
)
def test_the_nearest_language_is_found(stored: list[str], asked: str | None, found: str) -> None:
    assert spoken(*stored).text_in(asked).language == found


def test_everything_is_in_the_one_language_found(django_assert_num_queries: Any) -> None:
    exercise = spoken("en", "es")
    # Spanish has lost a step: the page stays Spanish all the same.
    exercise.steps.filter(language="es", number=2).delete()
    exercise = Exercise.objects.with_content().get()
    with django_assert_num_queries(0):
        assert [(step.title, step.number) for step in exercise.steps_in("es")] == [("in es", 1)]
        assert [step.number for step in exercise.steps_in("fr")] == [1, 2]
        assert [thing.name for thing in exercise.equipment_in("fr")] == ["in en"]
        assert [variation.name for variation in exercise.variations_in("es")] == ["in es"]
        assert [precaution.question for precaution in exercise.precautions_in("fr")] == ["in en"]


def test_the_name_is_in_the_language_of_the_page() -> None:
    exercise = spoken("en", "es")
    with translation.override("es"):
        assert (exercise.name, str(exercise)) == ("in es", "in es")
    with translation.override(None):
        assert exercise.name == "in en"


def test_a_list_of_names_takes_two_queries(django_assert_num_queries: Any) -> None:
    for slug in ("bridge", "twist", "squat"):
        make.speak(make.exercise(slug), "en", slug)
    with django_assert_num_queries(2):
        names = [exercise.name for exercise in Exercise.objects.current().with_texts()]
    assert names == ["bridge", "squat", "twist"]


def test_an_exercise_without_words_is_called_by_its_slug() -> None:
    exercise = make.exercise("bridge")
    assert str(exercise) == "bridge"
    assert str(Exercise(slug="unsaved")) == "unsaved"
    with pytest.raises(ExerciseText.DoesNotExist, match="bridge version 1"):
        exercise.text_in("en")
