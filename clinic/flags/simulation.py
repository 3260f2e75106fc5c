"""Simulation: the flags that given constants of the rules would raise on stored reports. Nothing is written."""

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
    """One flag that would have been raised, by which report (its number).

    ``score`` (standard errors) and ``rise`` (points) are of a worsening; None of other kinds.
    """

    kind: str
    at: dt.datetime
    report: int
    score: float | None = None
    rise: float | None = None


@dataclass(frozen=True)
class Point:
    """One report and the trend after it, in points on the scale of 0-10; None: unknown."""

    at: dt.datetime
    before: int | None
    after: int | None
    recent: float | None
    usual: float | None
    swing: float | None
    flagged: bool  # for a worsening


@dataclass
class SimulationResult:
    """The simulated flags and the trend of one prescription."""

    reports: int = 0
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None
    flags: list[SimulatedFlag] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)  # one per report, oldest first

    @property
    def days(self) -> float:
        """From the first report to the last."""
        if self.first_at is None or self.last_at is None:
            return 0.0
        return (self.last_at - self.first_at) / dt.timedelta(days=1)


def simulate_prescription(
    prescription: int, trend: TrendConfig, response: ResponseConfig, limit: int | None = None
) -> SimulationResult:
    """Run both rules over the reports of one prescription and collect the flags they would raise.

    A flag that was really resolved restarts the rule, as it did then.

    Args:
        prescription: its number.
        trend, response: the constants to try.
        limit: how many of the newest reports; None: all.
    """
    return simulate_history(engine.read_history(prescription, limit), trend, response)


def simulate_history(
    events: Iterable[PainReport | str], trend: TrendConfig, response: ResponseConfig
) -> SimulationResult:
    """As simulate_prescription, from a history as of `engine.merge_history`."""
    rule_engine, result = engine.RuleEngine(Detector(trend), Response(response)), SimulationResult()
    in_force: dict[str, bool] = {}
    for event in events:
        if isinstance(event, str):
            rule_engine.restart(event)
            in_force[event] = False
            continue
        result.reports += 1
        result.first_at, result.last_at = result.first_at or event.occurred_at, event.occurred_at
        assessment = rule_engine.update(event)
        for kind, is_flagged in _flags_in_force(event, assessment).items():
            if is_flagged and not in_force.get(kind):
                numbers = (found.score, found.rise) if (found := assessment.trend) and kind == Kind.WORSENING else ()
                result.flags.append(SimulatedFlag(kind, event.occurred_at, event.pk, *numbers))
            in_force[kind] = is_flagged
        result.points.append(_point(event, assessment.trend, flagged=bool(in_force.get(Kind.WORSENING.value))))
    return result


def _point(report: PainReport, trend: TrendResult | None, *, flagged: bool) -> Point:
    recent, usual, swing = (trend.recent, trend.usual, trend.swing) if trend else (None, None, None)
    return Point(report.occurred_at, report.before, report.after, recent, usual, swing, flagged)


def _flags_in_force(report: PainReport, assessment: engine.Assessment) -> dict[str, bool]:
    """By kind, whether the rules flag after this report; a kind that the report does not concern is left out."""
    flagged: dict[str, bool] = {}
    if assessment.trend is not None:
        flagged[Kind.WORSENING.value] = assessment.trend.flag
    if assessment.session is not None or report.moved_down_leg:
        hurts = assessment.session == "much_worse" or assessment.standing == "stop"
        flagged[Kind.EXERCISE_HURTS.value] = hurts or bool(report.moved_down_leg)
    return flagged
