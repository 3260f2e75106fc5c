"""How one exercise went, as its client may see it: the reports, the days of the plan, and what happened on the way.

A client does not see flags, which are a practitioner's working notes, but the facts: what the client told, when the
exercise was paused or changed, and when somebody was told of it by mail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, Protocol

from django.db.models import Case, F, OuterRef, Prefetch, Subquery, When
from django.utils.translation import gettext as _

from clinic.dosage import text as dosage_text
from clinic.models import Correction, Flag, Notice, PainReport, Prescription, PrescriptionVersion, Reminder
from clinic.models.fields import WEEKDAYS, zone
from clinic.models.outbox import SkipReason
from clinic.models.outbox import State as Sending
from clinic.progress.adherence import Diary, Hold, Planned
from clinic.progress.svg_chart import Dot
from clinic.progress.weekly_summary import Told

TOLD_OF = (Flag.Kind.RED_FLAG, Flag.Kind.EXERCISE_HURTS, Flag.Kind.WORSENING)
"""What a practitioner hears of because of what a client reported; silence and mail that comes back are none of it."""


class Known(Protocol):
    """One report, and what the rule knew after it: see ``clinic.flags.simulation.Point``."""

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
class Moment:
    """A day on which something happened, in words; all that happened on one day is one moment."""

    at: dt.datetime  # in the client's zone
    words: Sequence[str]


@dataclass(frozen=True)
class Progress:
    """One prescription from its beginning; every date and time is in the client's zone."""

    prescription: Prescription
    now: dt.datetime
    dots: Sequence[Dot]  # oldest first
    reports: Sequence[PainReport]  # oldest first, with corrections and warning signs
    diary: Diary
    moments: Sequence[Moment]  # oldest first

    @property
    def today(self) -> dt.date:
        return self.now.date()

    @property
    def ended(self) -> bool:
        return self.prescription.state == Prescription.State.ENDED

    @cached_property
    def end(self) -> dt.datetime:
        """Where the story ends: now, or with the plan and its last report."""
        last = [dot.at for dot in self.dots[-1:]]
        return max([self.diary.ended or self.now, *last]) if self.ended else max([self.now, *last])

    @cached_property
    def first_day(self) -> dt.date:
        """Of the plan or, if somebody reported before, of the reports."""
        days = [max(plan.starts_on, plan.since.date()) for plan in self.diary.plans[:1]]
        return min([*days, *(dot.at.date() for dot in self.dots[:1])], default=self.today)

    @cached_property
    def told(self) -> list[Told]:
        return [
            Told(self.local(row.occurred_at).date(), row.did_exercise, row.before, row.after, row.next_morning)
            for row in self.reports
        ]

    @cached_property
    def corrected(self) -> frozenset[dt.datetime]:
        """The moments of those reports that were put right."""
        return frozenset(report.occurred_at for report in self.reports if report.corrections.all())

    def local(self, at: dt.datetime) -> dt.datetime:
        return at.astimezone(self.now.tzinfo)


def read(prescription: Prescription, known: Iterable[Known], now: dt.datetime) -> Progress:
    """Read what there is, in a fixed number of queries, in the active language.

    Args:
        prescription: with its client and exercise.
        known: its reports as the trend rule saw them, oldest first.
        now: aware.
    """
    here = zone(prescription.client.time_zone)
    local = now.astimezone(here)
    reports = list(
        prescription.reports.order_by("occurred_at", "pk").prefetch_related(
            Prefetch("corrections", Correction.objects.order_by("at", "pk")), "warning_signs", "areas"
        )
    )
    versions = list(prescription.versions.order_by("number"))
    changes = list(prescription.changes.order_by("at", "pk"))
    holds, ended = holds_of(changes, here)
    diary = Diary(
        today=local.date(),
        plans=[planned(version, here) for version in versions],
        ended=ended,
        holds=holds,
        paused=_paused(prescription, local.date()),
        done={report.occurred_at.astimezone(here).date() for report in reports if report.did_exercise},
        told={report.occurred_at.astimezone(here).date() for report in reports},
    )
    happened = [*_from_reports(reports), *_from_changes(changes), *_from_versions(versions, prescription)]
    happened += _from_notices(prescription)
    return Progress(
        prescription=prescription,
        now=local,
        dots=[
            Dot(one.at.astimezone(here), one.before, one.after, one.recent, one.usual, one.swing) for one in known
        ],
        reports=reports,
        diary=diary,
        moments=_by_day((at.astimezone(here), words) for at, words in happened),
    )  # fmt: skip


