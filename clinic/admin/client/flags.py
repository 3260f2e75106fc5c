"""The flags of one client's page, and the pain charts on which they have their numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.admin.client import pain_chart
from clinic.admin.client.queries import CHARTS_AT_MOST, ClientRows
from clinic.flags import engine, simulation
from clinic.flags.phase import describe_delay, phase_label, phase_of
from clinic.flags.response import ResponseConfig
from clinic.flags.trend import TrendConfig
from clinic.models import Flag, FlagEvent, PainReport, Prescription
from clinic.models.fields import zone
from clinic.progress.progress import find_holds
from clinic.progress.svg_chart import Mark

EVIDENCE_SHOWN = 7


@dataclass(frozen=True)
class EventRow:
    """One step in a flag's life, with the name of the person who took it."""

    event: FlagEvent
    name: str


@dataclass(frozen=True)
class FlagRow:
    """One flag with its number, the reports behind it and the steps of its life."""

    flag: Flag
    number: int  # the same as on the chart
    phase: str  # "persisting"; empty where no phase applies
    delay: str  # when it would have been raised, had the reports come in time; empty where they did
    evidence: Sequence[PainReport]  # the latest ones, oldest first
    earlier: int  # the number of further reports, ringed on the chart all the same
    events: Sequence[EventRow]


def build_flag_rows(rows: ClientRows, flag_numbers: Mapping[int, int], now: dt.datetime) -> list[FlagRow]:
    """Return the unresolved flags in order of need, then the resolved ones, newest first."""
    resolved = [flag for flag in rows.flags if flag.state == Flag.State.RESOLVED]
    resolved.sort(key=lambda flag: flag.raised_at, reverse=True)
    unresolved = [flag for flag in rows.flags if flag.state != Flag.State.RESOLVED]
    return [_flag_row(flag, flag_numbers[flag.pk], rows, now) for flag in [*unresolved, *resolved]]


def _flag_row(flag: Flag, number: int, rows: ClientRows, now: dt.datetime) -> FlagRow:
    evidence = sorted(flag.evidence.all(), key=lambda report: (report.occurred_at, report.pk))
    return FlagRow(
        flag,
        number=number,
        phase=phase_label(phase_of(flag, now)),
        delay=describe_delay(flag),
        evidence=evidence[-EVIDENCE_SHOWN:],
        earlier=max(0, len(evidence) - EVIDENCE_SHOWN),
        events=[EventRow(event, rows.names.get(event.by_id) or _("the rules")) for event in flag.events.all()],
    )


def build_charts(
    rows: ClientRows, flag_numbers: Mapping[int, int], notes: Sequence[tuple[int | None, Mark]], now: dt.datetime
) -> list[pain_chart.PainChart]:
    """Return the pain chart of each exercise with a recent report, as the rule sees it; the running ones first.

    Args:
        notes: each with the number of the prescription that it is about; None: the client.
    """
    evidence = pain_chart.flag_numbers_by_report(rows.flags, flag_numbers)
    config, charts = TrendConfig.for_settings(*rows.rule_settings_in_force), []
    for prescription in rows.prescriptions[:CHARTS_AT_MOST]:
        flags = [flag for flag in rows.flags if flag.prescription_id == prescription.pk]
        changes = prescription.changes.all()
        resolved = [
            (event.at, flag.kind)
            for flag in flags
            for event in flag.events.all()
            if event.verb == FlagEvent.Verb.RESOLVED
        ]
        resumed = [change.at for change in changes if change.new == Prescription.State.ACTIVE]
        history = engine.merge_history(rows.charted.get(prescription.pk, []), resolved, resumed)
        simulated = simulation.simulate_history(history, config, ResponseConfig())
        if simulated.points and simulated.points[-1].at > now - pain_chart.CHART_SPAN:
            marks = pain_chart.flag_marks(flags, flag_numbers)
            marks += [mark for about, mark in notes if about in (None, prescription.pk)]
            ordered = sorted(changes, key=lambda row: (row.at, row.pk))
            holds, _ended = find_holds(ordered, zone(prescription.client.time_zone))
            charts.append(
                pain_chart.draw_pain_chart(
                    prescription, simulated, marks, now, evidence=evidence[prescription.pk], holds=holds
                )
            )
    return charts
