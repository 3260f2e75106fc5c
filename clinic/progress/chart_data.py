"""The chart of one exercise, for its client, its practitioner and paper."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from clinic.progress import progress_text, svg_chart
from clinic.progress.adherence import Hold
from clinic.progress.progress import ChartEvent, Progress
from clinic.progress.svg_chart import Change, Chart, Dot, Mark, Span

SHORTEST_PERIOD = dt.timedelta(days=14)  # a first week is not drawn as wide as a season
LEAD_TIME = dt.timedelta(days=1)  # so that the first report does not stand on the edge


@dataclass(frozen=True)
class ProgressChart:
    """The client's chart, with the numbered list that explains its marks."""

    chart: Chart
    events: Sequence[ChartEvent]  # number 1 first


def chart_start(dots: Sequence[Dot], end: dt.datetime, period: dt.timedelta | None) -> dt.datetime:
    """Return where a chart begins that ends at ``end``.

    Args:
        dots: oldest first.
        period: how far back at most; None: to the first report.
    """
    first = dots[0].at - LEAD_TIME if dots else end
    return min(max(first, end - period) if period else first, end - SHORTEST_PERIOD)


def build_chart(
    exercise: str,
    dots: Sequence[Dot],
    start: dt.datetime,
    end: dt.datetime,
    *,
    end_label: str,
    sentences: Sequence[str],
    marks: Sequence[Mark],
    changes: Sequence[Change],
    holds: Iterable[Hold],
    hold_label: str,
) -> Chart:
    """Return the chart of one exercise from ``start`` to ``end``, both in the client's zone.

    Args:
        exercise: its name.
        dots: from ``start`` on, oldest first.
        sentences: the beginning of the description; the averages follow.
    """
    return Chart(
        start, end,
        title=_("Pain with %(exercise)s") % {"exercise": exercise},
        description=" ".join([*sentences, *_averages(dots), _("The table below says the same.")]),
        today=end_label,
        day=lambda day: date_format(day, _("j M")),
        dots=dots,
        marks=marks,
        changes=changes,
        spans=[Span(hold.since, min(hold.until or end, end), hold_label) for hold in holds],
    )  # fmt: skip


def build_progress_chart(progress: Progress, period: dt.timedelta | None) -> ProgressChart:
    """Return the client's chart of the last ``period``; None: of the whole plan."""
    end = progress.end
    start = chart_start(progress.dots, end, period)
    dots = [dot for dot in progress.dots if start <= dot.at]
    events = [event for event in progress.events if start <= event.at <= end]
    chart = build_chart(
        progress.prescription.exercise.name, dots, start, end,
        end_label=_("end") if progress.ended else _("today"),
        sentences=_scores(dots, start),
        marks=[Mark(event.at, str(number)) for number, event in enumerate(events, 1)],
        changes=[Change(plan.since, "") for plan in progress.diary.plans[1:]],
        holds=progress.diary.holds,
        hold_label=_("paused"),
    )  # fmt: skip
    return ProgressChart(chart, events)


def render_chart(chart: Chart, size: str, **options: Any) -> SafeString:
    """Draw the chart for a page, with the class ``chart-<size>``; ``options`` as for `svg_chart.draw_chart`."""
    drawing = svg_chart.draw_chart(chart, **options)
    classed = drawing.replace('class="pain-chart"', f'class="pain-chart chart-{size}"', 1)
    return mark_safe(classed)  # noqa: S308  all its text is escaped there


def _scores(dots: Sequence[Dot], start: dt.datetime) -> list[str]:
    scores = [dot.score for dot in dots if dot.score is not None]
    return [
        _("From %(day)s on.") % {"day": date_format(start, _("j F Y"))},
        _("Pain between %(low)s and %(high)s.") % {"low": round(min(scores)), "high": round(max(scores))}
        if scores
        else _("No report in this time."),
    ]


def _averages(dots: Sequence[Dot]) -> list[str]:
    rated = [dot for dot in dots if dot.usual is not None and dot.recent is not None]
    if not rated:
        return []
    averages = {name: progress_text.format_average(getattr(rated[-1], name)) for name in ("recent", "usual")}
    return [_("Average of about the last week %(recent)s, usual %(usual)s.") % averages]
