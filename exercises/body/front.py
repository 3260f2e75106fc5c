"""The body as seen from the front; what is said of one side holds for both."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .joints import ANKLE, FLOOR, FOREARM, HAND, SHIN, STANDS_AT, THIGH, UPPER_ARM, Arm
from .lines import between, limb, oval, straight, through, toward, unit
from .pose import Pose
from .shapes import Shape, united

SIDES = (-1, 1)  # the onlooker's left, which is the person's right, comes first

# The outline of one half of the trunk: how far out, and how far above the hip.
TRUNK = ((18.5, -6), (21, 2), (18.6, 15), (15.2, 30), (17.6, 46), (20.6, 58), (19.4, 67), (8.4, 73.5))
SHOULDER = 20 + 63j
HEAD = 97.0
FOOT = 24.0
FROM_ABOVE = 0.17  # the onlooker looks down on the feet a little


@dataclass(frozen=True)
class Half:
    """One side's joints."""

    side: int
    hip: complex
    knee: complex
    ankle: complex
    toe: complex
    arm: Arm


@dataclass(frozen=True)
class Front:
    """Both sides, and the middle of the hips."""

    middle: complex
    halves: tuple[Half, Half]


def joints_of(pose: Pose) -> Front:
    """The joints of a pose seen from the front."""
    shorter = math.cos(math.radians(pose.knee / 2))
    middle = complex(STANDS_AT, FLOOR - ANKLE - (SHIN + THIGH) * shorter)
    left, right = (_half(pose, middle, side, shorter) for side in SIDES)
    return Front(middle, (left, right))


def _half(pose: Pose, middle: complex, side: int, shorter: float) -> Half:
    ankle = complex(middle.real + side * 12.5, FLOOR - ANKLE)
    hip = middle + side * 11
    knee = complex(middle.real + side * 12, FLOOR - ANKLE - SHIN * shorter)
    turn = math.radians(pose.turnout)
    toe = ankle + complex(side * math.sin(turn) * FOOT, ANKLE * 0.55 + FROM_ABOVE * FOOT * math.cos(turn))
    shoulder = middle + complex(side * SHOULDER.real, -SHOULDER.imag)
    angle = 180 - side * pose.shoulder
    elbow = shoulder + toward(angle) * UPPER_ARM
    wrist = elbow + toward(angle + side * pose.elbow) * FOREARM
    tip = wrist + toward(angle + side * (pose.elbow + pose.wrist)) * HAND
    return Half(side, hip, knee, ankle, toe, Arm(shoulder, elbow, wrist, tip))


def body(pose: Pose, front: Front) -> list[Shape]:
    """Every shape of the body; the same number in the same order for any pose from the front."""
    shapes: list[Shape] = []
    for half in front.halves:
        shapes += united(
            Shape(_leg(half), "skin"), Shape(_foot(half), "skin_wrong" if "feet" in pose.wrong else "skin")
        )
    shapes += united(Shape(limb(front.middle - 64j, front.middle - 84j, 8.6, 7), "skin"))
    shapes += _head(front.middle)
    trunk = [*(Shape(_shorts(half), "cloth") for half in front.halves), Shape(_trunk(front.middle), "cloth")]
    shapes += united(*trunk)
    for half in front.halves:
        name = "right_quadriceps" if half.side < 0 else "left_quadriceps"
        shapes.append(Shape(_quadriceps(half), _muscle(pose, name)))
        lifted = _muscle(pose, name) == "quadriceps"
        shapes.append(Shape(oval(half.knee - (4.5j if lifted else 0), -1j, 5, 4.2), "cap"))
    for half in front.halves:
        shapes += _arm(half, pose)
    return shapes


def _muscle(pose: Pose, name: str) -> str:
    if name in pose.soft or "quadriceps" in pose.soft:
        return "soft"
    return "quadriceps" if name in pose.muscles or "quadriceps" in pose.muscles else "none"


