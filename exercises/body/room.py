"""What the body stands on and leans on: the floor, the mat, a chair, a wall."""

from __future__ import annotations

from .joints import FLOOR, Joints
from .lines import at, limb, straight, through
from .pose import Pose
from .shapes import Shape

GROUND = FLOOR + 8  # the floor under the mat
MAT = FLOOR + 4  # the mat under the feet


def ground(pose: Pose) -> list[Shape]:
    """The floor, and the mat on it; a mat that is wrong has slid forward and wrinkles behind the heels."""
    floor = Shape(f"M{at(complex(24, GROUND + 3))}L{at(complex(376, GROUND + 3))}", "floor")
    if "mat" in pose.wrong:
        spots = [(122.0, 1.0), (150.0, 1.0), (163.0, 14.0), (176.0, 1.0), (200.0, 1.0), (316.0, 1.0)]
        return [floor, Shape(through([complex(x, MAT - up) for x, up in spots]), "mat_wrong")]
    start = 136 if pose.prop == "wall" else 96
    return [floor, Shape(f"M{at(complex(start, MAT))}L{at(complex(290, MAT))}", "mat")]


def prop(pose: Pose, body: Joints) -> list[Shape]:
    """The chair under the hands, or the wall behind the seat."""
    if pose.prop == "wall":
        near = min(body.hip.real - 21, body.heel.real - 20)
        corners = [complex(near, 34), complex(near, GROUND), complex(near - 16, GROUND), complex(near - 16, 34)]
        return [Shape(straight(corners), "prop")]
    if pose.prop == "chair":
        seat = body.arm.tip + complex(-14, 9)
        legs = [(seat + 4, complex(seat.real, GROUND)), (seat + 54, complex(seat.real + 60, GROUND))]
        back = (seat + 56, seat + 64 - 66j)
        strokes = "".join(f"M{at(start)}L{at(end)}" for start, end in [*legs, back])
        return [Shape(strokes, "furniture"), Shape(limb(seat - 2, seat + 58, 5, 5), "prop")]
    return []
