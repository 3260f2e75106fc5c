"""What the tests about drawings share: poses of any kind, and those of the forward bend."""

from __future__ import annotations

from dataclasses import fields
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from exercises.body.joints import Joints
from exercises.body.pose import FRONT_ARROWS, Pose
from exercises.folder import read_folder
from exercises.loading import SHIPPED_LIBRARY

BEND = SHIPPED_LIBRARY / "forward-bend"


def pictures() -> dict[str, Pose]:
    """Every picture of the forward bend."""
    return {drawing.key: drawing.pose for drawing in read_folder(BEND).drawings}


@st.composite
def any_pose(draw: st.DrawFn, view: str | None = None) -> Pose:
    """Any pose that a file may describe, the impossible ones too."""
    values: dict[str, Any] = {"view": draw(st.sampled_from(["side", "front"])) if view is None else view}
    for one in fields(Pose):
        rule = one.metadata
        if one.name == "view" or draw(st.booleans()):
            continue
        if "least" in rule:
            values[one.name] = draw(st.floats(rule["least"], rule["most"]))
        elif "many" in rule:
            allowed = FRONT_ARROWS if one.name == "arrows" and values["view"] == "front" else rule["allowed"]
            values[one.name] = draw(st.lists(st.sampled_from(allowed), unique=True, max_size=3))
        elif one.name != "prop" or values["view"] == "side":
            values[one.name] = draw(st.sampled_from(rule["allowed"]))
    return Pose.from_angles(values)


def bones(joints: Joints) -> list[float]:
    """The length of everything that cannot stretch, from the foot to the head."""
    chain = [joints.heel, joints.ankle, joints.knee, joints.hip, *joints.spine, joints.neck, joints.head]
    return [abs(two - one) for one, two in pairwise(chain)]
