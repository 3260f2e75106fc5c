"""What the rules would have flagged on the stored history, with these or other constants. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from clinic.flags import engine
from clinic.flags.response import Response, ResponseConfig
from clinic.flags.trend import Detector, TrendConfig, TrendResult
from clinic.models import PainReport
from clinic.models.flag import Kind


@dataclass(frozen=True)
class SimulatedFlag:
    """One flag that would have been raised, and the report that would have raised it.

    ``score`` (in standard errors) and ``rise`` (in points) come with a worsening alone.
    """

    kind: str
    at: dt.datetime
    report: int
    score: float | None = None
    rise: float | None = None


@dataclass(frozen=True)
class Point:
    """One report on the chart, and what the rule knew after it. Points on the scale of 0-10; None: nothing known."""

    at: dt.datetime
    before: int | None
    after: int | None
    recent: float | None
    usual: float | None
    swing: float | None
    flagged: bool  # a worsening would stand


@dataclass
class SimulationResult:
    """What the history of one prescription came to."""

    reports: int = 0
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    flags: list[SimulatedFlag] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)  # one a report, oldest first

    @property
    def days(self) -> float:
        """From the first report to the last."""
        if self.first_at is None or self.last_at is None:
            return 0.0
        return (self.last_at - self.first_at) / dt.timedelta(days=1)


def simulate_prescription(
    prescription: int, trend: TrendConfig, response: ResponseConfig, most: int | None = None
) -> SimulationResult:
    """Step both rules through all reports of one prescription and note where a flag would begin.

    What a practitioner resolved in the meantime counts as it did then: the rule starts again from what stood.

    Args:
        prescription: its number.
        trend, response: the constants to try.
        most: only the newest so many reports; None: all.
    """
    return simulate_history(engine.read_history(prescription, most), trend, response)


def simulate_history(
    events: Iterable[PainReport | str], trend: TrendConfig, response: ResponseConfig
) -> SimulationResult:
    """The same through what `judging.in_order` gives."""
    rules, seen = engine.RuleEngine(Detector(trend), Response(response)), SimulationResult()
    standing: dict[str, bool] = {}
    for event in events:
        if isinstance(event, str):
            rules.start_again(event)
            standing[event] = False
            continue
        seen.reports += 1
        seen.first_at, seen.last_at = seen.first_at or event.occurred_at, event.occurred_at
        judgement = rules.step(event)
        for kind, holds in _flags_in_force(event, judgement).items():
            if holds and not standing.get(kind):
                numbers = (usual.score, usual.rise) if (usual := judgement.trend) and kind == Kind.WORSENING else ()
                seen.flags.append(SimulatedFlag(kind, event.occurred_at, event.pk, *numbers))
            standing[kind] = holds
        seen.points.append(_point(event, judgement.trend, flagged=bool(standing.get(Kind.WORSENING.value))))
    return seen


def _point(report: PainReport, known: TrendResult | None, *, flagged: bool) -> Point:
    recent, usual, swing = (known.recent, known.usual, known.swing) if known else (None, None, None)
    return Point(report.occurred_at, report.before, report.after, recent, usual, swing, flagged)


def _flags_in_force(report: PainReport, judgement: engine.Assessment) -> dict[str, bool]:
    """By kind, whether the rules would have a flag after this report; a kind it says nothing of is left out."""
    holds: dict[str, bool] = {}
    if judgement.trend is not None:
        holds[Kind.WORSENING.value] = judgement.trend.flag
    if judgement.session is not None or report.moved_down_leg:
        strong = judgement.session == "much_worse" or judgement.standing == "stop"
        holds[Kind.EXERCISE_HURTS.value] = strong or bool(report.moved_down_leg)
    return holds