def _leg(half: Half) -> str:
    hip, knee, ankle, out = half.hip, half.knee, half.ankle, half.side
    outer = [
        hip + out * 10.5,
        between(hip, knee, 0.35) + out * 9.6,
        between(hip, knee, 0.8) + out * 7,
        knee + out * 6.4,
    ]
    outer += [between(knee, ankle, 0.33) + out * 7.8, between(knee, ankle, 0.65) + out * 5.4, ankle + out * 4 - 3j]
    inner = [hip - out * 8.6 + 6j, between(hip, knee, 0.35) - out * 8.6, between(hip, knee, 0.8) - out * 6.2]
    inner += [knee - out * 5.8, between(knee, ankle, 0.33) - out * 6.2, between(knee, ankle, 0.65) - out * 4.4]
    inner += [ankle - out * 4.2 - 3j]
    return through([*outer, *reversed(inner)], closed=True)


def _foot(half: Half) -> str:
    ankle, toe = half.ankle, half.toe
    along = unit(toe - ankle)
    out = -along * 1j * half.side  # toward the little toe
    points = [ankle - 4j + half.side * 4, between(ankle, toe, 0.6) + out * 6.4, toe + out * 7.4 + along * 1]
    points += [toe + along * 5.4 + out * 5, toe + along * 6.4 - out * 3, toe - out * 6.6 + along * 2]
    points += [between(ankle, toe, 0.6) - out * 5.6, ankle - 4j - half.side * 4]
    return through(points, closed=True)


def _shorts(half: Half) -> str:
    hip, knee, out = half.hip, half.knee, half.side
    low = between(hip, knee, 0.34)
    corners = [hip + out * 10 - 4j, low + out * 11, low - out * 9.2, hip - out * 10.4 + 5j, hip - out * 10.4 - 4j]
    return straight(corners)


def _trunk(middle: complex) -> str:
    right = [middle + complex(out, -up) for out, up in TRUNK]
    left = [middle + complex(-out, -up) for out, up in reversed(TRUNK)]
    return through([*right, *left], closed=True)


def _quadriceps(half: Half) -> str:
    hip, knee, out = half.hip, half.knee, half.side
    points = [
        between(hip, knee, 0.12) + out * 3,
        between(hip, knee, 0.4) + out * 7.4,
        between(hip, knee, 0.75) + out * 5,
        between(hip, knee, 0.87),
        between(hip, knee, 0.75) - out * 5.2,
        between(hip, knee, 0.45) - out * 6,
    ]
    return through(points, closed=True)


def _head(middle: complex) -> list[Shape]:
    centre = middle - HEAD * 1j
    hair = [(-12.8, -1), (-12, 9), (-6, 15.6), (0, 17), (6, 15.6), (12, 9), (12.8, -1), (10.4, 5), (4, 8.6), (-4, 9)]
    hair += [(-10.4, 5)]
    cap = through([centre + complex(x, -y) for x, y in hair], closed=True)
    shapes = united(Shape(oval(centre, 1j, 15.6, 12), "skin"), Shape(cap, "hair"))
    shapes += [Shape(oval(centre + complex(4.4 * side, -0.8), 1j, 1.6, 1.4), "dot") for side in SIDES]
    shapes.append(Shape(through([centre - 3.6 + 7j, centre + 8.2j, centre + 3.6 + 7j]), "mouth"))
    return shapes


def _arm(half: Half, pose: Pose) -> list[Shape]:
    arm = half.arm
    if pose.hands == "fist":
        palm = oval(between(arm.wrist, arm.tip, 0.4), arm.tip - arm.wrist, 7, 6.4)
    else:
        palm = limb(between(arm.wrist, arm.tip, 0.15), between(arm.wrist, arm.tip, 0.75), 5.4, 3.8)
    upper, lower = limb(arm.shoulder, arm.elbow, 8.2, 6.6), limb(arm.elbow, arm.wrist, 6.6, 4.8)
    return united(Shape(upper, "skin"), Shape(lower, "skin"), Shape(palm, "skin"))
