"""The progress of one prescription for its client: reports, days of the plan, and events.

A client does not see flags, which are a practitioner's working notes, but the facts: the reports, the holds and changes
of the plan, and the notices to practitioners.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Protocol

from django.db.models import Case, F, OuterRef, Prefetch, Subquery, When
from django.utils.translation import gettext as _

from clinic.dosage import text as dosage_text
from clinic.models import Correction, Flag, Notice, PainReport, Prescription, PrescriptionVersion, Reminder
from clinic.models.fields import WEEKDAYS, zone
from clinic.models.outbox import SkipReason, State as Sending
from clinic.progress.adherence import Diary, Hold, PlanVersion
from clinic.progress.svg_chart import Dot
from clinic.progress.weekly_summary import ReportedScores

NOTIFIED_KINDS = (Flag.Kind.RED_FLAG, Flag.Kind.EXERCISE_HURTS, Flag.Kind.WORSENING)
"""The kinds of flags that rest on reports, unlike silence and undeliverable mail."""


class RulePoint(Protocol):
    """The result of the trend rule at one report, as ``clinic.flags.simulation`` gives it."""

    @property
    def at(self) -> dt.datetime: ...
    @property
    def before(self) -> int | None: ...
    @property
    def after(self) -> int | None: ...
    @property
    def recent(self) -> float | None: ...
    @property
    def usual(self) -> float | None: ...
    @property
    def swing(self) -> float | None: ...


@dataclass(frozen=True)
class ChartEvent:
    """The events of one day, as text."""

    at: dt.datetime  # in the client's zone
    texts: Sequence[str]


@dataclass(frozen=True)
class Progress:
    """One prescription from its beginning; every date and time is in the client's zone."""

    prescription: Prescription
    now: dt.datetime
    dots: Sequence[Dot]  # oldest first
    reports: Sequence[PainReport]  # oldest first, with corrections and warning signs
    diary: Diary
    events: Sequence[ChartEvent]  # oldest first

    @property
    def today(self) -> dt.date:
        return self.now.date()

    @property
    def ended(self) -> bool:
        return self.prescription.state == Prescription.State.ENDED

    @cached_property
    def end(self) -> dt.datetime:
        """The end of the chart: now, or the end of the plan or its last report."""
        last = [dot.at for dot in self.dots[-1:]]
        return max([self.diary.ended or self.now, *last]) if self.ended else max([self.now, *last])

    @cached_property
    def first_day(self) -> dt.date:
        """The first day of the plan or, if earlier, of the reports."""
        days = [max(plan.starts_on, plan.since.date()) for plan in self.diary.plans[:1]]
        return min([*days, *(dot.at.date() for dot in self.dots[:1])], default=self.today)

    @cached_property
    def scores(self) -> list[ReportedScores]:
        return [
            ReportedScores(
                self.local(row.occurred_at).date(), row.did_exercise, row.before, row.after, row.next_morning
            )
            for row in self.reports
        ]

    @cached_property
    def corrected(self) -> frozenset[dt.datetime]:
        """The times of the corrected reports."""
        return frozenset(report.occurred_at for report in self.reports if report.corrections.all())

    def local(self, at: dt.datetime) -> dt.datetime:
        return at.astimezone(self.now.tzinfo)


def read_progress(prescription: Prescription, points: Iterable[RulePoint], now: dt.datetime) -> Progress:
    """Read the progress in a fixed number of queries, with texts in the active language.

    Args:
        prescription: with its client and exercise.
        points: the result of the trend rule at each of its reports, oldest first.
        now: aware.
    """
    time_zone = zone(prescription.client.time_zone)
    local = now.astimezone(time_zone)
    reports = list(
        prescription.reports.order_by("occurred_at", "pk").prefetch_related(
            Prefetch("corrections", Correction.objects.order_by("at", "pk")), "warning_signs", "areas"
        )
    )
    versions = list(prescription.versions.order_by("number"))
    changes = list(prescription.changes.order_by("at", "pk"))
    holds, ended = find_holds(changes, time_zone)
    diary = Diary(
        today=local.date(),
        plans=[plan_version(version, time_zone) for version in versions],
        ended=ended,
        holds=holds,
        paused=_paused(prescription, local.date()),
        done={report.occurred_at.astimezone(time_zone).date() for report in reports if report.did_exercise},
        reported={report.occurred_at.astimezone(time_zone).date() for report in reports},
    )
    happened = [*_from_reports(reports), *_from_changes(changes), *_from_versions(versions, prescription)]
    happened += _from_notices(prescription)
    return Progress(
        prescription=prescription,
        now=local,
        dots=build_dots(points, time_zone),
        reports=reports,
        diary=diary,
        events=_by_day((at.astimezone(time_zone), words) for at, words in happened),
    )  # fmt: skip


