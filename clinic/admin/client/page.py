"""All that one client's page shows, out of the rows at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.admin import labels as admin_labels
from clinic.admin.client import flags as client_flags
from clinic.admin.client import pain_chart
from clinic.admin.client import queries as client_queries
from clinic.admin.client import rule_settings as client_rule_settings
from clinic.admin.client import timeline as client_timeline
from clinic.admin.client.flags import Past
from clinic.admin.client.queries import AtHand, by
from clinic.conf import conf
from clinic.flags import rule_settings
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
class Screened:
    """One precaution in words, and what was answered to whom."""

    question: str
    answer: ScreeningAnswer
    who: str


@dataclass(frozen=True)
class Dosed:
    """One version of a plan, in words, and who made it."""

    version: PrescriptionVersion
    who: str
    days: str
    times: str
    variation: str


@dataclass(frozen=True)
class Reminded:
    """One line of the reminder ledger."""

    reminder: Reminder
    why: str


@dataclass(frozen=True)
class Plan:
    """One prescription: its dose now and before, its reminders, and the screening it rests on."""

    prescription: Prescription
    name: str
    doses: Sequence[Dosed]  # newest first
    screening: Sequence[Screened]
    next_reminder: Slot | None
    silenced: bool  # none, as quiet hours leave no time of it
    ignored: int  # so many in a row went unanswered that no more are sent; else 0
    reminders: Sequence[Reminded]  # newest first

    @property
    def dose(self) -> Dosed:
        """The one in force."""
        return self.doses[0]

    @property
    def overridden(self) -> list[Screened]:
        """The precautions answered with yes, prescribed all the same."""
        return [screened for screened in self.screening if screened.answer.answer]


@dataclass(frozen=True)
class Corrected:
    """One answer of a report that was put right."""

    correction: Correction
    field: str
    who: str


@dataclass(frozen=True)
class Heard:
    """One report with its corrections."""

    report: PainReport
    areas: Sequence[str]
    signs: Sequence[str]
    corrections: Sequence[Corrected]


@dataclass(frozen=True)
class Noted:
    """One note as it stands, the number that it has on the chart, and what it said before."""

    note: Note
    number: int
    at: dt.datetime  # when it was first written
    who: str
    about: str  # the exercise; empty: the client
    earlier: Sequence[Note]  # newest first


@dataclass(frozen=True)
class Written:
    """One message, and what became of its mail."""

    message: Message
    who: str
    why: str


@dataclass(frozen=True)
class Record:
    """What the page of one client shows."""

    charts: Sequence[pain_chart.PainChart]
    rule_settings: str
    price: str
    plans: Sequence[Plan]
    flags: Sequence[Past]
    shown: Page[PainReport]  # which page of them
    reports: Sequence[Heard]
    notes: Sequence[Noted]  # newest first
    messages: Sequence[Written]  # newest first
    timeline: Page[client_timeline.Deed]
    invitation: Invitation | None  # of who has not joined: the newest
    complained_on: dt.datetime | None
    erased: bool
    last_heard: str  # "2 h ago"; empty: never

    @property
    def open_flags(self) -> list[Past]:
        return [past for past in self.flags if past.flag.state != Flag.State.RESOLVED]

    @property
    def past_flags(self) -> list[Past]:
        return [past for past in self.flags if past.flag.state == Flag.State.RESOLVED]

    @property
    def running(self) -> list[Plan]:
        return [plan for plan in self.plans if plan.prescription.state != Prescription.State.ENDED]

    @property
    def next_reminder(self) -> Slot | None:
        """The first of all."""
        slots = [plan.next_reminder for plan in self.plans if plan.next_reminder and not plan.ignored]
        return min(slots, key=lambda slot: slot.due_at, default=None)


def of(client: Client, now: dt.datetime, reports_page: str | None = None, timeline_page: str | None = None) -> Record:
    """The record of ``client``, whom the asker is known to treat.

    Args:
        client: with practitioner and clinic.
        reports_page, timeline_page: which page of each, as the address says it.
    """
    hand = client_queries.read(client, reports_page)
    numbers = pain_chart.number_flags(hand.flags)
    flags, notes = client_flags.flags(hand, numbers, now), _notes(hand)
    marks = [(one.note.prescription_id, pain_chart.note_mark(one.at, one.number)) for one in notes]
    setting = (
        rule_settings.STANDARD_SETTINGS
        if hand.setting is None
        else (hand.setting.sensitivity, hand.setting.smallest_rise)
    )
    invited = client.state == Client.State.INVITED
    audited = {row.verb: row.at for row in hand.rows["audit"]}
    return Record(
        charts=client_flags.charts(hand, numbers, marks, setting, now),
        rule_settings=client_rule_settings.in_words(setting),
        price=client_rule_settings.price(setting),
        plans=[_plan(hand, prescription, now) for prescription in hand.prescriptions],
        flags=flags,
        shown=hand.shown,
        reports=_heard(hand),
        notes=notes,
        messages=[
            Written(row, row.who, admin_labels.format_status_detail(row.status_detail))
            for row in reversed(hand.rows["messages"])
        ],
        timeline=client_timeline.of(hand, numbers, timeline_page),
        invitation=max(hand.rows["invitations"], key=lambda row: row.pk, default=None) if invited else None,
        complained_on=None if client.reminders_wanted else audited.get(AuditEntry.Verb.SPAM_REPORTED),
        erased=AuditEntry.Verb.CLIENT_ERASED in audited,
        last_heard=_last_heard(hand, now),
    )


def _last_heard(hand: AtHand, now: dt.datetime) -> str:
    told = [row.trend.last_report_at for row in hand.prescriptions if row.trend.last_report_at]
    return admin_labels.format_time_ago(max(told), now) if told else ""


def _plan(hand: AtHand, prescription: Prescription, now: dt.datetime) -> Plan:
    exercise, language = prescription.exercise, get_language()
    questions = {precaution.code: precaution.question for precaution in exercise.precautions_in(language)}
    variations = {variation.code: variation.name for variation in exercise.variations_in(language)}
    versions: list[Any] = list(prescription.versions.all())
    unanswered = hand.unanswered.get(prescription.pk, 0)
    reminders = sorted(hand.of(prescription, "reminders"), key=lambda row: (row.due_at, row.pk), reverse=True)
    return Plan(
        prescription=prescription,
        name=exercise.name,
        doses=[
            Dosed(
                version,
                version.who,
                days=admin_labels.format_days(version.day_names),
                times=admin_labels.format_times(version.local_times),
                variation=variations.get(version.variation, version.variation),
            )
            for version in versions
        ],
        screening=[
            Screened(questions.get(row.code, row.code), row, row.who) for row in hand.of(prescription, "screening")
        ],
        next_reminder=planning.next_reminder(prescription, versions[0], now),
        silenced=planning.is_silenced_by_quiet_hours(prescription, versions[0], now),
        ignored=unanswered if unanswered >= conf.ignored_at_most else 0,
        reminders=[
            Reminded(reminder, admin_labels.format_status_detail(reminder.status_detail))
            for reminder in reminders[: client_queries.REMINDERS_SHOWN]
        ],
    )


def _heard(hand: AtHand) -> list[Heard]:
    signs = {
        precaution.code: precaution.sign
        for prescription in hand.prescriptions
        for precaution in prescription.exercise.precautions_in(get_language())
    }
    areas, said = by(hand.rows["areas"], "report_id"), by(hand.rows["signs"], "report_id")
    corrections = by(sorted(hand.rows["corrections"], key=lambda row: (row.at, row.pk)), "report_id")
    return [
        Heard(
            report,
            areas=[area.get_area_display() for area in areas.get(report.pk, [])],
            signs=[signs.get(sign.code) or sign.code for sign in said.get(report.pk, [])],
            corrections=[
                Corrected(
                    row, admin_labels.report_field_label(row.field), hand.names.get(row.by_id) or _("a link in a mail")
                )
                for row in corrections.get(report.pk, [])
            ],
        )
        for report in hand.shown
    ]


def _notes(hand: AtHand) -> list[Noted]:
    """Each as it stands, with what it said before; numbered in the order in which they were first written."""
    rows = {row.pk: row for row in hand.rows["notes"]}
    names = {prescription.pk: prescription.exercise.name for prescription in hand.prescriptions}
    chains = [[rows[pk]] for pk in rows.keys() - {row.corrects_id for row in rows.values()}]
    for chain in chains:
        while chain[-1].corrects_id:
            chain.append(rows[chain[-1].corrects_id])
    chains.sort(key=lambda chain: (chain[-1].at, chain[-1].pk))
    noted = [
        Noted(chain[0], number, chain[-1].at, chain[0].who, names.get(chain[0].prescription_id, ""), chain[1:])
        for number, chain in enumerate(chains, 1)
    ]
    return noted[::-1]
