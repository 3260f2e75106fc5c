"""The pain chart of one exercise and its table: what was reported, what was usual, and where the flags stand."""

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
WIDE, NARROW = 680, 316  # px; the page shows the one that its room bears


@dataclass(frozen=True)
class TableRow:
    """One report as the table beside the drawing says it."""

    dot: Dot
    behind: str  # the numbers of the flags that rest on it


@dataclass(frozen=True)
class PainChart:
    """One exercise of one client."""

    prescription: Prescription
    name: str
    wide: SafeString
    narrow: SafeString
    rows: Sequence[TableRow]  # newest first
    held: bool = False  # some of the time shown
    redosed: bool = False  # in the time shown


def flag_time(flag: Flag) -> dt.datetime:
    """Where a flag stands in time: when it was due, else at the report that raised it, else when it was raised."""
    at: dt.datetime = flag.due_at or (flag.raised_by.occurred_at if flag.raised_by else flag.raised_at)
    return at


def number_flags(flags: Iterable[Flag]) -> dict[int, int]:
    """Each flag's number: the client's first is 1, and it keeps that number."""
    return {flag.pk: number for number, flag in enumerate(sorted(flags, key=lambda one: (one.raised_at, one.pk)), 1)}


def flag_marks(flags: Iterable[Flag], numbered: Mapping[int, int]) -> list[Mark]:
    """The flags as the drawing marks them; resolved ones are hollow."""
    return [Mark(flag_time(flag), str(numbered[flag.pk]), flag.state == Flag.State.RESOLVED) for flag in flags]


def note_mark(at: dt.datetime, number: int) -> Mark:
    """A note as the drawing marks it: square, with the number that it has in the list."""
    return Mark(at, str(number), note=True)


def hold_spans(changes: Iterable[PrescriptionChange]) -> list[Span]:
    """The times in which the exercise was held; the last may go on beyond any chart's end."""
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
    seen: SimulationResult,
    marks: Sequence[Mark],
    now: dt.datetime,
    *,
    behind: Mapping[dt.datetime, Sequence[int]] | None = None,
    shown: dt.timedelta | None = CHART_SPAN,
    holds: Sequence[Span] = (),
) -> PainChart:
    """The drawing, wide and narrow, with its table.

    Args:
        prescription: with client, exercise and versions.
        seen: its reports as the rules saw them.
        behind: by the moment of a report, the numbers of the flags that rest on it.
        shown: how far back; None: from the first report on.
        holds: when it was not to be done.
    """
    behind = behind or {}
    here = zone(prescription.client.time_zone)
    end = max([now, *(point.at for point in seen.points[-1:])]).astimezone(here)
    first = seen.points[0].at - dt.timedelta(days=1) if seen.points else end
    start = min(max(first, end - shown) if shown else first, end - SHORTEST_SPAN).astimezone(here)
    dots = [
        Dot(
            point.at.astimezone(here), point.before, point.after, point.recent, point.usual, point.swing,
            evidence=point.at in behind,
        )
        for point in seen.points
        if point.at >= start
    ]  # fmt: skip
    name = prescription.exercise.name
    chart = Chart(
        start, end, _("Pain with %(exercise)s") % {"exercise": name}, _in_words(dots, marks, start),
        today=_("today"), day=lambda day: date_format(day, _("j M")), dots=dots, marks=marks,
        changes=list(_changes(prescription.versions.all())),
        spans=[Span(one.since, min(one.until, end), one.label) for one in hold_spans],
    )  # fmt: skip
    key = f"pain-{prescription.pk}"
    return PainChart(
        prescription,
        name,
        wide=_svg(draw(chart, width=WIDE, name=f"{key}-wide"), "wide"),
        narrow=_svg(draw(chart, width=NARROW, height=150, name=f"{key}-narrow"), "narrow"),
        rows=[
            TableRow(dot, ", ".join(str(number) for number in sorted(behind.get(dot.at, ()))))
            for dot in sorted(dots, key=lambda dot: dot.at, reverse=True)
        ],
        held=any(span.until > start for span in hold_spans),
        redosed=any(start <= change.at <= end for change in chart.changes),
    )


def _svg(drawing: str, size: str) -> SafeString:
    classed = drawing.replace('class="pain-chart"', f'class="pain-chart chart-{size}"', 1)
    return mark_safe(classed)  # noqa: S308  all its text is escaped there


def _in_words(dots: Sequence[Dot], marks: Sequence[Mark], start: dt.datetime) -> str:
    told = [dot for dot in dots if dot.score is not None]
    said = [
        ngettext("%(count)s report since %(day)s.", "%(count)s reports since %(day)s.", len(told))
        % {"count": len(told), "day": date_format(start.date(), _("j F Y"))}
    ]
    if told:
        scores = [dot.score or 0 for dot in told]
        said.append(_("Pain between %(low)s and %(high)s, last %(last)s.") % {
            "low": round(min(scores)), "high": round(max(scores)), "last": round(scores[-1]),
        })  # fmt: skip
    known = [dot for dot in dots if dot.usual is not None and dot.recent is not None]
    if known:
        said.append(_("Average of about the last week %(recent)s, usual %(usual)s.") % {
            "recent": number_format(known[-1].recent or 0, 1), "usual": number_format(known[-1].usual or 0, 1),
        })  # fmt: skip
    flagged = [mark.text for mark in marks if mark.at >= start and not mark.note]
    if flagged:
        said.append(_("Flags: %(numbers)s.") % {"numbers": ", ".join(flagged)})
    noted = [mark.text for mark in sorted(marks, key=lambda mark: mark.at) if mark.at >= start and mark.note]
    if noted:
        said.append(_("Notes: %(numbers)s.") % {"numbers": ", ".join(noted)})
    return " ".join([*said, _("The table below says the same.")])


def _changes(versions: Iterable[PrescriptionVersion]) -> Iterable[Change]:
    for version in versions:
        if version.number > 1:
            dose = _("%(sets)s × %(seconds)s s") % {"sets": version.sets, "seconds": version.hold_seconds}
            yield Change(version.made_at, dose)


def flag_numbers_by_report(
    flags: Iterable[Flag], numbered: Mapping[int, int]
) -> dict[int, dict[dt.datetime, list[int]]]:
    """By prescription and the moment of a report, the numbers of the flags that rest on it; evidence is prefetched."""
    found: dict[int, dict[dt.datetime, list[int]]] = defaultdict(lambda: defaultdict(list))
    for flag in flags:
        for report in flag.evidence.all():
            found[flag.prescription_id][report.occurred_at].append(numbered[flag.pk])
    return found
