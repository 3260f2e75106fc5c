"""The rows that one client's page rests on, read in a fixed number of statements however many there are."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Model, Q, Window
from django.db.models.functions import RowNumber

from clinic.flags import engine
from clinic.models import (
    AuditEntry,
    Client,
    Correction,
    Flag,
    FlagEvent,
    Invitation,
    Message,
    Note,
    PainReport,
    Practitioner,
    Prescription,
    PrescriptionChange,
    PrescriptionVersion,
    Reminder,
    ReportArea,
    RuleSettings,
    ScreeningAnswer,
    WarningSign,
)
from clinic.records.together import together
from exercises.models import ExerciseText, Precaution, Variation

REMINDERS_SHOWN = 14
REPORTS_PER_PAGE = 20
CHARTS_AT_MOST = 3
AUDITED = [
    *("printed", "exported", "erased", "left", "complained", "reminders-on", "reminders-off", "paused", "pause-ended"),
    *("hours-changed", "language-changed", "way-chosen", "phone-added", "phone-removed"),
    *("calendar-opened", "calendar-renewed", "calendar-closed"),
]
"""The acts that leave no row but the audit's."""

Rows = Mapping[str, list[Any]]


@dataclass(frozen=True)
class AtHand:
    """One client's rows. Prescriptions bear their exercise with its words, their versions and their client."""

    client: Client
    prescriptions: Sequence[Prescription]  # the running ones first
    flags: Sequence[Flag]  # in order of need, each with its events and evidence
    shown: Page[PainReport]
    drawn: Mapping[int, Sequence[PainReport]]  # by prescription, what its chart is drawn from
    unanswered: Mapping[int, int]
    names: Mapping[int | None, str]  # who did it, by user: colleagues and the client
    rows: Rows

    def of(self, prescription: Prescription, kind: str) -> list[Any]:
        """The rows of one kind that are about one prescription."""
        return [row for row in self.rows[kind] if row.prescription_id == prescription.pk]

    @property
    def setting(self) -> RuleSettings | None:
        """How the rule listens, by the last turn of its knobs."""
        return max(self.rows["rule_settings"], key=lambda row: (row.at, row.pk), default=None)


def read(client: Client, reports_page: str | None = None) -> AtHand:
    """All of it; ``client`` comes with practitioner and clinic."""
    prescriptions = _prescriptions(client)
    numbers = [prescription.pk for prescription in prescriptions]
    flags = list(Flag.objects.filter(prescription__in=numbers).by_need().select_related("raised_by"))
    shown = _page(client, reports_page)
    rows = together(**_wanted(client, prescriptions, [report.pk for report in shown]))
    names: dict[int | None, str] = {colleague.user_id: colleague.name for colleague in rows["colleagues"]}
    if client.user_id is not None:
        names[client.user_id] = client.name
    _dress(prescriptions, flags, rows, client)
    return AtHand(
        client,
        prescriptions,
        flags,
        shown,
        drawn=_drawn(numbers[:CHARTS_AT_MOST]),
        unanswered=Reminder.objects.unanswered(numbers),
        names=names,
        rows=rows,
    )


def _prescriptions(client: Client) -> list[Prescription]:
    rows = client.prescriptions.select_related("exercise", "prescribed_by", "reminder_choice", "trend")
    order = list(Prescription.State)
    return sorted(rows, key=lambda row: (order.index(Prescription.State(row.state)), -row.pk))


def _page(client: Client, wanted: str | None) -> Page[PainReport]:
    """One page of the reports, newest first, with how many there are, in one statement."""
    newest = PainReport.objects.filter(prescription__client=client).order_by("-occurred_at", "-pk")
    number = int(wanted) if wanted and wanted.isdecimal() and len(wanted) < 7 else 1
    begin = (max(1, number) - 1) * REPORTS_PER_PAGE
    found = list(newest.annotate(of_all=Window(Count("pk")))[begin : begin + REPORTS_PER_PAGE])
    if not found and begin:  # past the end, which nobody is led to
        return Paginator(newest, REPORTS_PER_PAGE).get_page(wanted)
    pages = Paginator(newest, REPORTS_PER_PAGE)
    pages.count = found[0].of_all if found else 0  # type: ignore[attr-defined]  # a cached property, annotated
    return Page(found, max(1, number), pages)


def _drawn(prescriptions: Collection[int]) -> dict[int, list[PainReport]]:
    place = Window(RowNumber(), partition_by="prescription", order_by=[F("occurred_at").desc(), F("pk").desc()])
    reports = PainReport.objects.filter(prescription__in=prescriptions).defer("note", "fingerprint")
    found: dict[int, list[PainReport]] = defaultdict(list)
    for report in reports.annotate(place=place).filter(place__lte=engine.REPLAYED_AT_MOST):
        found[report.prescription_id].append(report)
    return found


