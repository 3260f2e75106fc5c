"""A pose → where every joint is, as seen from the side; the legs lean so that the body stays in balance."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .lines import between, toward
from .pose import Pose

# Lengths of a person 236 units tall, after the usual tables of body proportions.
ANKLE = 10.0  # height of the ankle
SHIN = 57.0
THIGH = 57.0
PELVIS = 18.0
LOW_BACK = (13.0, 13.0)
UPPER_BACK = (11.0, 11.0, 10.0)
NECK = 11.0
HEAD = 13.0  # from the top of the neck to the middle of the head
UPPER_ARM = 42.0
FOREARM = 35.0
HAND = 17.0
HEEL_BEHIND = 9.0  # the heel is so far behind the ankle
FOOT = 37.0
BALL = 0.72  # of the foot's length: where it bends when the heel lifts

FLOOR = 262.0
STANDS_AT = 185.0  # x of the ankle

# The curve of a back that stands tall: hollow below, gently round above.
HOLLOW = 9.0
BOW = 20.0
# What each part weighs, as a share of the body.
MASSES = {
    "feet": 0.03,
    "shins": 0.09,
    "thighs": 0.2,
    "pelvis": 0.14,
    "low": 0.14,
    "upper": 0.2,
    "head": 0.08,
    "arms": 0.12,
}


@dataclass(frozen=True)
class Arm:
    """One arm; a spread elbow points at the onlooker, so that the arm looks shorter."""

    shoulder: complex
    elbow: complex
    wrist: complex
    tip: complex


@dataclass(frozen=True)
class Joints:
    """Where the joints are in the picture; `spine` runs from the hip to the foot of the neck."""

    heel: complex
    toe: complex
    ankle: complex
    knee: complex
    hip: complex
    spine: tuple[complex, ...]
    neck: complex
    head: complex
    arm: Arm
    foot_tilt: float

    @property
    def balance(self) -> float:
        """x of the body's centre of weight."""
        spine = self.spine
        middles = {
            "feet": between(self.heel, self.toe, 0.5),
            "shins": between(self.ankle, self.knee, 0.57),
            "thighs": between(self.knee, self.hip, 0.57),
            "pelvis": between(spine[0], spine[1], 0.6),
            "low": between(spine[1], spine[3], 0.5),
            "upper": between(spine[3], spine[6], 0.5),
            "head": self.head,
            "arms": between(self.arm.shoulder, self.arm.wrist, 0.5),
        }
        return sum(MASSES[part] * middle.real for part, middle in middles.items())


def joints_of(pose: Pose) -> Joints:
    """The joints of a pose seen from the side.

    Args:
        pose: its angles; where it names no `lean`, the shins lean so that the weight rests where it says.

    Returns:
        The joints; the ball of the foot stays where it is, whatever the rest does.
    """
    return _stand(pose, lean_of(pose))


def lean_of(pose: Pose) -> float:
    """How far the shins lean forward, in degrees, for the weight to rest where the pose wants it."""
    if pose.lean is not None:
        return pose.lean
    wanted = weight_at(pose).real
    back, forth = -40.0, 60.0
    for _ in range(40):
        middle = (back + forth) / 2
        if _stand(pose, middle).balance < wanted:
            back = middle
        else:
            forth = middle
    return (back + forth) / 2


def weight_at(pose: Pose) -> complex:
    """The point on the floor under which the weight rests."""
    return complex(STANDS_AT - HEEL_BEHIND + FOOT * pose.weight, FLOOR)


def _stand(pose: Pose, lean: float) -> Joints:
    ball = complex(STANDS_AT - HEEL_BEHIND + FOOT * BALL, FLOOR)
    turn = toward(90 + pose.heel)  # along the foot, toward the toes
    heel = ball - turn * FOOT * BALL
    ankle = heel + turn * HEEL_BEHIND - turn * 1j * ANKLE
    toe = ball + toward(90) * FOOT * (1 - BALL)
    knee = ankle + toward(lean) * SHIN
    hip = knee + toward(lean - pose.knee) * THIGH
    angle = pose.fold
    spine = [hip, hip + toward(angle) * PELVIS]
    angle += pose.low_back / 4 - HOLLOW
    for length in LOW_BACK:
        spine.append(spine[-1] + toward(angle) * length)
        angle += pose.low_back / 2
    angle += pose.upper_back / 6 - pose.low_back / 4 + HOLLOW * 0.6
    for length in UPPER_BACK:
        spine.append(spine[-1] + toward(angle) * length)
        angle += (pose.upper_back + BOW) / 3
    trunk = pose.fold + pose.low_back + pose.upper_back * 0.6  # the shoulders ride on the chest
    angle += pose.neck / 2 - pose.upper_back / 6 - 4
    neck = spine[-1] + toward(angle) * NECK
    head = neck + toward(angle + pose.neck / 2 - 12) * HEAD
    shoulder = between(spine[5], spine[6], 0.3) + toward(trunk + 90) * 3
    return Joints(heel, toe, ankle, knee, hip, tuple(spine), neck, head, _arm(pose, shoulder, trunk), pose.heel)


def _arm(pose: Pose, shoulder: complex, trunk: float) -> Arm:
    short = math.cos(math.radians(pose.spread))
    angle = trunk + 180 - pose.shoulder
    elbow = shoulder + toward(angle) * UPPER_ARM * short
    short *= math.cos(math.radians(pose.across))
    wrist = elbow + toward(angle - pose.elbow) * FOREARM * short
    tip = wrist + toward(angle - pose.elbow - pose.wrist) * HAND * (1 + short) / 2
    return Arm(shoulder, elbow, wrist, tip)