Happened = tuple[dt.datetime, str]


def _by_day(happened: Iterable[Happened]) -> list[Moment]:
    found = []
    for _day, those in groupby(sorted(happened), key=lambda one: one[0].date()):
        same = list(those)
        found.append(Moment(same[0][0], list(dict.fromkeys(words for _at, words in same))))
    return found


def _from_reports(reports: Iterable[PainReport]) -> list[Happened]:
    return [(one.occurred_at, _("You told us of a warning sign.")) for one in reports if one.warning_signs.all()]


def _from_changes(changes: Iterable[Any]) -> list[Happened]:
    said: Mapping[str, str] = {
        Prescription.State.HELD: _("The exercise was paused."),
        Prescription.State.ACTIVE: _("The exercise went on."),
        Prescription.State.ENDED: _("The plan ended."),
    }
    return [(change.at, said[change.new]) for change in changes]


def _from_versions(versions: Sequence[PrescriptionVersion], prescription: Prescription) -> list[Happened]:
    rest = prescription.exercise.rest_seconds
    return [
        (version.created_at, _("Your plan changed. %(when)s %(how_much)s") % {
            "when": dosage_text.describe_times(version), "how_much": dosage_text.describe_amount(version, rest),
        })
        for version in versions[1:]
    ]  # fmt: skip


def _from_notices(prescription: Prescription) -> list[Happened]:
    about = Notice.objects.filter(flag__prescription=prescription, flag__kind__in=TOLD_OF)
    # One mail may have gone for several: those skipped for its sake were told by it.
    spoke = Notice.objects.filter(practitioner=OuterRef("practitioner"), state=Sending.SENT)
    first = spoke.filter(sent_at__gte=OuterRef("settled_at")).order_by("sent_at").values("sent_at")[:1]
    told = When(state=Sending.SENT, then=F("sent_at")), When(status_detail=SkipReason.TOGETHER, then=Subquery(first))
    rows = about.annotate(told_at=Case(*told)).exclude(told_at=None).values_list("told_at", "practitioner__name")
    return [(at, _("%(name)s was told what you had reported.") % {"name": name}) for at, name in rows if at]


def planned(version: PrescriptionVersion, here: dt.tzinfo) -> Planned:
    """A version as the days of a diary see it."""
    return Planned(
        version.created_at.astimezone(here), version.starts_on, version.ends_on,
        {WEEKDAYS.index(day) for day in version.day_names}, version.local_times,
    )  # fmt: skip


def holds_of(changes: Iterable[Any], here: dt.tzinfo) -> tuple[list[Hold], dt.datetime | None]:
    """Each time it was held, and when it ended."""
    holds, since, ended = [], None, None
    for change in changes:
        at = change.at.astimezone(here)
        if change.new == Prescription.State.HELD:
            since = at
        elif since is not None:
            holds.append(Hold(since, at))
            since = None
        if change.new == Prescription.State.ENDED:
            ended = at
    return holds + ([Hold(since, None)] if since else []), ended


def _paused(prescription: Prescription, today: dt.date) -> set[dt.date]:
    """The days on which the client wanted no reminder: those the ledger tells of, and those still to come."""
    rows = Reminder.objects.filter(schedule__prescription=prescription, status_detail=SkipReason.PAUSED)
    days = set(rows.values_list("slot", flat=True))
    until = prescription.client.paused_until
    if until is not None:
        days |= {today + dt.timedelta(days=ahead) for ahead in range((until - today).days)}
    return days
