"""The body as seen from the side: the far leg, the head, the near leg and the trunk, muscles, back, near arm."""

from __future__ import annotations

from collections.abc import Sequence

from .joints import Joints
from .lines import band, between, limb, oval, straight, through, toward, unit
from .pose import Pose
from .shapes import Shape, united

FAR = 7 - 2.5j  # the far foot stands a little further on, so that there are two

# Half depths of the trunk, behind and before each joint of the spine, from the hip to the foot of the neck.
BEHIND = (15.6, 14.4, 13.0, 12.4, 13.2, 13.6, 10.6)
BEFORE = (13.0, 14.6, 13.6, 14.2, 16.4, 16.8, 12.0)
# Half depths of the leg: how far along the bone, before it, behind it.
ON_THIGH = ((0.0, 13.4, 15.6), (0.2, 15.2, 15.2), (0.4, 15.0, 13.2), (0.65, 12.6, 10.6), (0.87, 9.6, 8.4))
ON_KNEE = (9.2, 7.8)
ON_SHIN = ((0.15, 7.4, 9.2), (0.34, 6.6, 11.0), (0.6, 5.6, 8.6), (0.84, 4.6, 5.2), (1.0, 3.4, 4.0))


class Leg:
    """One leg's outline: points before and behind the bones, from the hip down."""

    def __init__(self, joints: Joints, shift: complex = 0) -> None:
        hip, knee, ankle = joints.hip + shift * 0.5, joints.knee + shift * 0.85, joints.ankle + shift
        self.hip, self.knee, self.ankle = hip, knee, ankle
        self.thigh, self.shin = unit(knee - hip), unit(ankle - knee)
        before, behind = [], []
        for share, fore, aft in ON_THIGH:
            before.append(between(hip, knee, share) - self.thigh * 1j * fore)
            behind.append(between(hip, knee, share) + self.thigh * 1j * aft)
        middle = unit(self.thigh + self.shin) * 1j
        before.append(knee - middle * ON_KNEE[0])
        behind.append(knee + middle * ON_KNEE[1])
        for share, fore, aft in ON_SHIN:
            before.append(between(knee, ankle, share) - self.shin * 1j * fore)
            behind.append(between(knee, ankle, share) + self.shin * 1j * aft)
        self.path = band(before, behind)
        self.shorts = self._around(((0.0, 13.4, 15.6), (0.15, 14.8, 15.3), (0.3, 15.1, 14.3)))
        self.heel, self.toe = joints.heel + shift, joints.toe + shift
        self.foot = _foot(self.heel, self.toe, ankle, joints.foot_tilt)

    def quadriceps(self) -> str:
        """The muscle on the front of the thigh."""
        return self._muscle(((0.12, 11.6, 1), (0.32, 13, -3), (0.6, 11.2, -2), (0.8, 8.6, 1), (0.9, 7, 4)), -1)

    def hamstrings(self) -> str:
        """The muscles on the back of the thigh."""
        return self._muscle(((0.12, 12, 3), (0.32, 11.5, 2), (0.6, 9, 1), (0.82, 7, 2), (0.97, 6, 4)), 1)

    def _muscle(self, along: Sequence[tuple[float, float, float]], side: int) -> str:
        across = self.thigh * 1j * side
        outer = [between(self.hip, self.knee, share) + across * deep for share, deep, _ in along]
        inner = [between(self.hip, self.knee, share) + across * thin for share, _, thin in along]
        return through([*outer, *reversed(inner)], closed=True)

    def _around(self, along: Sequence[tuple[float, float, float]]) -> str:
        """A piece of the thigh from edge to edge, straight across at both ends."""
        before = [between(self.hip, self.knee, share) - self.thigh * 1j * fore for share, fore, _ in along]
        behind = [between(self.hip, self.knee, share) + self.thigh * 1j * aft for share, _, aft in along]
        return straight([*before, *reversed(behind)])

    def knee_cap(self, lifted: bool) -> str:
        """The knee cap; the quadriceps lifts it."""
        share = 0.94 if lifted else 1.0
        middle = between(self.hip, self.knee, share) - self.thigh * 1j * 5.6
        return oval(middle, self.thigh, 4.6, 3.2)


def _foot(heel: complex, toe: complex, ankle: complex, tilt: float) -> str:
    along = toward(90 + tilt)
    up = along * -1j
    ball = heel + along * 26
    points = [
        ankle + along * -5.5 - up * 1,
        heel + along * -1.5 + up * 5.5,
        heel + along * 1.5 + up * 0.3,
        heel + along * 12 + up * 0.6,
        ball,
        toe + 0.2j,
        toe - 3.6j + 0.8,
        between(ball, toe, 0.35) + up * 7.6,
        ankle + along * 6 + up * -1.5,
        ankle + up * 5,
    ]
    return through(points, closed=True)


