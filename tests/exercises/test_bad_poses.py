"""A bad pose gives one line: the path, the key, what it must be."""

import pytest
from hypothesis import given, settings

from exercises.body.pose import Pose, PoseError
from exercises.folder import read_folder
from exercises.toml_schema import ExerciseFileError

from . import make
from .poses import any_pose

BAD = [
    ("knees = 3", "step-1.knees", "must be left out: the keys here are view, fold, low_back"),
    ("fold = 200", "step-1.fold", "must be a number from -30 to 150"),
    ("fold = nan", "step-1.fold", "must be a number from -30 to 150"),
    ("fold = true", "step-1.fold", "must be a number from -30 to 150"),
    ('fold = "deep"', "step-1.fold", "must be a number from -30 to 150"),
    ('view = "above"', "step-1.view", 'must be "side" or "front"'),
    ('muscles = ["biceps"]', "step-1.muscles", 'must be a list of "quadriceps" or "left_quadriceps"'),
    ('muscles = "quadriceps"', "step-1.muscles", 'must be a list of "quadriceps"'),
    ('arrows = ["north"]', "step-1.arrows", 'must be a list of "fold" or "rise"'),
    ('arrows = [["fold"]]', "step-1.arrows", 'must be a list of "fold" or "rise"'),
    ('view = "front"\narrows = ["fold"]', "step-1.arrows", 'must be a list of "knees" or "press" where'),
    ('view = "front"\nprop = "wall"', "step-1.prop", "must be left out where the view is from the front"),
    ('inset = ["feet"]', "step-1.inset", 'must be "" or "feet"'),
]
BAD_FILES = [
    ("step-1 = 3", "step-1", "must be a [step-1] table"),
    ("[step-3]", "step-3", "must be left out: the pictures here are step-1, fault-1, step-2, fault-2, way-pillow"),
    ("[film]", "film", "must be [[film]] tables"),
    ('[[film]]\npose = "film-x"\nstep = 1\nmove = 1\nhold = 1', "film[1].pose", "must be one of "),
    (
        '[step-1]\n[[film]]\npose = "step-1"\nstep = 3\nmove = 1\nhold = 1',
        "film[1].step",
        "must be the number of a step",
    ),
    (
        '[step-1]\n[[film]]\npose = "step-1"\nstep = 1\nmove = 99\nhold = 1',
        "film[1].move",
        "must be seconds, from 0 to 30",
    ),
    ('[step-1]\n[[film]]\npose = "step-1"\nstep = 1\nmove = 1', "film[1].hold", "must be given: seconds"),
    ('[step-1]\n[[film]]\npose = "step-1"\nsound = 1', "film[1].sound", "must be left out: the keys here are pose"),
]


def told(tmp_path, text: str) -> str:
    folder = make.write(tmp_path / "bridge")
    (folder / "poses.toml").write_text(text)
    with pytest.raises(ExerciseFileError) as error:
        read_folder(folder)
    return str(error.value)


@pytest.mark.parametrize(("line", "key", "must"), BAD)
def test_a_bad_angle_or_word(tmp_path, line, key, must):
    said = told(tmp_path, f"[step-1]\n{line}\n")
    assert f"poses.toml: {key}: {must}" in said
    assert "\n" not in said


@pytest.mark.parametrize(("text", "key", "must"), BAD_FILES)
def test_a_bad_table(tmp_path, text, key, must):
    said = told(tmp_path, text)
    assert f"poses.toml: {key}: {must}" in said
    assert "\n" not in said


@settings(deadline=None)
@given(any_pose())
def test_a_pose_given_back_as_values_is_the_same_pose(pose):
    assert Pose.from_angles(pose.values()) == pose


def test_standing_tall_needs_no_word():
    assert Pose.from_angles({}).values() == {}


def test_the_error_names_the_key_and_what_it_must_do():
    with pytest.raises(PoseError) as error:
        Pose.from_angles({"knee": -1})
    assert (error.value.key, error.value.must) == ("knee", "be a number from 0 to 120")