def _wanted(client: Client, prescriptions: Sequence[Prescription], reports: Collection[int]) -> dict[str, Any]:
    """What is read together, by name; ``who`` is the name of the practitioner behind a row."""
    plans, exercises = [row.pk for row in prescriptions], {row.exercise_id for row in prescriptions}
    who, behind = F("by__name"), Flag.evidence.through.objects.filter(flag__prescription__in=plans)
    ledger = Reminder.objects.filter(schedule__prescription__in=plans).order_by("-due_at", "-pk")
    newest = ledger.values("pk")[: REMINDERS_SHOWN * max(1, len(plans))]
    done = Q(target_kind="client", target_id=client.pk, verb__in=AUDITED)
    done |= Q(target_kind="prescription", target_id__in=plans, verb="printed")
    return {
        "colleagues": Practitioner.objects.filter(clinic=client.clinic_id),
        "texts": ExerciseText.objects.filter(exercise__in=exercises),
        "precautions": Precaution.objects.filter(exercise__in=exercises),
        "variations": Variation.objects.filter(exercise__in=exercises),
        "versions": PrescriptionVersion.objects.filter(prescription__in=plans).annotate(who=who),
        "screening": ScreeningAnswer.objects.filter(prescription__in=plans).annotate(who=who),
        "changes": PrescriptionChange.objects.filter(prescription__in=plans),
        "reminders": Reminder.objects.filter(pk__in=newest).annotate(prescription_id=F("schedule__prescription")),
        "events": FlagEvent.objects.filter(flag__prescription__in=plans),
        "behind": behind,
        "evidence": PainReport.objects.filter(pk__in=behind.values("painreport")),
        "areas": ReportArea.objects.filter(report__in=reports),
        "signs": WarningSign.objects.filter(report__in=reports),
        "corrections": Correction.objects.filter(report__prescription__in=plans).annotate(
            occurred_at=F("report__occurred_at")
        ),
        "rule_settings": RuleSettings.objects.filter(client=client).annotate(who=who),
        "notes": Note.objects.filter(client=client).annotate(who=who),
        "messages": Message.objects.filter(client=client).annotate(who=who),
        "invitations": Invitation.objects.filter(client=client).annotate(who=F("invited_by__name")),
        "audit": AuditEntry.objects.filter(done, clinic=client.clinic_id),
    }


def _dress(prescriptions: Sequence[Prescription], flags: Sequence[Flag], rows: Rows, client: Client) -> None:
    """Hang on each row what belongs to it, as if it had been prefetched."""
    words = {name: by(rows[name], "exercise_id") for name in ("texts", "precautions", "variations")}
    versions = by(sorted(rows["versions"], key=lambda row: -row.number), "prescription_id")
    for prescription in prescriptions:
        prescription.client = client
        _hang(prescription, versions=versions.get(prescription.pk, []))
        theirs = {name: of.get(prescription.exercise_id, []) for name, of in words.items()}
        _hang(prescription.exercise, **{name: sorted(of, key=_place) for name, of in theirs.items()})
    plans = {prescription.pk: prescription for prescription in prescriptions}
    events = by(sorted(rows["events"], key=lambda row: (row.at, row.pk)), "flag_id")
    reports, behind = {report.pk: report for report in rows["evidence"]}, by(rows["behind"], "flag_id")
    for flag in flags:
        flag.prescription = plans[flag.prescription_id]
        evidence = [reports[link.painreport_id] for link in behind.get(flag.pk, [])]
        _hang(flag, events=events.get(flag.pk, []), evidence=evidence)


def by(rows: Iterable[Any], name: str) -> dict[Any, list[Any]]:
    """Rows by the value of one attribute, each list in the order in which they came."""
    ordered = sorted(rows, key=lambda row: getattr(row, name))
    return {key: list(of) for key, of in groupby(ordered, key=lambda row: getattr(row, name))}


def _place(row: Any) -> tuple[str, int]:
    return row.language, getattr(row, "number", 0)


def _hang(on: Model, **related: list[Any]) -> None:
    kept: dict[str, Any] = on.__dict__.setdefault("_prefetched_objects_cache", {})
    kept.update(related)


def occurred_at(correction: Any) -> dt.datetime:
    """When that happened which the corrected report tells of; it is read along as text."""
    return dt.datetime.fromisoformat(correction.occurred_at).replace(tzinfo=dt.UTC)
