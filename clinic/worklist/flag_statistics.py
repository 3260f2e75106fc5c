"""What became of the flags: how soon somebody looked, and how many were false alarms."""

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
    """Of some flags. A time to review is from raised to the first person who acknowledged or resolved, in hours."""

    raised: int = 0
    reviewed: int = 0  # somebody has looked
    waiting: int = 0  # nobody has, and it has not ended by itself
    escalated: int = 0  # nobody had in the clinic's set time
    median_hours: float | None = None  # None: none was reviewed yet
    worst_hours: float | None = None
    judged: int = 0  # resolved with an answer to "was it real?", "unclear" being one
    real: int = 0
    false: int = 0
    by_kind: Mapping[str, FlagStatistics] = field(default_factory=dict)  # every kind, in the order of Flag.Kind

    @property
    def false_share(self) -> float | None:
        """Of those judged, 0 to 1; None: none was judged yet."""
        return self.false / self.judged if self.judged else None


@dataclass(frozen=True)
class _FlagRow:
    kind: str
    state: str
    verdict: str
    hours: float | None
    escalated: bool


def compute_statistics(of: Person | Clinic, since: dt.datetime) -> FlagStatistics:
    """Of the flags raised since an instant; one query, however many they are.

    Args:
        of: a person sees those of the clients one treats, an owner all of the clinic's; or a whole clinic.
        since: the earliest ``raised_at`` that counts.
    """
    seen = _seen(of, since)
    kinds: dict[str, list[_FlagRow]] = defaultdict(list)
    for flag in seen:
        kinds[flag.kind].append(flag)
    return _sum(seen, {kind: _sum(kinds[kind], {}) for kind in Kind.values})


def _seen(of: Person | Clinic, since: dt.datetime) -> list[_FlagRow]:
    flags = (
        Flag.objects.filter(prescription__client__clinic=of) if isinstance(of, Clinic) else Flag.objects.visible_to(of)
    )
    rows = (
        flags.filter(raised_at__gte=since)
        .annotate(
            looked_at=Min("events__at", filter=Q(events__verb__in=REVIEW_VERBS, events__by__isnull=False)),
            rises=Count("events", filter=Q(events__verb=FlagEvent.Verb.ESCALATED)),
        )
        .values_list("kind", "state", "verdict", "raised_at", "looked_at", "rises")
    )
    return [
        _FlagRow(kind, state, verdict, (looked_at - raised_at) / HOUR if looked_at else None, bool(rises))
        for kind, state, verdict, raised_at, looked_at, rises in rows
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
        judged=len(verdicts),
        real=verdicts.count(Verdict.REAL),
        false=verdicts.count(Verdict.FALSE),
        by_kind=by_kind,
    )
