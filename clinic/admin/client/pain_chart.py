"""The pain chart of one exercise and its table: the reports, the usual pain and the flags."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _, ngettext

from clinic.flags.simulation import SimulationResult
from clinic.models import Flag, Prescription, PrescriptionVersion
from clinic.models.fields import zone
from clinic.progress.adherence import Hold
from clinic.progress.chart_data import build_chart, chart_start, render_chart
from clinic.progress.progress import build_dots
from clinic.progress.svg_chart import Change, Dot, Mark

CHART_SPAN = dt.timedelta(days=90)
WIDE, NARROW = 680, 316  # px; the page shows the one that fits


@dataclass(frozen=True)
class TableRow:
    """One report in the table below the drawing."""

    dot: Dot
    flags: str  # the numbers of the flags that rest on it


@dataclass(frozen=True)
class PainChart:
    """The chart of one exercise of one client, wide and narrow, and its table."""

    prescription: Prescription
    name: str
    wide: SafeString
    narrow: SafeString
    rows: Sequence[TableRow]  # newest first
    has_holds: bool = False  # in the time drawn
    has_dose_changes: bool = False  # in the time drawn


def flag_time(flag: Flag) -> dt.datetime:
    """Return the time of a flag: when it was due, else of the report that raised it, else when it was raised."""
    at: dt.datetime = flag.due_at or (flag.raised_by.occurred_at if flag.raised_by else flag.raised_at)
    return at


def number_flags(flags: Iterable[Flag]) -> dict[int, int]:
    """Number the flags of a client from 1 on, in the order in which they were raised."""
    return {flag.pk: number for number, flag in enumerate(sorted(flags, key=lambda one: (one.raised_at, one.pk)), 1)}


def flag_marks(flags: Iterable[Flag], flag_numbers: Mapping[int, int]) -> list[Mark]:
    """Return the marks of the flags; those of resolved ones are hollow."""
    return [Mark(flag_time(flag), str(flag_numbers[flag.pk]), flag.state == Flag.State.RESOLVED) for flag in flags]


def note_mark(at: dt.datetime, number: int) -> Mark:
    """Return the mark of a note: square, with its number in the list."""
    return Mark(at, str(number), note=True)


def draw_pain_chart(
    prescription: Prescription,
    simulated: SimulationResult,
    marks: Sequence[Mark],
    now: dt.datetime,
    *,
    evidence: Mapping[dt.datetime, Sequence[int]] | None = None,
    span: dt.timedelta | None = CHART_SPAN,
    holds: Sequence[Hold] = (),
) -> PainChart:
    """Draw the chart, wide and narrow, with its table.

    Args:
        prescription: with client, exercise and versions.
        simulated: the rule's result at each of its reports.
        evidence: by the time of a report, the numbers of the flags that rest on it.
        span: the time drawn, up to now; None: from the first report on.
        holds: the times in which the exercise was on hold.
    """
    evidence = evidence or {}
    time_zone = zone(prescription.client.time_zone)
    end = max([now, *(point.at for point in simulated.points[-1:])]).astimezone(time_zone)
    dots = build_dots(simulated.points, time_zone, evidence)
    start = chart_start(dots, end, span)
    dots = [dot for dot in dots if dot.at >= start]
    name = prescription.exercise.name
    chart = build_chart(
        name, dots, start, end,
        end_label=_("today"),
        sentences=_sentences(dots, marks, start),
        marks=marks,
        changes=list(_dose_changes(prescription.versions.all())),
        holds=holds,
        hold_label=_("held"),
    )  # fmt: skip
    key = f"pain-{prescription.pk}"
    return PainChart(
        prescription,
        name,
        wide=render_chart(chart, "wide", width=WIDE, name=f"{key}-wide"),
        narrow=render_chart(chart, "narrow", width=NARROW, height=150, name=f"{key}-narrow"),
        rows=[
            TableRow(dot, ", ".join(str(number) for number in sorted(evidence.get(dot.at, ()))))
            for dot in sorted(dots, key=lambda dot: dot.at, reverse=True)
        ],
        has_holds=any(hold.until is None or hold.until > start for hold in holds),
        has_dose_changes=any(start <= change.at <= end for change in chart.changes),
    )


def _sentences(dots: Sequence[Dot], marks: Sequence[Mark], start: dt.datetime) -> list[str]:
    scored = [dot for dot in dots if dot.score is not None]
    sentences = [
        ngettext("%(count)s report since %(day)s.", "%(count)s reports since %(day)s.", len(scored))
        % {"count": len(scored), "day": date_format(start.date(), _("j F Y"))}
    ]
    if scored:
        scores = [dot.score or 0 for dot in scored]
        sentences.append(_("Pain between %(low)s and %(high)s, last %(last)s.") % {
            "low": round(min(scores)), "high": round(max(scores)), "last": round(scores[-1]),
        })  # fmt: skip
    flagged = [mark.text for mark in marks if mark.at >= start and not mark.note]
    if flagged:
        sentences.append(_("Flags: %(numbers)s.") % {"numbers": ", ".join(flagged)})
    noted = [mark.text for mark in sorted(marks, key=lambda mark: mark.at) if mark.at >= start and mark.note]
    if noted:
        sentences.append(_("Notes: %(numbers)s.") % {"numbers": ", ".join(noted)})
    return sentences


def _dose_changes(versions: Iterable[PrescriptionVersion]) -> Iterable[Change]:
    for version in versions:
        if version.number > 1:
            dose = _("%(sets)s × %(seconds)s s") % {"sets": version.sets, "seconds": version.hold_seconds}
            yield Change(version.created_at, dose)


def flag_numbers_by_report(
    flags: Iterable[Flag], flag_numbers: Mapping[int, int]
) -> dict[int, dict[dt.datetime, list[int]]]:
    """By prescription and the time of a report, the numbers of the flags that rest on it; evidence is prefetched."""
    by_report: dict[int, dict[dt.datetime, list[int]]] = defaultdict(lambda: defaultdict(list))
    for flag in flags:
        for report in flag.evidence.all():
            by_report[flag.prescription_id][report.occurred_at].append(flag_numbers[flag.pk])
    return by_report
