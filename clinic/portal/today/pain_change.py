"""The change of pain as a small picture: two points on a line from 0 to 10."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from clinic.models import PainReport
from clinic.models.fields import WORST_PAIN

SCALE_START, SCALE_STEP = 20, 28  # the scale of the picture: where 0 is and how far 1 is from it, in its own units


@dataclass(frozen=True)
class PainChange:
    """Two scores, 0 to 10.

    ``name`` is unique on the page; ``overnight``: the second score is of the next morning.
    """

    before: int
    after: int
    name: str = "change"
    overnight: bool = False

    @classmethod
    def from_report(cls, report: PainReport) -> Self | None:
        """From before to after the session; None without both scores."""
        if report.before is None or report.after is None:
            return None
        return cls(report.before, report.after, f"change-{report.pk}")

    @classmethod
    def to_next_morning(cls, report: PainReport) -> Self | None:
        """From before the session to the next morning; None without both scores."""
        if report.before is None or report.next_morning is None:
            return None
        return cls(report.before, report.next_morning, f"overnight-{report.pk}", overnight=True)

    @property
    def ticks(self) -> list[tuple[int, int]]:
        return [(score, _place(score)) for score in range(WORST_PAIN + 1)]

    @property
    def start(self) -> int:
        return _place(self.before)

    @property
    def end(self) -> int:
        return _place(self.after)

    @property
    def stem_end(self) -> int:
        """Where the line between the two ends: short of the dot."""
        return self.end - 13 if self.end > self.start else self.end + 13

    @property
    def direction(self) -> str:
        if self.after == self.before:
            return "same"
        return "worse" if self.after > self.before else "better"


def _place(score: int) -> int:
    return SCALE_START + SCALE_STEP * score
