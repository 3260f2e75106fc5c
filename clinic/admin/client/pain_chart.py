"""The pain chart of one exercise and its table: the reports, the usual pain and the flags."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format, number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.flags.simulation import SimulationResult
from clinic.models import Flag, Prescription, PrescriptionChange, PrescriptionVersion
from clinic.models.fields import zone
from clinic.progress.svg_chart import Change, Chart, Dot, Mark, Span, draw

CHART_SPAN = dt.timedelta(days=90)
SHORTEST_SPAN = dt.timedelta(days=14)  # a first week is not drawn as wide as a season
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


def hold_spans(changes: Iterable[PrescriptionChange]) -> list[Span]:
    """Return the times in which the exercise was on hold; the last one may have no end yet."""
    spans, since = [], None
    for change in sorted(changes, key=lambda row: (row.at, row.pk)):
        if change.new == Prescription.State.HELD:
            since = change.at
        elif since is not None:
            spans.append(Span(since, change.at, _("held")))
            since = None
    return spans if since is None else [*spans, Span(since, dt.datetime.max.replace(tzinfo=dt.UTC), _("held"))]


def draw_pain_chart(
    prescription: Prescription,
    simulated: SimulationResult,
    marks: Sequence[Mark],
    now: dt.datetime,
    *,
    evidence: Mapping[dt.datetime, Sequence[int]] | None = None,
    span: dt.timedelta | None = CHART_SPAN,
    holds: Sequence[Span] = (),
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
    first = simulated.points[0].at - dt.timedelta(days=1) if simulated.points else end
    start = min(max(first, end - span) if span else first, end - SHORTEST_SPAN).astimezone(time_zone)
    dots = [
        Dot(
            point.at.astimezone(time_zone), point.before, point.after, point.recent, point.usual, point.swing,
            evidence=point.at in evidence,
        )
        for point in simulated.points
        if point.at >= start
    ]  # fmt: skip
    name = prescription.exercise.name
    chart = Chart(
        start, end, _("Pain with %(exercise)s") % {"exercise": name}, _describe(dots, marks, start),
        today=_("today"), day=lambda day: date_format(day, _("j M")), dots=dots, marks=marks,
        changes=list(_dose_changes(prescription.versions.all())),
        spans=[Span(hold.since, min(hold.until, end), hold.label) for hold in holds],
    )  # fmt: skip
    key = f"pain-{prescription.pk}"
    return PainChart(
        prescription,
        name,
        wide=_svg(draw(chart, width=WIDE, name=f"{key}-wide"), "wide"),
        narrow=_svg(draw(chart, width=NARROW, height=150, name=f"{key}-narrow"), "narrow"),
        rows=[
            TableRow(dot, ", ".join(str(number) for number in sorted(evidence.get(dot.at, ()))))
            for dot in sorted(dots, key=lambda dot: dot.at, reverse=True)
        ],
        has_holds=any(hold.until > start for hold in holds),
        has_dose_changes=any(start <= change.at <= end for change in chart.changes),
    )


def _svg(drawing: str, size: str) -> SafeString:
    classed = drawing.replace('class="pain-chart"', f'class="pain-chart chart-{size}"', 1)
    return mark_safe(classed)  # noqa: S308  all its text is escaped there


def _describe(dots: Sequence[Dot], marks: Sequence[Mark], start: dt.datetime) -> str:
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
    rated = [dot for dot in dots if dot.usual is not None and dot.recent is not None]
    if rated:
        sentences.append(_("Average of about the last week %(recent)s, usual %(usual)s.") % {
            "recent": number_format(rated[-1].recent or 0, 1), "usual": number_format(rated[-1].usual or 0, 1),
        })  # fmt: skip
    flagged = [mark.text for mark in marks if mark.at >= start and not mark.note]
    if flagged:
        sentences.append(_("Flags: %(numbers)s.") % {"numbers": ", ".join(flagged)})
    noted = [mark.text for mark in sorted(marks, key=lambda mark: mark.at) if mark.at >= start and mark.note]
    if noted:
        sentences.append(_("Notes: %(numbers)s.") % {"numbers": ", ".join(noted)})
    return " ".join([*sentences, _("The table below says the same.")])


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
