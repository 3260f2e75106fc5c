"""From what to what the pain went, as a small picture: places on a line from 0 to 10."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from clinic.models import PainReport
from clinic.models.fields import WORST_PAIN

LEFT, STEP = 20, 28  # the scale of the picture: where 0 is and how far 1 is from it, in its own units


@dataclass(frozen=True)
class Change:
    """Two scores, 0 to 10. ``name`` tells the picture from others on the page; ``overnight``: the second was told the
    next morning."""

    before: int
    after: int
    name: str = "change"
    overnight: bool = False

    @classmethod
    def of(cls, report: PainReport) -> Self | None:
        """What the session of ``report`` did; None without both scores."""
        if report.before is None or report.after is None:
            return None
        return cls(report.before, report.after, f"change-{report.pk}")

    @classmethod
    def overnight_of(cls, report: PainReport) -> Self | None:
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
    def tip(self) -> int:
        """Where the line between the two ends: short of the dot."""
        return self.end - 13 if self.end > self.start else self.end + 13

    @property
    def course(self) -> str:
        if self.after == self.before:
            return "same"
        return "worse" if self.after > self.before else "better"


def _place(score: int) -> int:
    return LEFT + STEP * score
