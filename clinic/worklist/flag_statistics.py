"""Statistics of flags: hours until review, and how many were false alarms."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from django.db.models import Count, Min, Q

from clinic.models import Clinic, Flag, FlagEvent, Person
from clinic.models.flag import Kind, Verdict

HOUR = dt.timedelta(hours=1)
REVIEW_VERBS = [FlagEvent.Verb.ACKNOWLEDGED, FlagEvent.Verb.RESOLVED]


@dataclass(frozen=True)
class FlagStatistics:
    """Counts of some flags; hours run from raised to the first acknowledgement or resolution by a person."""

    raised: int = 0
    reviewed: int = 0  # acknowledged or resolved by a person
    waiting: int = 0  # neither, and not resolved by the rules
    escalated: int = 0  # not acknowledged within the clinic's escalation hours
    median_hours: float | None = None  # None: none was reviewed
    worst_hours: float | None = None
    with_verdict: int = 0  # resolved with an answer to "was it real?", "unclear" included
    real: int = 0
    false: int = 0
    by_kind: Mapping[str, FlagStatistics] = field(default_factory=dict)  # every kind, in the order of Flag.Kind

    @property
    def false_share(self) -> float | None:
        """False alarms among flags with a verdict, 0 to 1; None: there is none."""
        return self.false / self.with_verdict if self.with_verdict else None


@dataclass(frozen=True)
class _FlagRow:
    kind: str
    state: str
    verdict: str
    hours: float | None
    escalated: bool


def compute_statistics(scope: Person | Clinic, since: dt.datetime) -> FlagStatistics:
    """Compute the statistics of the flags raised since an instant, in one query.

    Args:
        scope: a clinic, or a person: the clients whom a practitioner treats, all of the clinic for an owner.
        since: the earliest ``raised_at`` that counts.
    """
    flags = _read_flags(scope, since)
    kinds: dict[str, list[_FlagRow]] = defaultdict(list)
    for flag in flags:
        kinds[flag.kind].append(flag)
    return _sum(flags, {kind: _sum(kinds[kind], {}) for kind in Kind.values})


def _read_flags(scope: Person | Clinic, since: dt.datetime) -> list[_FlagRow]:
    flags = (
        Flag.objects.filter(prescription__client__clinic=scope)
        if isinstance(scope, Clinic)
        else Flag.objects.visible_to(scope)
    )
    rows = (
        flags.filter(raised_at__gte=since)
        .annotate(
            reviewed_at=Min("events__at", filter=Q(events__verb__in=REVIEW_VERBS, events__by__isnull=False)),
            escalations=Count("events", filter=Q(events__verb=FlagEvent.Verb.ESCALATED)),
        )
        .values_list("kind", "state", "verdict", "raised_at", "reviewed_at", "escalations")
    )
    return [
        _FlagRow(kind, state, verdict, (reviewed_at - raised_at) / HOUR if reviewed_at else None, bool(escalations))
        for kind, state, verdict, raised_at, reviewed_at, escalations in rows
    ]


def _sum(flags: Sequence[_FlagRow], by_kind: Mapping[str, FlagStatistics]) -> FlagStatistics:
    hours = [flag.hours for flag in flags if flag.hours is not None]
    verdicts = [flag.verdict for flag in flags if flag.verdict]
    return FlagStatistics(
        raised=len(flags),
        reviewed=len(hours),
        waiting=sum(flag.hours is None and flag.state != Flag.State.RESOLVED for flag in flags),
        escalated=sum(flag.escalated for flag in flags),
        median_hours=median(hours) if hours else None,
        worst_hours=max(hours, default=None),
        with_verdict=len(verdicts),
        real=verdicts.count(Verdict.REAL),
        false=verdicts.count(Verdict.FALSE),
        by_kind=by_kind,
    )
