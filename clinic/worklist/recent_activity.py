"""The last weeks of many clients at once: their pain scores, adherence and unanswered reminders."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import CharField, Count, IntegerField, Max, Value

from clinic.models import Client, PainReport, PrescriptionChange, Reminder, SkipReason
from clinic.models.fields import zone
from clinic.progress.adherence import Adherence, Diary, count_combined_adherence
from clinic.progress.progress import find_holds, plan_version
from clinic.worklist.query import Entry

DAY = dt.timedelta(days=1)
ADHERENCE_DAYS = 14  # up to today
CHART_SPAN = dt.timedelta(days=30)


@dataclass(frozen=True)
class RecentActivity:
    """One client's last weeks."""

    points: Sequence[tuple[float, int]]  # (days ago, pain) of the last 30 days; the score before, else a later one
    tally: Adherence  # of the last 14 days in the client's zone, today included, over the running prescriptions
    unanswered: Mapping[int, int]  # reminders since the last report, by running prescription


class _Report(NamedTuple):
    client: int
    prescription: int
    at: dt.datetime
    did_exercise: bool
    scores: Sequence[int | None]


class _Change(NamedTuple):
    at: dt.datetime
    new: str


@dataclass
class _Interruptions:
    """What interrupted one running prescription, oldest first."""

    changes: list[_Change] = field(default_factory=list)
    paused: list[dt.datetime] = field(default_factory=list)
    unanswered: int = 0


def read_recent_activity(entries: Sequence[Entry], now: dt.datetime) -> dict[int, RecentActivity]:
    """Read it by client number, in two queries however many clients there are."""
    interruptions = _interruptions_of([row.pk for entry in entries for row in entry.prescriptions], now)
    reports = defaultdict(list)
    for report in _reports([entry.client for entry in entries], now - CHART_SPAN):
        reports[report.client].append(report)
    return {
        entry.client.pk: RecentActivity(
            points=[
                (max(0.0, (now - report.at) / DAY), score)
                for report in reports[entry.client.pk]
                for score in [score for score in report.scores if score is not None][:1]
            ],
            tally=_tally(entry, interruptions, reports[entry.client.pk], now),
            unanswered={row.pk: interruptions[row.pk].unanswered for row in entry.prescriptions},
        )
        for entry in entries
    }


def _reports(clients: Sequence[Client], since: dt.datetime) -> list[_Report]:
    rows = PainReport.objects.filter(prescription__client__in=clients, occurred_at__gte=since).order_by("occurred_at")
    columns = ("prescription__client", "prescription", "occurred_at", "did_exercise", "before", "after", "next_morning")
    return [_Report(row[0], row[1], row[2], row[3], row[4:]) for row in rows.values_list(*columns)]


def _interruptions_of(prescriptions: Sequence[int], now: dt.datetime) -> Mapping[int, _Interruptions]:
    by_prescription: dict[int, _Interruptions] = defaultdict(_Interruptions)
    for pk, at, cause, count in sorted(_read_interruptions(prescriptions, now), key=lambda row: row[1]):
        if cause == SkipReason.PAUSED:
            by_prescription[pk].paused.append(at)
        elif cause == SkipReason.IGNORED:
            by_prescription[pk].unanswered = count
        else:
            by_prescription[pk].changes.append(_Change(at, cause))
    return by_prescription


def _read_interruptions(prescriptions: Sequence[int], now: dt.datetime) -> list[tuple[int, dt.datetime, str, int]]:
    """Changes of state, paused reminders and unanswered ones: (prescription, at, cause, count), in one query."""
    one = Value(1, IntegerField())
    changes = PrescriptionChange.objects.filter(prescription__in=prescriptions).order_by()
    since = (now - (ADHERENCE_DAYS + 1) * DAY).date()
    reminders = Reminder.objects.filter(schedule__prescription__in=prescriptions)
    skipped = reminders.filter(slot__gte=since, status_detail=SkipReason.PAUSED).order_by()
    rows: Any = changes.annotate(count=one).values_list("prescription_id", "at", "new", "count")
    paused: Any = skipped.annotate(count=one).values_list(
        "schedule__prescription_id", "due_at", "status_detail", "count"
    )
    unanswered: Any = (
        Reminder.objects.unanswered(prescriptions)
        .values("schedule__prescription_id")
        .annotate(at=Max("sent_at"), cause=Value(SkipReason.IGNORED.value, CharField()), count=Count("pk"))
        .values_list("schedule__prescription_id", "at", "cause", "count")
    )
    return list(rows.union(paused, unanswered, all=True))


def _tally(
    entry: Entry, interruptions: Mapping[int, _Interruptions], reports: Sequence[_Report], now: dt.datetime
) -> Adherence:
    time_zone = zone(entry.client.time_zone)
    today = now.astimezone(time_zone).date()
    diaries = []
    for pk, versions in entry.versions.items():
        interrupted = interruptions[pk]
        holds, ended = find_holds(interrupted.changes, time_zone)
        own = [report for report in reports if report.prescription == pk]
        diaries.append(
            Diary(
                today=today,
                plans=[plan_version(version, time_zone) for version in versions],
                ended=ended,
                holds=holds,
                paused={at.astimezone(time_zone).date() for at in interrupted.paused},
                done={report.at.astimezone(time_zone).date() for report in own if report.did_exercise},
            )
        )
    return count_combined_adherence(diaries, [today - DAY * ago for ago in range(ADHERENCE_DAYS)])
