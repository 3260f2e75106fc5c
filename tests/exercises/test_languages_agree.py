"""Two languages of one exercise have the same steps and ask the same questions."""

from pathlib import Path
from typing import Any

import pytest

from exercises.folder import read_folder
from exercises.toml_schema import ExerciseFileError

from . import make

FEVER, PREGNANCY = make.content()["precautions"]

DISAGREEING = [
    ({"version": 2}, "version: must be 1, as in exercise.en.toml"),
    ({"featured": True}, "featured: must be false, as in exercise.en.toml"),
    ({"steps": [make.step(1)]}, "steps: must be 2, as in exercise.en.toml, not 1"),
    (
        {"precautions": [FEVER]},
        'precautions: must hold the code "pregnancy", as in exercise.en.toml',
    ),
    (
        {"precautions": [FEVER, PREGNANCY, make.precaution("fall")]},
        'precautions: must not hold the code "fall", which is not in exercise.en.toml',
    ),
    (
        {"precautions": [PREGNANCY, FEVER]},
        "precautions: must be in the order of exercise.en.toml: fever, pregnancy",
    ),
    (
        {"precautions": [{**FEVER, "group": "care"}, PREGNANCY]},
        'precautions[1].group: must be "stop", as in exercise.en.toml',
    ),
    (
        {"precautions": [FEVER, make.precaution("pregnancy", group="care")]},
        "precautions[2].reported: must be false, as in exercise.en.toml",
    ),
    (
        {"variations": None},
        'variations: must hold the code "pillow", as in exercise.en.toml',
    ),
]


@pytest.mark.parametrize(("changes", "line"), DISAGREEING, ids=[line for _, line in DISAGREEING])
def test_a_language_that_disagrees_is_named_in_one_line(tmp_path: Path, changes: dict[str, Any], line: str) -> None:
    folder = make.write(tmp_path / "bridge")
    make.write(folder, "es", make.spanish(**changes))
    with pytest.raises(ExerciseFileError) as caught:
        read_folder(folder)
    assert str(caught.value) == f"{folder / 'exercise.es.toml'}: {line}"


def test_english_is_the_measure_even_when_another_language_comes_first(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge")
    make.write(folder, "de", make.content(version=2))
    with pytest.raises(ExerciseFileError) as caught:
        read_folder(folder)
    assert str(caught.value) == f"{folder / 'exercise.de.toml'}: version: must be 1, as in exercise.en.toml"


def test_languages_that_agree_are_one_exercise(tmp_path: Path) -> None:
    folder = make.write(tmp_path / "bridge")
    make.write(folder, "es", make.spanish())
    assert [words.text.language for words in read_folder(folder).translations] == ["en", "es"]