class Trunk:
    """The trunk with the neck: one outline whose hind edge is the line that matters."""

    def __init__(self, joints: Joints) -> None:
        spine = joints.spine
        self.behind, self.before = [], []
        for index, joint in enumerate(spine):
            below, above = spine[max(index - 1, 0)], (*spine, joints.neck)[index + 1]
            across = unit(above - below) * 1j
            self.behind.append(joint - across * BEHIND[index])
            self.before.append(joint + across * BEFORE[index])
        self.neck = limb(spine[-1], between(joints.neck, joints.head, 0.45), 7.2, 6.6)
        self.back = [between(self.behind[0], self.behind[1], 0.25), *self.behind[1:]]
        self.path = band(self.back, self.before)
        self.pelvis = limb(spine[0], between(spine[0], spine[1], 0.7), 16.0, 14.6)

    def line(self) -> str:
        """The back, from the seat to the foot of the neck."""
        return through(self.back)

    def low_back(self) -> str:
        """The muscle beside the lowest part of the spine."""
        pairs = list(zip(self.behind[1:5], self.before[1:5], strict=True))
        outer = [behind + unit(before - behind) * 4.6 for behind, before in pairs]
        inner = [behind + unit(before - behind) * 12.0 for behind, before in pairs]
        ends = between(outer[0], inner[0], 0.3), between(outer[-1], inner[-1], 0.3)
        return through([ends[0], outer[1], outer[2], ends[1], inner[2], inner[1]], closed=True)


def _head(joints: Joints) -> list[Shape]:
    up = unit(joints.head - joints.neck)
    face = up * 1j  # the way the person looks

    def place(forward: float, upward: float) -> complex:
        return joints.head + face * forward + up * upward

    outline = [(-12.6, 3), (-8, 13.4), (1.5, 16), (9.6, 12), (12, 5), (12.4, 2.6), (15.6, -2.2), (12.6, -3.6)]
    outline += [(13, -7), (11.4, -9), (11.6, -13), (7.6, -15.2), (1, -12), (-5, -11), (-11.4, -6)]
    hair = [(-13.4, 2), (-9, 14.2), (1.5, 17.4), (10.4, 13), (11.6, 8.2), (5, 7.6), (0.6, 3.4), (-1, -3), (-4.6, -4)]
    hair += [(-6, -10.4), (-11.6, -8)]
    skull = through([place(*spot) for spot in outline], closed=True)
    return [
        *united(Shape(skull, "skin"), Shape(through([place(*spot) for spot in hair], closed=True), "hair")),
        Shape(oval(place(7.6, 1.6), up, 1.7, 1.3), "dot"),
    ]


def _arm(joints: Joints, hands: str) -> list[Shape]:
    """The near arm; the far one does the same behind it."""
    shoulder, elbow, wrist, tip = joints.arm.shoulder, joints.arm.elbow, joints.arm.wrist, joints.arm.tip
    if hands == "fist":
        palm = oval(between(wrist, tip, 0.42), tip - wrist, 6.8, 6.2)
    else:
        palm = limb(between(wrist, tip, 0.2), between(wrist, tip, 0.75), 5.6, 3.8)
    return united(
        *(Shape(path, "skin") for path in (limb(shoulder, elbow, 8.2, 6.4), limb(elbow, wrist, 6.4, 4.6), palm))
    )


def _holding_hand(joints: Joints, *, shown: bool) -> list[Shape]:
    """Of arms that are crossed, the far hand, which holds the near arm just above the elbow."""
    arm = joints.arm
    along = unit(arm.elbow - arm.shoulder)
    across = unit(arm.wrist - arm.elbow)
    place = arm.elbow - along * 6
    path = limb(place + across * 7, place - across * 4, 5, 4)
    return united(Shape(path, "skin" if shown else "none"), edge="edge_thin" if shown else "none")


def body(pose: Pose, joints: Joints) -> list[Shape]:
    """Every shape of the body, the far ones first; the same number in the same order for any pose from the side."""
    near, far, trunk = Leg(joints), Leg(joints, FAR), Trunk(joints)
    working = set(pose.muscles)
    shapes = [
        *united(Shape(far.foot, "far"), Shape(far.path, "far")),
        *united(Shape(trunk.neck, "skin")),
        *_head(joints),
        *united(
            Shape(near.foot, "skin"),
            Shape(near.path, "skin"),
            Shape(near.shorts, "cloth"),
            Shape(trunk.pelvis, "cloth"),
            Shape(trunk.path, "cloth"),
        ),
    ]
    shapes.append(Shape(trunk.low_back(), "low_back" if "low_back" in working else "none"))
    shapes.append(Shape(near.hamstrings(), _muscle(pose, "hamstrings")))
    shapes.append(Shape(near.quadriceps(), _muscle(pose, "quadriceps")))
    shapes.append(Shape(near.knee_cap("quadriceps" in working), "cap_wrong" if "knees" in pose.wrong else "cap"))
    wrong = "back" in pose.wrong
    shapes.append(Shape(trunk.line(), "none" if wrong else "back"))
    shapes += _arm(joints, pose.hands)
    shapes += _holding_hand(joints, shown=pose.hands == "crossed")
    # What is wrong is seen whole, the arm notwithstanding.
    shapes.append(Shape(trunk.line(), "back_wrong" if wrong else "none"))
    return shapes


def _muscle(pose: Pose, name: str) -> str:
    if name in pose.soft:
        return "soft"
    return name if name in pose.muscles else "none"
