"""`manage.py load_exercises`: the shipped library, and the folders given."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from exercises.models import Exercise

from . import make

pytestmark = pytest.mark.django_db


def run(*folders: Path) -> str:
    out = StringIO()
    call_command("load_exercises", *map(str, folders), stdout=out)
    return out.getvalue()


def test_without_a_folder_it_loads_the_shipped_library() -> None:
    assert run() == "forward-bend version 2: loaded\n"
    bend = Exercise.objects.featured().get()
    assert (bend.slug, bend.origin) == ("forward-bend", "library")
    assert len(bend.steps_in("en")) == len(bend.steps_in("es")) == 10


def test_running_it_again_changes_nothing() -> None:
    run()
    assert run() == "forward-bend version 2: unchanged\n"
    assert Exercise.objects.count() == 1


def test_a_clinics_folder_is_loaded_after_the_shipped_library(tmp_path: Path) -> None:
    make.write(tmp_path / "bridge")
    assert run(tmp_path) == "forward-bend version 2: loaded\nbridge version 1: loaded\n"
    assert Exercise.objects.get(slug="bridge").origin == "clinic"


def test_a_bad_file_stops_it_with_its_one_line_and_keeps_what_was_loaded(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge", values=make.content(name=None))
    with pytest.raises(CommandError) as caught:
        run(folder)
    assert str(caught.value) == f"{folder / 'exercise.en.toml'}: name: must be given: words between quotes"
    assert caught.value.returncode == 1
    assert Exercise.objects.get().slug == "forward-bend"
