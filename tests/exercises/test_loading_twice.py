"""Loading again changes nothing; a changed content asks for a higher version."""

from pathlib import Path

import pytest

from exercises.folder import read_folder
from exercises.loading import Outcome, load_folder
from exercises.models import Exercise, Step
from exercises.toml_schema import ExerciseFileError

from . import make

pytestmark = pytest.mark.django_db


def load(folder: Path) -> Outcome:
    return load_folder(read_folder(folder))


def test_the_same_folder_twice_is_one_exercise(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge")
    load(folder)
    before = [list(Exercise.objects.values()), list(Step.objects.values())]
    assert load(folder) == Outcome.UNCHANGED
    assert [list(Exercise.objects.values()), list(Step.objects.values())] == before


def test_words_a_practitioner_edited_are_left_alone(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge")
    load(folder)
    Step.objects.filter(number=1).update(cue="Edited here.")
    assert load(folder) == Outcome.UNCHANGED
    assert Step.objects.get(number=1).cue == "Edited here."


def test_a_comment_and_a_line_moved_are_no_change(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge", values=make.content(purpose="Lie down. Lift."))
    load(folder)
    file = folder / "exercise.en.toml"
    text = file.read_text().replace('"Lie down. Lift."', '"""\nLie down.\nLift."""')
    file.write_text("# A comment.\n" + text)
    assert load(folder) == Outcome.UNCHANGED


def test_changed_content_without_a_higher_version_is_refused(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge")
    load(folder)
    make.write(folder, values=make.content(name="Shoulder bridge"))
    with pytest.raises(ExerciseFileError) as caught:
        load(folder)
    assert str(caught.value) == (
        f"{folder}: version: must be raised above 1: its content has changed since it was loaded"
    )
    assert Exercise.objects.get().text_in("en").name == "Bridge"


def test_a_language_added_without_a_higher_version_is_refused(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge")
    load(folder)
    make.write(folder, "es", make.spanish())
    with pytest.raises(ExerciseFileError, match="raised above 1"):
        load(folder)


def test_nothing_is_stored_of_an_exercise_that_fails_half_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr("exercises.loading.Precaution.objects.bulk_create", fail)
    with pytest.raises(RuntimeError):
        load(make.write(tmp_path / "bridge"))
    assert not Exercise.objects.exists()
    assert not Step.objects.exists()
