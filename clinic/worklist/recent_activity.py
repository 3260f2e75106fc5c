"""How the last weeks went for many clients at once: what they told, and how often they did what was planned."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import CharField, Count, IntegerField, Max, Value

from clinic.models import Client, PainReport, PrescriptionChange, Reminder, SkipReason
from clinic.models.fields import zone
from clinic.progress.adherence import Diary, Tally, together
from clinic.progress.progress import holds_of, planned
from clinic.worklist.query import Entry

DAY = dt.timedelta(days=1)
ADHERENCE_DAYS = 14  # up to today
DRAWN = dt.timedelta(days=30)


@dataclass(frozen=True)
class RecentActivity:
    """One client's last weeks."""

    points: Sequence[tuple[float, int]]  # (days ago, pain) of the last 30 days; the score before, else a later one
    tally: Tally  # of the last 14 days in the client's zone, today included, over the exercises that run
    unanswered: Mapping[int, int]  # reminders since anything was heard, by running prescription


class _Report(NamedTuple):
    """One report."""

    client: int
    prescription: int
    at: dt.datetime
    did: bool
    scores: Sequence[int | None]


class _Change(NamedTuple):
    """The state of a prescription changed."""

    at: dt.datetime
    new: str


@dataclass
class _Plan:
    """What is read of one running prescription, oldest first."""

    changes: list[_Change] = field(default_factory=list)
    paused: list[dt.datetime] = field(default_factory=list)
    unanswered: int = 0


def read_recent_activity(entries: Sequence[Entry], now: dt.datetime) -> dict[int, RecentActivity]:
    """Read it by client, in two queries however many they are."""
    plans = _plans([row.pk for entry in entries for row in entry.prescriptions], now)
    heard = defaultdict(list)
    for report in _reports([entry.client for entry in entries], now - DRAWN):
        heard[report.client].append(report)
    return {
        entry.client.pk: RecentActivity(
            points=[
                (max(0.0, (now - report.at) / DAY), score)
                for report in heard[entry.client.pk]
                for score in [score for score in report.scores if score is not None][:1]
            ],
            tally=_tally(entry, plans, heard[entry.client.pk], now),
            unanswered={row.pk: plans[row.pk].unanswered for row in entry.prescriptions},
        )
        for entry in entries
    }


def _reports(clients: Sequence[Client], since: dt.datetime) -> list[_Report]:
    rows = PainReport.objects.filter(prescription__client__in=clients, occurred_at__gte=since).order_by("occurred_at")
    columns = ("prescription__client", "prescription", "occurred_at", "did_exercise", "before", "after", "next_morning")
    return [_Report(row[0], row[1], row[2], row[3], row[4:]) for row in rows.values_list(*columns)]


def _plans(prescriptions: Sequence[int], now: dt.datetime) -> Mapping[int, _Plan]:
    found: dict[int, _Plan] = defaultdict(_Plan)
    for pk, at, what, count in sorted(_read_interruptions(prescriptions, now), key=lambda row: row[1]):
        if what == SkipReason.PAUSED:
            found[pk].paused.append(at)
        elif what == SkipReason.IGNORED:
            found[pk].unanswered = count
        else:
            found[pk].changes.append(_Change(at, what))
    return found


def _read_interruptions(prescriptions: Sequence[int], now: dt.datetime) -> list[tuple[int, dt.datetime, str, int]]:
    """What kept clients from doing it or us from reminding them: (prescription, when, what, how often), one query."""
    one = Value(1, IntegerField())
    changes = PrescriptionChange.objects.filter(prescription__in=prescriptions).order_by()
    since = (now - (ADHERENCE_DAYS + 1) * DAY).date()
    mine = Reminder.objects.filter(schedule__prescription__in=prescriptions)
    ledger = mine.filter(slot__gte=since, status_detail=SkipReason.PAUSED).order_by()
    rows: Any = changes.annotate(count=one).values_list("prescription_id", "at", "new", "count")
    paused: Any = ledger.annotate(count=one).values_list(
        "schedule__prescription_id", "due_at", "status_detail", "count"
    )
    unanswered: Any = (
        Reminder.objects.unanswered(prescriptions)
        .values("schedule__prescription_id")
        .annotate(at=Max("sent_at"), what=Value(SkipReason.IGNORED.value, CharField()), count=Count("pk"))
        .values_list("schedule__prescription_id", "at", "what", "count")
    )
    return list(rows.union(paused, unanswered, all=True))


def _tally(entry: Entry, plans: Mapping[int, _Plan], heard: Sequence[_Report], now: dt.datetime) -> Tally:
    here = zone(entry.client.time_zone)
    today = now.astimezone(here).date()
    diaries = []
    for pk, versions in entry.versions.items():
        plan = plans[pk]
        holds, ended = holds_of(plan.changes, here)
        own = [report for report in heard if report.prescription == pk]
        diaries.append(
            Diary(
                today=today,
                plans=[planned(version, here) for version in versions],
                ended=ended,
                holds=holds,
                paused={at.astimezone(here).date() for at in plan.paused},
                done={report.at.astimezone(here).date() for report in own if report.did},
            )
        )
    return together(diaries, [today - DAY * ago for ago in range(ADHERENCE_DAYS)])
