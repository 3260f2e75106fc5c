"""A higher version is a new row; the old one stays for the prescriptions that refer to it."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from exercises.folder import read_folder
from exercises.loading import Outcome, load_folder
from exercises.models import Exercise
from exercises.toml_schema import ExerciseFileError

from . import make

pytestmark = pytest.mark.django_db


def load(folder: Path, version: int, origin: str = "clinic", **changes: object) -> Outcome:
    make.write(folder, values=make.content(version=version, **changes))
    return load_folder(read_folder(folder), origin)


def test_the_old_version_keeps_its_words(tmp_path: Path) -> None:
    folder = tmp_path / "bridge"
    load(folder, 1)
    assert load(folder, 2, name="Shoulder bridge") == Outcome.LOADED
    assert Exercise.objects.get(version=1).name == "Bridge"
    assert Exercise.objects.current().get().name == "Shoulder bridge"


def test_a_version_that_is_stored_may_be_loaded_again_after_a_newer_one(tmp_path: Path) -> None:
    folder = tmp_path / "bridge"
    load(folder, 1)
    load(folder, 2)
    assert load(folder, 1) == Outcome.UNCHANGED


def test_a_lower_version_never_loaded_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "bridge"
    load(folder, 3)
    with pytest.raises(ExerciseFileError) as caught:
        load(folder, 2)
    assert str(caught.value) == f"{folder}: version: must be above 3, which is loaded already"


def test_what_the_clinic_features_stays_featured(tmp_path: Path) -> None:
    folder = tmp_path / "bridge"
    load(folder, 1, featured=False)
    Exercise.objects.update(featured=True)
    load(folder, 2, featured=False)
    assert Exercise.objects.featured().get().version == 2


def test_an_exercise_the_clinic_withdrew_does_not_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "bridge"
    load(folder, 1)
    Exercise.objects.update(published_at=None)
    load(folder, 2)
    assert not Exercise.objects.current().exists()


def test_the_clinics_own_film_serves_the_new_version_too(tmp_path: Path, settings: object) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    folder = tmp_path / "bridge"
    load(folder, 1)
    old = Exercise.objects.get()
    film = old.media.create(kind="film", language="en", title="Our film", file=ContentFile(b"film", "ours.mp4"))
    old.media.create(kind="poster", title="Shipped", path="exercises/bridge.png")
    load(folder, 2)
    carried = Exercise.objects.get(version=2).media.get()
    assert (carried.kind, carried.title, carried.file.name) == ("film", "Our film", film.file.name)
    assert old.media.count() == 2


def test_a_clinic_may_not_take_the_name_of_a_shipped_exercise(tmp_path: Path) -> None:
    folder = tmp_path / "bridge"
    load(folder, 1, origin="library")
    with pytest.raises(ExerciseFileError) as caught:
        load(folder, 2)
    assert str(caught.value) == (
        f"{folder}: folder: must have another name: the shipped library has an exercise of this one"
    )


def test_a_shipped_exercise_leaves_a_clinics_own_of_the_same_name_alone(tmp_path: Path) -> None:
    folder = tmp_path / "bridge"
    load(folder, 1, name="Ours")
    assert load(folder, 2, origin="library", name="Shipped") == Outcome.SKIPPED
    assert Exercise.objects.get().name == "Ours"