def build_dots(points: Iterable[RulePoint], time_zone: dt.tzinfo, evidence: Collection[dt.datetime] = ()) -> list[Dot]:
    """Return the dots of a chart; ``evidence``: the times of the reports on which a flag rests."""
    return [
        Dot(
            point.at.astimezone(time_zone), point.before, point.after, point.recent, point.usual, point.swing,
            evidence=point.at in evidence,
        )
        for point in points
    ]  # fmt: skip


TimedText = tuple[dt.datetime, str]


def _by_day(happened: Iterable[TimedText]) -> list[ChartEvent]:
    events = []
    for _day, group in groupby(sorted(happened), key=lambda row: row[0].date()):
        same_day = list(group)
        events.append(ChartEvent(same_day[0][0], list(dict.fromkeys(text for _at, text in same_day))))
    return events


def _from_reports(reports: Iterable[PainReport]) -> list[TimedText]:
    return [
        (report.occurred_at, _("You told us of a warning sign.")) for report in reports if report.warning_signs.all()
    ]


def _from_changes(changes: Iterable[Any]) -> list[TimedText]:
    texts: Mapping[str, str] = {
        Prescription.State.HELD: _("The exercise was paused."),
        Prescription.State.ACTIVE: _("The exercise went on."),
        Prescription.State.ENDED: _("The plan ended."),
    }
    return [(change.at, texts[change.new]) for change in changes]


def _from_versions(versions: Sequence[PrescriptionVersion], prescription: Prescription) -> list[TimedText]:
    rest = prescription.exercise.rest_seconds
    return [
        (version.created_at, _("Your plan changed. %(when)s %(how_much)s") % {
            "when": dosage_text.describe_times(version), "how_much": dosage_text.describe_amount(version, rest),
        })
        for version in versions[1:]
    ]  # fmt: skip


def _from_notices(prescription: Prescription) -> list[TimedText]:
    notices = Notice.objects.filter(flag__prescription=prescription, flag__kind__in=NOTIFIED_KINDS)
    # One mail may stand for several notices: the others are skipped as TOGETHER with it.
    sent = Notice.objects.filter(practitioner=OuterRef("practitioner"), state=Sending.SENT)
    first = sent.filter(sent_at__gte=OuterRef("settled_at")).order_by("sent_at").values("sent_at")[:1]
    sent_time = (
        When(state=Sending.SENT, then=F("sent_at")),
        When(status_detail=SkipReason.TOGETHER, then=Subquery(first)),
    )
    rows = notices.annotate(at=Case(*sent_time)).exclude(at=None).values_list("at", "practitioner__name")
    return [(at, _("%(name)s was told what you had reported.") % {"name": name}) for at, name in rows if at]


def plan_version(version: PrescriptionVersion, time_zone: dt.tzinfo) -> PlanVersion:
    """The plan of a stored version, in the client's zone."""
    return PlanVersion(
        version.created_at.astimezone(time_zone), version.starts_on, version.ends_on,
        {WEEKDAYS.index(day) for day in version.day_names}, version.local_times,
    )  # fmt: skip


def find_holds(changes: Iterable[Any], time_zone: dt.tzinfo) -> tuple[list[Hold], dt.datetime | None]:
    """Return each hold, and when the prescription ended."""
    holds, since, ended = [], None, None
    for change in changes:
        at = change.at.astimezone(time_zone)
        if change.new == Prescription.State.HELD:
            since = at
        elif since is not None:
            holds.append(Hold(since, at))
            since = None
        if change.new == Prescription.State.ENDED:
            ended = at
    return holds + ([Hold(since, None)] if since else []), ended


def _paused(prescription: Prescription, today: dt.date) -> set[dt.date]:
    """The days of the client's own pauses: skipped reminders, and days until the end of the pause."""
    rows = Reminder.objects.filter(schedule__prescription=prescription, status_detail=SkipReason.PAUSED)
    days = set(rows.values_list("slot", flat=True))
    until = prescription.client.paused_until
    if until is not None:
        days |= {today + dt.timedelta(days=ahead) for ahead in range((until - today).days)}
    return days
