"""One client's record as tables and as plain values: answers, corrections, reminders, plans. Read-only."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic.models import Client, PainReport, Prescription, Reminder, SkipReason
from clinic.models.fields import zone

BYTE_ORDER_MARK = "\ufeff"  # or Excel takes the letters of most languages for others
# A spreadsheet takes a cell that begins so for a formula, which could send the others to a stranger.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def render_table(rows: Iterable[Sequence[object]]) -> str:
    """Comma-separated text (RFC 4180) for spreadsheets; the first row holds the headings.

    None is an empty cell, and a text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    buffer = io.StringIO(BYTE_ORDER_MARK, newline="")
    buffer.seek(0, io.SEEK_END)
    csv.writer(buffer).writerows([_cell(value) for value in row] for row in rows)
    return buffer.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def list_reports(client: Client) -> QuerySet[PainReport]:
    """The client's reports, oldest first, with all related rows."""
    reports = PainReport.objects.filter(prescription__client=client).in_order().select_related("prescription__exercise")
    return reports.prefetch_related("areas", "warning_signs", "corrections", "prescription__exercise__precautions")


def reports_table(client: Client, reports: Iterable[PainReport]) -> str:
    """The reports as a table in the active language, times in the client's zone."""
    head = [
        _("Number"), _("Exercise"), _("When"), _("Did the exercise"), _("Pain before"), _("Pain after"),
        _("Pain the next morning"), _("Moved further down the leg"), _("Where it hurt"), _("Warning signs"),
        _("Note"), _("What we said"), _("Received"), _("By way of"),
    ]  # fmt: skip
    lines = [
        [
            report.pk, report.prescription.exercise.name, _local(report.occurred_at, client), report.did_exercise,
            report.before, report.after, report.next_morning, report.moved_down_leg,
            "; ".join(row.get_area_display() for row in report.areas.all()), "; ".join(_signs(client, report)),
            report.note, report.get_advice_display(), _local(report.received_at, client), report.get_source_display(),
        ]
        for report in reports
    ]  # fmt: skip
    return render_table([head, *lines])


def corrections_table(client: Client, reports: Iterable[PainReport]) -> str:
    """The corrections as a table: old value, new value, reason."""
    head = [_("Number of the answer"), _("What"), _("Before"), _("Now"), _("Why"), _("When")]
    lines = [
        [report.pk, row.field, row.old, row.new, row.reason, _local(row.at, client)]
        for report in reports
        for row in report.corrections.all()
    ]
    return render_table([head, *lines])


def reminders_table(client: Client) -> str:
    """The reminders as a table: when each was due and its state."""
    ledger = Reminder.objects.filter(schedule__prescription__client=client).order_by("due_at", "pk")
    reason_labels = dict(SkipReason.choices)
    head = [_("Exercise"), _("Due"), _("What became of it"), _("Why"), _("Sent"), _("Way")]
    lines = [
        [
            row.schedule.prescription.exercise.name, _local(row.due_at, client), row.get_state_display(),
            str(reason_labels.get(row.status_detail, row.status_detail)), _local(row.sent_at, client),
            row.get_channel_display(),
        ]
        for row in ledger.select_related("schedule__prescription__exercise")
    ]  # fmt: skip
    return render_table([head, *lines])


def messages_table(client: Client) -> str:
    """The messages to the client as a table: when, by whom, and when read."""
    head = [_("When"), _("By whom"), _("Message"), _("Read")]
    lines = [
        [_local(row.due_at, client), row.by.name, row.text, _local(row.read_at, client)]
        for row in client.messages.select_related("by").order_by("due_at", "pk")
    ]
    return render_table([head, *lines])


def notes_table(client: Client) -> str:
    """The notes about the client as a table; a correction names the note that it corrects."""
    head = [_("Number"), _("When"), _("By whom"), _("Exercise"), _("Note"), _("Puts right number")]
    rows = client.notes.select_related("by", "prescription__exercise").prefetch_related("prescription__exercise__texts")
    lines = [
        [
            row.pk, _local(row.at, client), row.by.name, row.prescription and row.prescription.exercise.name, row.text,
            row.corrects_id,
        ]
        for row in rows.order_by("at", "pk")
    ]  # fmt: skip
    return render_table([head, *lines])


