"""All that one client's page shows, read in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from clinic.admin import pain, tuning, words
from clinic.conf import conf
from clinic.flags import judging, what_if
from clinic.flags import phase as flare_up
from clinic.flags import tuning as knobs
from clinic.flags.response import ResponseConfig
from clinic.flags.trend import TrendConfig
from clinic.models import (
    Client,
    Correction,
    Flag,
    FlagEvent,
    PainReport,
    Practitioner,
    Prescription,
    PrescriptionVersion,
    Reminder,
    ScreeningAnswer,
)
from clinic.reminders import planning
from clinic.reminders.schedule import Slot

REMINDERS_SHOWN = 14
REPORTS_PER_PAGE = 20
CHARTS_AT_MOST = 3
BEHIND_SHOWN = 7


@dataclass(frozen=True)
class Screened:
    """One precaution in words, and what was answered."""

    question: str
    answer: ScreeningAnswer


@dataclass(frozen=True)
class Dosed:
    """One version of a plan, in words."""

    version: PrescriptionVersion
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
class Step:
    """One step in a flag's life, with the name of who took it."""

    event: FlagEvent
    who: str


@dataclass(frozen=True)
class Past:
    """One flag with its number, the reports behind it and the steps of its life."""

    flag: Flag
    number: int  # the same as on the chart
    phase: str  # "persisting"; empty where that is no question
    late: str  # when it was due, had the reports come in time; empty where they did
    behind: Sequence[PainReport]  # the latest ones, oldest first
    earlier: int  # how many more, ringed on the chart all the same
    steps: Sequence[Step]


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
    signs: Sequence[str]
    corrections: Sequence[Corrected]


@dataclass(frozen=True)
class Record:
    """What the page of one client shows."""

    charts: Sequence[pain.Drawn]
    knobs: str
    price: str
    plans: Sequence[Plan]
    flags: Sequence[Past]
    shown: Page[PainReport]  # which page of them
    reports: Sequence[Heard]

    @property
    def open_flags(self) -> list[Past]:
        return [past for past in self.flags if past.flag.state != Flag.State.RESOLVED]

    @property
    def past_flags(self) -> list[Past]:
        return [past for past in self.flags if past.flag.state == Flag.State.RESOLVED]


def of(client: Client, now: dt.datetime, reports_page: str | None = None) -> Record:
    """The record of ``client``, whom the asker is known to treat."""
    names = _names(client)
    newest = PainReport.objects.filter(prescription__client=client).order_by("-occurred_at", "-pk")
    newest = newest.prefetch_related("areas", "warning_signs", "corrections")
    shown = Paginator(newest, REPORTS_PER_PAGE).get_page(reports_page)
    prescriptions = _prescriptions(client)
    signs = {
        precaution.code: precaution.sign
        for prescription in prescriptions
        for precaution in prescription.exercise.precautions_in(get_language())
    }
    flags, setting = _flags(client, names, now), knobs.settings_of(client.pk)
    return Record(
        charts=_charts(prescriptions, flags, setting, now),
        knobs=tuning.in_words(setting),
        price=tuning.price(setting),
        plans=_plans(client, prescriptions, now),
        flags=flags,
        shown=shown,
        reports=[_heard(report, names, signs) for report in shown],
    )


def _names(client: Client) -> dict[int | None, str]:
    """Who did it, by user: the colleagues of the clinic, and the client."""
    colleagues = Practitioner.objects.filter(clinic=client.clinic_id)
    names: dict[int | None, str] = dict(colleagues.values_list("user_id", "name"))
    if client.user_id is not None:
        names[client.user_id] = client.name
    return names


def _prescriptions(client: Client) -> list[Prescription]:
    rows = client.prescriptions.select_related(
        "client", "exercise", "prescribed_by", "reminder_choice"
    ).prefetch_related(
        Prefetch("versions", PrescriptionVersion.objects.order_by("-number").select_related("by")),
        "screening__by",
        "exercise__texts",
        "exercise__precautions",
        "exercise__variations",
    )
    order = list(Prescription.State)
    return sorted(rows, key=lambda row: (order.index(Prescription.State(row.state)), -row.pk))


