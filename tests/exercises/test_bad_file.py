"""A bad file gives one line: the path, the key, what it must be."""

from pathlib import Path
from typing import Any

import pytest

from exercises.folder import find_folders, read_folder
from exercises.toml_schema import ExerciseFileError

from . import make

TOP = "version, featured, rest_seconds, name, summary, purpose, gauge, equipment, steps, variations, precautions"

BAD_VALUES = [
    ({"name": None}, "name: must be given: words between quotes"),
    ({"name": 3}, "name: must be words between quotes"),
    ({"name": " \n "}, "name: must not be empty"),
    ({"name": "x" * 121}, "name: must have 120 characters at most, not 121"),
    ({"version": None}, "version: must be given: a whole number from 1 to 32767"),
    ({"version": "1"}, "version: must be a whole number from 1 to 32767"),
    ({"version": 0}, "version: must be a whole number from 1 to 32767"),
    ({"version": 32768}, "version: must be a whole number from 1 to 32767"),
    ({"version": True}, "version: must be a whole number from 1 to 32767"),
    ({"featured": "yes"}, "featured: must be true or false"),
    ({"nmae": "Bridge"}, f"nmae: must be left out: the keys here are {TOP}"),
    ({"steps": None}, "steps: must be given: one or more [[steps]] tables"),
    ({"steps": []}, "steps: must be one or more [[steps]] tables"),
    ({"steps": "two"}, "steps: must be one or more [[steps]] tables"),
    ({"equipment": "a mat"}, "equipment: must be one or more [[equipment]] tables"),
    ({"precautions": None}, "precautions: must be given: one or more [[precautions]] tables"),
    ({"steps": [make.step(1), make.step(2, cue=None)]}, "steps[2].cue: must be given: words between quotes"),
    (
        {"steps": [make.step(1), make.step(3)]},
        "steps[2].number: must be 2, not 3: steps are numbered from 1 without a hole",
    ),
    (
        {"steps": [make.step(2)]},
        "steps[1].number: must be 1, not 2: steps are numbered from 1 without a hole",
    ),
    (
        {"steps": [make.step(1, tip="Breathe.")]},
        "steps[1].tip: must be left out: the keys here are number, title, instruction, cue, fault, correction, "
        "phase, shows, fault_shows",
    ),
    (
        {"precautions": [make.precaution("Fever!")]},
        "precautions[1].code: must be small letters, digits and underscores, beginning with a letter",
    ),
    (
        {"precautions": [make.precaution("fever"), make.precaution("fever")]},
        'precautions[2].code: must be used once: "fever" is there already',
    ),
    (
        {"precautions": [make.precaution("fever", group="red")]},
        'precautions[1].group: must be "stop" or "care"',
    ),
    (
        {"precautions": [make.precaution("fever", reported="no")]},
        "precautions[1].reported: must be true or false",
    ),
    (
        {"precautions": [make.precaution("fever", sign=None)]},
        "precautions[1].sign: must be given: words between quotes",
    ),
    (
        {"precautions": [make.precaution("fever", reported=False, sign="Is there fever?")]},
        "precautions[1].sign: must be left out: the keys here are code, group, question, reported",
    ),
    (
        {"variations": [{"code": "a", "name": "A", "how": "A."}, {"code": "a", "name": "B", "how": "B."}]},
        'variations[2].code: must be used once: "a" is there already',
    ),
]


def complaint(folder: Path) -> str:
    with pytest.raises(ExerciseFileError) as caught:
        read_folder(folder)
    return str(caught.value)


@pytest.mark.parametrize(("changes", "line"), BAD_VALUES, ids=[line for _, line in BAD_VALUES])
def test_a_bad_value_is_named_in_one_line(tmp_path: Path, changes: dict[str, Any], line: str) -> None:
    values = {**make.content(), **changes}
    folder = make.write(tmp_path / "bridge", values={k: v for k, v in values.items() if v is not None})
    assert complaint(folder) == f"{folder / 'exercise.en.toml'}: {line}"


def test_bad_toml_is_named_with_its_line(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge")
    (folder / "exercise.en.toml").write_text("version = 1\nname Bridge\n")
    line = complaint(folder)
    assert line.startswith(f"{folder / 'exercise.en.toml'}: file: must be TOML: ")
    assert "line 2" in line
    assert "\n" not in line


def test_a_file_in_another_encoding_must_be_utf_8(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge")
    (folder / "exercise.en.toml").write_bytes('name = "Flexión"'.encode("latin-1"))
    assert complaint(folder) == f"{folder / 'exercise.en.toml'}: file: must be UTF-8 text"


def test_a_file_that_is_a_folder_must_be_readable(tmp_path: Path) -> None:
    file = tmp_path / "bridge" / "exercise.en.toml"
    file.mkdir(parents=True)
    assert complaint(file.parent) == f"{file}: file: must be readable: Is a directory"


def test_a_misnamed_file_is_not_passed_over(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge", "English")
    assert complaint(folder) == (
        f"{folder / 'exercise.English.toml'}: file: must be named exercise.<language>.toml, such as exercise.en.toml"
    )


def test_a_folder_without_a_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "bridge"
    folder.mkdir()
    assert complaint(folder) == f"{folder}: folder: must hold exercise.en.toml or the like"


@pytest.mark.parametrize("name", ["Bridge", "shoulder bridge", "x" * 61])
def test_a_folder_must_be_named_as_a_slug(tmp_path: Path, name: str) -> None:
    folder = make.write(tmp_path / name)
    assert complaint(folder) == (f"{folder}: folder: must be named in small letters, digits and hyphens, 60 at most")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExerciseFileError) as caught:
        find_folders(tmp_path / "nowhere")
    assert str(caught.value) == f"{tmp_path / 'nowhere'}: folder: must be there"


def test_a_library_without_an_exercise_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ExerciseFileError) as caught:
        find_folders(tmp_path)
    assert str(caught.value) == (f"{tmp_path}: folder: must hold exercise.en.toml or the like, or folders that do")