def reports_as_values(reports: Iterable[PainReport]) -> list[dict[str, Any]]:
    """The reports for programs: codes as stored, instants with their offset, None for no answer."""
    names = ("did_exercise", "before", "after", "next_morning", "moved_down_leg", "note", "advice", "source")
    return [
        {
            "number": report.pk,
            "plan": report.prescription_id,
            "exercise": report.prescription.exercise.slug,
            "occurred_at": report.occurred_at.isoformat(),
            "received_at": report.received_at.isoformat(),
            **{name: getattr(report, name) for name in names},
            "areas": [row.area for row in report.areas.all()],
            "warning_signs": [row.code for row in report.warning_signs.all()],
            "corrections": [
                {"field": row.field, "old": row.old, "new": row.new, "reason": row.reason, "at": row.at.isoformat()}
                for row in report.corrections.all()
            ],
        }
        for report in reports
    ]


def client_as_values(client: Client, prescriptions: Iterable[Prescription]) -> dict[str, Any]:
    """The client and every prescription with its versions and screening, for programs."""
    return {
        "number": client.pk,
        "clinic": client.clinic.name,
        "practitioner": client.practitioner.name,
        "name": client.name,
        "email": client.email,
        "state": client.state,
        "language": client.language,
        "time_zone": client.time_zone,
        "wakes_at": f"{client.wakes_at:%H:%M}",
        "reminders_wanted": client.reminders_wanted,
        "reminder_channel": client.reminder_channel,
        "push_subscriptions": [phone.label for phone in client.push_subscriptions.all()],
        "paused_until": _iso(client.paused_until),
        "quiet_from": client.quiet_from and f"{client.quiet_from:%H:%M}",
        "quiet_until": client.quiet_until and f"{client.quiet_until:%H:%M}",
        "consented_at": _iso(client.consented_at),
        "left_at": _iso(client.left_at),
        "plans": [_plan(prescription) for prescription in prescriptions],
        "handovers": [
            {
                "from": row.from_practitioner.name,
                "to": row.to_practitioner.name,
                "by": row.by.name,
                "reason": row.reason,
                "at": _iso(row.at),
            }
            for row in client.handovers.select_related("from_practitioner", "to_practitioner", "by")
        ],
    }


def _plan(prescription: Prescription) -> dict[str, Any]:
    whole = ("number", "days", "times", "sets", "hold_seconds", "variation", "mornings_allowed", "reason")
    choice = getattr(prescription, "reminder_choice", None)
    return {
        "number": prescription.pk,
        "exercise": prescription.exercise.slug,
        "prescribed_by": prescription.prescribed_by.name,
        "state": prescription.state,
        "versions": [
            {
                **{name: getattr(version, name) for name in whole},
                "starts_on": _iso(version.starts_on),
                "ends_on": _iso(version.ends_on),
                "created_at": _iso(version.created_at),
            }
            for version in sorted(prescription.versions.all(), key=lambda version: version.number)
        ],
        "screening": [
            {"precaution": row.code, "answer": row.answer, "reason": row.override_reason}
            for row in prescription.screening.all()
        ],
        "changes": [
            {"from": row.old, "to": row.new, "reason": row.reason, "at": _iso(row.at)}
            for row in prescription.changes.all()
        ],
        "reminded_of": choice and {"wanted": choice.wanted, "days_off": choice.days_off, "times_off": choice.times_off},
    }


def _signs(client: Client, report: PainReport) -> list[str]:
    labels = {row.code: row.sign for row in report.prescription.exercise.precautions_in(client.language)}
    return [labels.get(row.code) or row.code for row in report.warning_signs.all()]


def _local(instant: dt.datetime | None, client: Client) -> str:
    return "" if instant is None else f"{instant.astimezone(zone(client.time_zone)):%Y-%m-%d %H:%M}"


def _iso(moment: dt.date | None) -> str | None:
    return None if moment is None else moment.isoformat()