def _plans(client: Client, prescriptions: Sequence[Prescription], now: dt.datetime) -> list[Plan]:
    reminders: dict[int, list[Reminder]] = defaultdict(list)
    ledger = Reminder.objects.filter(schedule__prescription__client=client).select_related("schedule")
    for reminder in ledger.order_by("-due_at", "-pk")[: REMINDERS_SHOWN * max(1, len(prescriptions))]:
        reminders[reminder.schedule.prescription_id].append(reminder)
    unanswered = Reminder.objects.unanswered([prescription.pk for prescription in prescriptions])
    return [
        _plan(prescription, reminders[prescription.pk], unanswered.get(prescription.pk, 0), now)
        for prescription in prescriptions
    ]


def _plan(prescription: Prescription, reminders: Sequence[Reminder], unanswered: int, now: dt.datetime) -> Plan:
    exercise, language = prescription.exercise, get_language()
    questions = {precaution.code: precaution.question for precaution in exercise.precautions_in(language)}
    variations = {variation.code: variation.name for variation in exercise.variations_in(language)}
    return Plan(
        prescription=prescription,
        name=exercise.name,
        doses=[
            Dosed(
                version,
                days=words.days(version.day_names),
                times=words.times(version.local_times),
                variation=variations.get(version.variation, version.variation),
            )
            for version in prescription.versions.all()
        ],
        screening=[Screened(questions.get(row.code, row.code), row) for row in prescription.screening.all()],
        next_reminder=planning.next_reminder(prescription, prescription.versions.all()[0], now),
        ignored=unanswered if unanswered >= conf.ignored_at_most else 0,
        reminders=[Reminded(reminder, words.why(reminder.why)) for reminder in reminders[:REMINDERS_SHOWN]],
    )


def _flags(client: Client, names: Mapping[int | None, str], now: dt.datetime) -> list[Past]:
    """Unresolved ones in order of need, then the resolved ones, newest first."""
    rows = Flag.objects.filter(prescription__client=client).by_need().prefetch_related("events", "evidence")
    flags = list(rows.select_related("prescription__trend", "prescription__client__clinic", "raised_by"))
    numbers = pain.numbers(flags)
    found = [
        Past(
            flag,
            number=numbers[flag.pk],
            phase=flare_up.words(flare_up.phase(flag, now)),
            late=flare_up.would_have_been(flag),
            behind=sorted(flag.evidence.all(), key=lambda report: (report.occurred_at, report.pk))[-BEHIND_SHOWN:],
            earlier=max(0, len(flag.evidence.all()) - BEHIND_SHOWN),
            steps=[Step(event, names.get(event.by_id) or _("the rules")) for event in flag.events.all()],
        )
        for flag in flags
    ]
    resolved = [past for past in found if past.flag.state == Flag.State.RESOLVED]
    resolved.sort(key=lambda past: past.flag.raised_at, reverse=True)
    return [past for past in found if past.flag.state != Flag.State.RESOLVED] + resolved


def _charts(
    prescriptions: Sequence[Prescription], flags: Sequence[Past], setting: tuple[str, float], now: dt.datetime
) -> list[pain.Drawn]:
    """The pain of each exercise that was reported on lately, as the rule sees it; the running ones first."""
    numbers = {past.flag.pk: past.number for past in flags}
    rested_on = pain.evidence([past.flag for past in flags], numbers)
    config, drawn = TrendConfig.tuned(*setting), []
    for prescription in prescriptions[:CHARTS_AT_MOST]:
        seen = what_if.replay(prescription.pk, config, ResponseConfig(), most=judging.REPLAYED_AT_MOST)
        if seen.points and seen.points[-1].at > now - pain.SHOWN:
            own = [past.flag for past in flags if past.flag.prescription_id == prescription.pk]
            marks = pain.marks_of(own, numbers)
            drawn.append(pain.drawn(prescription, seen, marks, now, behind=rested_on[prescription.pk]))
    return drawn


def _heard(report: PainReport, names: Mapping[int | None, str], signs: Mapping[str, str]) -> Heard:
    return Heard(
        report,
        signs=[signs.get(sign.code) or sign.code for sign in report.warning_signs.all()],
        corrections=[
            Corrected(row, words.answer(row.field), names.get(row.by_id) or _("a link in a mail"))
            for row in report.corrections.all()
        ],
    )
