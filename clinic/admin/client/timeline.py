"""The timeline of one client: what was done, when and by whom."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from clinic.admin import labels as admin_labels
from clinic.admin.client import rule_settings
from clinic.admin.client.queries import ClientRows
from clinic.models import AuditEntry, Flag, FlagEvent, Prescription, PrescriptionVersion
from clinic.models.fields import zone

PER_PAGE = 20

_STATE_CHANGES: Mapping[str, Any] = {
    Prescription.State.HELD: gettext_lazy("held %(exercise)s"),
    Prescription.State.ACTIVE: gettext_lazy("resumed %(exercise)s"),
    Prescription.State.ENDED: gettext_lazy("ended %(exercise)s"),
}
_FLAG_EVENTS: Mapping[str, Any] = {
    FlagEvent.Verb.RAISED: gettext_lazy("raised flag %(number)s: %(kind)s"),
    FlagEvent.Verb.ACKNOWLEDGED: gettext_lazy("acknowledged flag %(number)s"),
    FlagEvent.Verb.REOPENED: gettext_lazy("reopened flag %(number)s"),
    FlagEvent.Verb.ESCALATED: gettext_lazy("told the owner of flag %(number)s, as nobody had looked"),
    FlagEvent.Verb.RESOLVED: gettext_lazy("resolved flag %(number)s"),
}


@dataclass(frozen=True)
class TimelineEntry:
    """One act; ``action`` goes on after the name: "held Forward bend"."""

    at: dt.datetime
    name: str
    action: str
    text: str = ""  # the reason, note or message that was written
    link: str = ""  # to the row on the page


Entries = Iterator[TimelineEntry]


def build_timeline(rows: ClientRows, flag_numbers: Mapping[int, int], page: str | None) -> Page[TimelineEntry]:
    """Return one page of the timeline, newest first.

    Args:
        flag_numbers: the number of each flag on the chart.
        page: the page asked for in the address.
    """
    entries = [
        *(*_membership(rows), *_messages(rows), *_prescriptions(rows), *_flags(rows, flag_numbers)),
        *(*_notes(rows), *_rule_settings(rows), *_corrections(rows), *_audited(rows)),
    ]
    entries.sort(key=lambda entry: entry.at, reverse=True)
    return Paginator(entries, PER_PAGE).get_page(page)


def _membership(rows: ClientRows) -> Entries:
    client = rows.client
    for number, row in enumerate(rows.invitations):
        action = _("sent the invitation again") if number else _("invited the client")
        yield TimelineEntry(row.due_at, row.invited_by.name, action)
    if client.consented_at is not None:
        yield TimelineEntry(client.consented_at, client.name, _("joined and agreed to the terms"))


def _messages(rows: ClientRows) -> Entries:
    for row in rows.messages:
        yield TimelineEntry(row.due_at, row.by.name, _("sent a message"), row.text, f"#message-{row.pk}")
        if row.read_at is not None:
            action = _("read the message of %(day)s") % {"day": _format_day(row.due_at, rows)}
            yield TimelineEntry(row.read_at, rows.client.name, action)


def _prescriptions(rows: ClientRows) -> Entries:
    for prescription in rows.prescriptions:
        exercise, link = prescription.exercise.name, f"#prescription-{prescription.pk}"
        for row in prescription.versions.all():
            action = (
                _("prescribed %(exercise)s: %(dose)s") if row.number == 1 else _("changed %(exercise)s to %(dose)s")
            )
            action %= {"exercise": exercise, "dose": _format_dose(row)}
            yield TimelineEntry(row.created_at, row.by.name, action, row.reason, link)
        for change in prescription.changes.all():
            action = str(_STATE_CHANGES[change.new]) % {"exercise": exercise}
            yield TimelineEntry(change.at, _user_name(change.by_id, rows), action, change.reason, link)


def _flags(rows: ClientRows, flag_numbers: Mapping[int, int]) -> Entries:
    for flag in rows.flags:
        context = {"number": flag_numbers[flag.pk], "kind": Flag.Kind(flag.kind).label}
        for row in flag.events.all():
            text = flag.reason if row.verb == FlagEvent.Verb.RAISED else row.note
            action = str(_FLAG_EVENTS[row.verb]) % context
            yield TimelineEntry(row.at, _user_name(row.by_id, rows), action, text, f"#flag-{flag.pk}")


def _notes(rows: ClientRows) -> Entries:
    for row in rows.notes:
        action = _("corrected a note") if row.corrects_id else _("wrote a note")
        yield TimelineEntry(row.at, row.by.name, action, row.text, "#notes")


def _rule_settings(rows: ClientRows) -> Entries:
    for row in rows.rule_settings:
        settings = rule_settings.describe_settings((row.sensitivity, row.smallest_rise))
        action = _("set how finely the rule listens: %(knobs)s") % {"knobs": settings}
        yield TimelineEntry(row.at, row.by.name, action, row.reason)


def _corrections(rows: ClientRows) -> Entries:
    for row in rows.corrections:
        action = _("corrected %(field)s in the report of %(day)s: %(old)s, now %(new)s") % {
            "field": admin_labels.report_field_label(row.field), "day": _format_day(row.report.occurred_at, rows),
            "old": row.old or "–", "new": row.new or "–",
        }  # fmt: skip
        yield TimelineEntry(row.at, rows.names.get(row.by_id) or _("a link in a mail"), action, row.reason)


def _audited(rows: ClientRows) -> Entries:
    exercises = {prescription.pk: prescription.exercise.name for prescription in rows.prescriptions}
    for row in rows.audit_entries:
        nobody = _("the mail program") if row.verb == AuditEntry.Verb.SPAM_REPORTED else _("the operator")
        name = rows.names.get(row.actor_id) or (_("somebody else") if row.actor_id else nobody)
        action = str(admin_labels.CLIENT_AUDIT_SENTENCES[AuditEntry.Verb(row.verb)])
        if row.target_kind == "prescription":
            action %= {"exercise": exercises[row.target_id]}
        yield TimelineEntry(row.at, name, action)


def _user_name(user: int | None, rows: ClientRows) -> str:
    return rows.names.get(user) or (_("the rules") if user is None else _("somebody else"))


def _format_day(at: dt.datetime, rows: ClientRows) -> str:
    return date_format(at.astimezone(zone(rows.client.time_zone)), _("j M Y"))


def _format_dose(version: PrescriptionVersion) -> str:
    context = {
        "days": admin_labels.format_days(version.day_names),
        "times": admin_labels.format_times(version.local_times),
    }
    sets = ngettext("%(count)s set", "%(count)s sets", version.sets) % {"count": version.sets}
    hold = _("hold %(seconds)s s") % {"seconds": version.hold_seconds}
    return ", ".join([_("%(days)s at %(times)s") % context, sets, hold])
