"""The content of one client's page, built from the client's rows."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page
from django.utils.translation import get_language, gettext as _

from clinic.admin import labels as admin_labels
from clinic.admin.client import pain_chart, rule_settings as client_rule_settings
from clinic.admin.client.flags import FlagRow, build_charts, build_flag_rows
from clinic.admin.client.queries import ClientRows, read_client_rows
from clinic.admin.client.timeline import TimelineEntry, build_timeline
from clinic.conf import conf
from clinic.models import (
    AuditEntry,
    Client,
    Correction,
    Flag,
    Invitation,
    Message,
    Note,
    PainReport,
    Prescription,
    PrescriptionVersion,
    Reminder,
    ScreeningAnswer,
)
from clinic.reminders import planning
from clinic.reminders.schedule import Slot


@dataclass(frozen=True)
class ScreeningRow:
    """The question of one precaution and its answer."""

    question: str
    answer: ScreeningAnswer


@dataclass(frozen=True)
class DoseRow:
    """One version of a plan, as text."""

    version: PrescriptionVersion
    days: str
    times: str
    variation: str


@dataclass(frozen=True)
class ReminderRow:
    """One reminder and why it has its state; empty: the state says it all."""

    reminder: Reminder
    status_detail: str


@dataclass(frozen=True)
class Plan:
    """One prescription: its dose now and before, its reminders, and the screening it rests on."""

    prescription: Prescription
    name: str
    doses: Sequence[DoseRow]  # newest first
    screening: Sequence[ScreeningRow]
    next_reminder: Slot | None
    has_only_quiet_slots: bool  # no next reminder, as all its times lie in quiet hours
    ignored: int  # unanswered reminders in a row, once they are so many that no further one is sent; else 0
    reminders: Sequence[ReminderRow]  # newest first

    @property
    def dose(self) -> DoseRow:
        """The dose in force."""
        return self.doses[0]

    @property
    def overridden(self) -> list[ScreeningRow]:
        """The precautions answered with yes, prescribed all the same."""
        return [row for row in self.screening if row.answer.answer]


@dataclass(frozen=True)
class CorrectionRow:
    """One corrected field of a report, and the name of the person who corrected it."""

    correction: Correction
    field: str
    name: str


@dataclass(frozen=True)
class ReportRow:
    """One report with its corrections."""

    report: PainReport
    areas: Sequence[str]
    signs: Sequence[str]
    corrections: Sequence[CorrectionRow]


@dataclass(frozen=True)
class NoteRow:
    """The newest version of a note, its number on the chart, and its earlier versions."""

    note: Note
    number: int
    written_at: dt.datetime  # the first version
    about: str  # the exercise; empty: the client
    earlier: Sequence[Note]  # newest first


@dataclass(frozen=True)
class MessageRow:
    """One message, and why its mail has its state."""

    message: Message
    status_detail: str


@dataclass(frozen=True)
class ClientRecord:
    """What the page of one client shows."""

    charts: Sequence[pain_chart.PainChart]
    rule_settings: str
    false_flags: str  # a year, with these settings
    plans: Sequence[Plan]
    flags: Sequence[FlagRow]
    report_page: Page[PainReport]
    reports: Sequence[ReportRow]  # of that page
    notes: Sequence[NoteRow]  # newest first
    messages: Sequence[MessageRow]  # newest first
    timeline: Page[TimelineEntry]
    invitation: Invitation | None  # the newest one of a client who has not joined
    complained_on: dt.datetime | None
    last_report: str  # "2 h ago"; empty: never

    @property
    def open_flags(self) -> list[FlagRow]:
        return [row for row in self.flags if row.flag.state != Flag.State.RESOLVED]

    @property
    def resolved_flags(self) -> list[FlagRow]:
        return [row for row in self.flags if row.flag.state == Flag.State.RESOLVED]

    @property
    def running_plans(self) -> list[Plan]:
        return [plan for plan in self.plans if plan.prescription.state != Prescription.State.ENDED]

    @property
    def next_reminder(self) -> Slot | None:
        """The next reminder of all plans."""
        slots = [plan.next_reminder for plan in self.plans if plan.next_reminder and not plan.ignored]
        return min(slots, key=lambda slot: slot.due_at, default=None)


def build_client_record(
    client: Client, now: dt.datetime, reports_page: str | None = None, timeline_page: str | None = None
) -> ClientRecord:
    """Build the page of ``client``, whom the signed-in person is known to treat.

    Args:
        client: with practitioner and clinic selected.
        reports_page, timeline_page: the page of each that the address asks for.
    """
    rows = read_client_rows(client, reports_page)
    flag_numbers, notes = pain_chart.number_flags(rows.flags), _note_rows(rows)
    note_marks = [(row.note.prescription_id, pain_chart.note_mark(row.written_at, row.number)) for row in notes]
    audited = {entry.verb: entry.at for entry in rows.audit_entries}
    return ClientRecord(
        charts=build_charts(rows, flag_numbers, note_marks, now),
        rule_settings=client_rule_settings.describe_settings(rows.rule_settings_in_force),
        false_flags=client_rule_settings.format_false_flags(rows.rule_settings_in_force),
        plans=[_plan(rows, prescription, now) for prescription in rows.prescriptions],
        flags=build_flag_rows(rows, flag_numbers, now),
        report_page=rows.report_page,
        reports=_report_rows(rows),
        notes=notes,
        messages=[
            MessageRow(message, admin_labels.format_status_detail(message.status_detail))
            for message in reversed(rows.messages)
        ],
        timeline=build_timeline(rows, flag_numbers, timeline_page),
        invitation=rows.invitations[-1] if rows.invitations and client.state == Client.State.INVITED else None,
        complained_on=None if client.reminders_wanted else audited.get(AuditEntry.Verb.SPAM_REPORTED),
        last_report=_last_report(rows, now),
    )


def _last_report(rows: ClientRows, now: dt.datetime) -> str:
    reported_at = [row.trend.last_report_at for row in rows.prescriptions if row.trend.last_report_at]
    return admin_labels.format_time_ago(max(reported_at), now) if reported_at else ""


def _plan(rows: ClientRows, prescription: Prescription, now: dt.datetime) -> Plan:
    exercise, language = prescription.exercise, get_language()
    questions = {precaution.code: precaution.question for precaution in exercise.precautions_in(language)}
    variations = {variation.code: variation.name for variation in exercise.variations_in(language)}
    versions = list(prescription.versions.all())
    unanswered = rows.unanswered.get(prescription.pk, 0)
    return Plan(
        prescription=prescription,
        name=exercise.name,
        doses=[
            DoseRow(
                version,
                days=admin_labels.format_days(version.day_names),
                times=admin_labels.format_times(version.local_times),
                variation=variations.get(version.variation, version.variation),
            )
            for version in versions
        ],
        screening=[ScreeningRow(questions.get(row.code, row.code), row) for row in prescription.screening.all()],
        next_reminder=planning.next_reminder(prescription, versions[0], now),
        has_only_quiet_slots=planning.is_silenced_by_quiet_hours(prescription, versions[0], now),
        ignored=unanswered if unanswered >= conf.max_ignored_reminders else 0,
        reminders=[
            ReminderRow(reminder, admin_labels.format_status_detail(reminder.status_detail))
            for reminder in rows.reminders.get(prescription.pk, [])
        ],
    )


def _report_rows(rows: ClientRows) -> list[ReportRow]:
    signs = {
        precaution.code: precaution.sign
        for prescription in rows.prescriptions
        for precaution in prescription.exercise.precautions_in(get_language())
    }
    corrections = defaultdict(list)
    for row in rows.corrections:
        name = rows.names.get(row.by_id) or _("a link in a mail")
        corrections[row.report_id].append(CorrectionRow(row, admin_labels.report_field_label(row.field), name))
    return [
        ReportRow(
            report,
            areas=[area.get_area_display() for area in report.areas.all()],
            signs=[signs.get(sign.code) or sign.code for sign in report.warning_signs.all()],
            corrections=corrections[report.pk],
        )
        for report in rows.report_page
    ]


def _note_rows(rows: ClientRows) -> list[NoteRow]:
    """Each note with its earlier versions; numbered in the order in which they were first written."""
    notes = {note.pk: note for note in rows.notes}
    exercises: dict[int | None, str] = {row.pk: row.exercise.name for row in rows.prescriptions}
    chains = [[notes[pk]] for pk in notes.keys() - {note.corrects_id for note in rows.notes}]
    for chain in chains:
        while chain[-1].corrects_id:
            chain.append(notes[chain[-1].corrects_id])
    chains.sort(key=lambda chain: (chain[-1].at, chain[-1].pk))
    note_rows = [
        NoteRow(newest, number, [newest, *earlier][-1].at, exercises.get(newest.prescription_id, ""), earlier)
        for number, (newest, *earlier) in enumerate(chains, 1)
    ]
    return note_rows[::-1]
