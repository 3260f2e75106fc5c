"""The rows of one client's page, read in a fixed number of queries however many rows there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Prefetch, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from clinic.admin.labels import CLIENT_AUDIT_SENTENCES
from clinic.flags import engine, rule_settings
from clinic.models import (
    AuditEntry,
    Client,
    Correction,
    Flag,
    Invitation,
    Message,
    Note,
    PainReport,
    Practitioner,
    Prescription,
    PrescriptionVersion,
    Reminder,
    RuleSettings,
    ScreeningAnswer,
)

REMINDERS_SHOWN = 14
REPORTS_PER_PAGE = 20
CHARTS_AT_MOST = 3


@dataclass(frozen=True)
class ClientRows:
    """One client's rows, in the order in which they were written unless said otherwise."""

    client: Client
    prescriptions: Sequence[Prescription]  # running ones first; with exercise, versions, screening and changes
    flags: Sequence[Flag]  # in order of need, each with its events and evidence
    report_page: Page[PainReport]  # newest first, with areas and warning signs
    corrections: Sequence[Correction]  # of all reports
    charted: Mapping[int, Sequence[PainReport]]  # by prescription, the reports that its chart is drawn from
    reminders: Mapping[int, Sequence[Reminder]]  # by prescription, newest first
    unanswered: Mapping[int, int]  # by prescription, reminders since the client last answered
    notes: Sequence[Note]
    messages: Sequence[Message]
    invitations: Sequence[Invitation]
    rule_settings: Sequence[RuleSettings]  # the client's own
    rule_settings_in_force: tuple[str, float]  # sensitivity, smallest rise in points
    audit_entries: Sequence[AuditEntry]  # of acts that leave no other row
    names: Mapping[int | None, str]  # of the clinic's team and the client, by user


def read_client_rows(client: Client, reports_page: str | None = None) -> ClientRows:
    """Read all rows of the page; ``client`` has practitioner and clinic selected."""
    prescriptions = _prescriptions(client)
    numbers = [prescription.pk for prescription in prescriptions]
    flags = Flag.objects.filter(prescription__in=numbers).by_need().prefetch_related("events", "evidence")
    reports = PainReport.objects.filter(prescription__client=client).prefetch_related("areas", "warning_signs")
    charted = PainReport.objects.filter(prescription__in=numbers[:CHARTS_AT_MOST]).defer("note", "fingerprint")
    corrections = Correction.objects.filter(report__prescription__client=client).select_related("report")
    reminders = Reminder.objects.filter(schedule__prescription__in=numbers)
    audited = Q(target_kind="client", target_id=client.pk, verb__in=CLIENT_AUDIT_SENTENCES)
    audited |= Q(target_kind="prescription", target_id__in=numbers, verb=AuditEntry.Verb.DOCUMENT_PRINTED)
    return ClientRows(
        client=client,
        prescriptions=prescriptions,
        flags=list(flags.select_related("raised_by", "prescription__trend", "prescription__client__clinic")),
        report_page=Paginator(reports.order_by("-occurred_at", "-pk"), REPORTS_PER_PAGE).get_page(reports_page),
        corrections=list(corrections.order_by("at", "pk")),
        charted=_newest_by_prescription(charted, "prescription", "occurred_at", engine.MAX_REPLAYED_REPORTS),
        reminders=_newest_by_prescription(reminders, "schedule__prescription", "due_at", REMINDERS_SHOWN),
        unanswered=Reminder.objects.count_unanswered(numbers),
        notes=list(client.notes.select_related("by").order_by("pk")),
        messages=list(client.messages.select_related("by").order_by("pk")),
        invitations=list(client.invitations.select_related("invited_by").order_by("pk")),
        rule_settings=list(client.rule_settings.select_related("by").order_by("pk")),
        rule_settings_in_force=rule_settings.settings_of(client.pk),
        audit_entries=list(AuditEntry.objects.filter(audited, clinic=client.clinic_id).order_by("pk")),
        names=_names(client),
    )


def _prescriptions(client: Client) -> list[Prescription]:
    rows = client.prescriptions.select_related("exercise", "reminder_choice", "trend").prefetch_related(
        "exercise__texts",
        "exercise__precautions",
        "exercise__variations",
        Prefetch("versions", PrescriptionVersion.objects.select_related("by")),
        Prefetch("screening", ScreeningAnswer.objects.select_related("by")),
        "changes",
    )
    order = list(Prescription.State)
    return sorted(rows, key=lambda row: (order.index(Prescription.State(row.state)), -row.pk))


def _newest_by_prescription(rows: QuerySet[Any], prescription: str, moment: str, most: int) -> dict[int, list[Any]]:
    """The ``most`` newest rows of each prescription, newest first, in one query.

    Args:
        prescription, moment: the lookups of the prescription and of the instant that orders its rows.
    """
    place = Window(RowNumber(), partition_by=prescription, order_by=[F(moment).desc(), F("pk").desc()])
    newest = defaultdict(list)
    for row in rows.annotate(plan=F(prescription), place=place).filter(place__lte=most).order_by("place"):
        newest[row.plan].append(row)
    return newest


def _names(client: Client) -> dict[int | None, str]:
    team = Practitioner.objects.filter(clinic=client.clinic_id)
    names: dict[int | None, str] = {member.user_id: member.name for member in team}
    if client.user_id is not None:
        names[client.user_id] = client.name
    return names
