"""A clinic adds an exercise as a folder, without code."""

from pathlib import Path

import pytest

from exercises.loading import Outcome, load_library
from exercises.models import Exercise

from . import make

pytestmark = pytest.mark.django_db


def test_a_folder_is_an_exercise_in_its_languages(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge")
    make.write(folder, "es", make.spanish())

    [(read, outcome)] = load_library(folder)

    bridge = Exercise.objects.get(slug="bridge")
    assert (read.slug, outcome) == ("bridge", Outcome.LOADED)
    assert (bridge.version, bridge.origin, bridge.featured) == (1, "clinic", False)
    assert bridge.text_in("en").name == "Bridge"
    assert bridge.text_in("es").name == "Puente"
    assert [step.title for step in bridge.steps_in("es")] == ["Part 1", "Part 2"]
    assert [thing.name for thing in bridge.equipment_in("en")] == ["A mat"]
    assert [variation.code for variation in bridge.variations_in("en")] == ["pillow"]
    fever, pregnancy = bridge.precautions_in("en")
    assert (fever.code, fever.group, fever.reported, fever.sign) == (
        "fever",
        "stop",
        True,
        "Is there fever now?",
    )
    assert (pregnancy.code, pregnancy.group, pregnancy.reported, pregnancy.sign) == (
        "pregnancy",
        "care",
        False,
        "",
    )


def test_it_is_published_at_once(tmp_path: Path) -> None:
    list(load_library(make.write(tmp_path / "bridge")))
    assert Exercise.objects.current().get().slug == "bridge"


def test_a_library_is_loaded_in_the_order_of_its_names(tmp_path: Path) -> None:
    for name in ("twist", "bridge", ".git", "_old"):
        make.write(tmp_path / name)
    assert [folder.slug for folder, _ in load_library(tmp_path)] == ["bridge", "twist"]


def test_an_exercise_may_do_without_equipment_and_variations(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge", values=make.content(equipment=None, variations=None))
    list(load_library(folder))
    bridge = Exercise.objects.get()
    assert bridge.equipment_in("en") == []
    assert bridge.variations_in("en") == []


def test_a_language_other_than_english_may_stand_alone(tmp_path: Path) -> None:
    list(load_library(make.write(tmp_path / "puente", "es", make.spanish())))
    assert Exercise.objects.get().text_in("en").name == "Puente"


def test_line_breaks_inside_a_text_do_not_count(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge", values=make.content(purpose="\n  Lie down.\n  Lift your hips.\n"))
    list(load_library(folder))
    assert Exercise.objects.get().text_in("en").purpose == "Lie down. Lift your hips."


def test_the_folder_may_be_the_one_we_stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(make.write(tmp_path / "bridge"))
    list(load_library(Path()))
    assert Exercise.objects.get().slug == "bridge"
