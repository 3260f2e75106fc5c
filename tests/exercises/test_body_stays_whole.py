"""A body is bones on joints: whatever the angles, nothing stretches, the feet stay, and it does not fall over."""

import cmath
import math
from dataclasses import replace

import pytest
from hypothesis import example, given, settings, strategies as st

from exercises.body import front
from exercises.body.joints import FOREARM, STANDS_AT, UPPER_ARM, joints_of, lean_of, weight_at
from exercises.body.pose import Pose
from exercises.timeline import NUMBERS, ease, interpolate

from .poses import any_pose, bones, pictures

TALL = bones(joints_of(Pose()))
SIDE = {key: pose for key, pose in pictures().items() if pose.view == "side"}


def rounding(pose: Pose) -> float:
    """By how many degrees the back turns from the pelvis to the neck, beyond what it does standing tall."""

    def turn(one: Pose) -> float:
        spine = joints_of(one).spine
        return math.degrees(cmath.phase((spine[-1] - spine[-2]) / (spine[1] - spine[0])))

    return turn(pose) - turn(Pose())


@settings(deadline=None)
@given(any_pose("side"))
def test_no_bone_stretches(pose):
    assert bones(joints_of(pose)) == pytest.approx(TALL)


@settings(deadline=None)
@given(any_pose("side"))
def test_an_arm_looks_shorter_only_where_it_points_at_the_onlooker(pose):
    arm = joints_of(pose).arm
    short = math.cos(math.radians(pose.spread))
    assert abs(arm.elbow - arm.shoulder) == pytest.approx(UPPER_ARM * short)
    assert abs(arm.wrist - arm.elbow) == pytest.approx(FOREARM * short * math.cos(math.radians(pose.across)))


@settings(deadline=None)
@given(any_pose("side"))
def test_the_ball_of_the_foot_stays_where_it_is(pose):
    assert joints_of(pose).toe == joints_of(Pose()).toe


@settings(deadline=None)
@given(any_pose("front"))
def test_both_sides_of_a_front_are_alike(pose):
    left, right = front.joints_of(pose).halves
    for one, other in [(left.hip, right.hip), (left.knee, right.knee), (left.arm.tip, right.arm.tip)]:
        assert one.imag == pytest.approx(other.imag)
        assert (one.real + other.real) / 2 == pytest.approx(STANDS_AT)


@pytest.mark.parametrize("key", sorted(SIDE))
def test_every_body_rests_over_its_weight(key):
    """The shins lean until it does; where the pose says how they lean, something else holds the body."""
    pose = SIDE[key]
    if pose.lean is None:
        assert joints_of(pose).balance == pytest.approx(weight_at(pose).real, abs=0.01)
    else:
        assert pose.prop == "wall" or "mat" in pose.wrong


def test_the_hips_go_back_as_the_trunk_folds():
    hips = [joints_of(Pose(fold=fold)).hip.real for fold in range(0, 100, 10)]
    assert hips == sorted(hips, reverse=True)


@settings(deadline=None)
@given(any_pose("side"), any_pose("side"), st.floats(0, 1))
def test_a_movement_stretches_nothing_and_moves_no_foot(one, other, share):
    on_the_way = joints_of(interpolate(one, other, share))
    assert bones(on_the_way) == pytest.approx(TALL)
    assert on_the_way.toe == joints_of(one).toe


@settings(deadline=None)
@given(any_pose("side"), any_pose("side"))
def test_a_movement_begins_and_ends_in_its_poses(one, other):
    assert interpolate(one, other, 0) == one
    assert interpolate(one, other, 1) == other


@settings(deadline=None)
@given(any_pose("side"), any_pose("side"), st.floats(0.01, 0.99))
def test_on_the_way_every_angle_is_in_between(one, other, share):
    one, other = (replace(pose, lean=lean_of(pose)) for pose in (one, other))
    middle = interpolate(one, other, share)
    for name in NUMBERS:
        low, high = sorted([getattr(one, name), getattr(other, name)])
        assert low - 1e-9 <= getattr(middle, name) <= high + 1e-9
    assert (middle.signs, middle.arrows, middle.inset) == ((), (), "")


@settings(deadline=None)
@given(st.floats(0, 1), st.floats(0, 1))
@example(1.0, 0.9999999999999999)  # a curve that went beyond its end by the last bit
def test_a_movement_is_never_undone(one, other):
    early, late = sorted([one, other])
    assert ease(early) <= ease(late)
    assert (ease(0), ease(0.5), ease(1)) == (0, 0.5, 1)


@pytest.mark.parametrize("key", ["step-3", "step-5", "step-6", "step-7", "step-10", "way-chair", "way-wall"])
def test_a_right_back_is_long(key):
    assert rounding(SIDE[key]) < 0.1


@pytest.mark.parametrize("key", ["fault-7", "fault-10"])
def test_a_wrong_back_is_round(key):
    assert rounding(SIDE[key]) > 60


def test_the_arched_back_arches():
    assert rounding(SIDE["fault-6"]) < -30


def test_who_hangs_is_less_round_than_who_forces_it():
    assert 0 < rounding(SIDE["step-8"]) < rounding(SIDE["fault-7"]) / 2


@pytest.mark.parametrize("key", ["step-5", "step-8", "step-9"])
def test_the_weight_is_just_in_front_of_the_heels(key):
    """Between the heel and the arch: the first half of the foot."""
    body, weight = joints_of(SIDE[key]), weight_at(SIDE[key]).real
    assert body.heel.real < weight < (body.heel.real + body.toe.real) / 2


@pytest.mark.parametrize("key", ["fault-5", "fault-8"])
def test_the_wrong_weight_is_in_the_toes(key):
    body = joints_of(SIDE[key])
    assert weight_at(SIDE[key]).real > body.heel.real + (body.toe.real - body.heel.real) * 0.75


def test_the_plumb_line_hangs_from_the_head():
    body = joints_of(SIDE["step-5"])
    assert abs(body.head.real - weight_at(SIDE["step-5"]).real) < 4
    assert body.heel.real < body.head.real < (body.heel.real + body.toe.real) / 2


@pytest.mark.parametrize("key", ["step-3", "step-5", "step-6", "step-7", "step-8", "step-9", "step-10"])
def test_right_legs_are_straight(key):
    assert SIDE[key].knee == 0


def test_the_steps_go_down_and_up_again():
    heads = [joints_of(SIDE[f"step-{number}"]).head.imag for number in (6, 7, 8, 10)]
    assert heads[0] < heads[1] < heads[2]
    assert heads[3] < heads[2]
