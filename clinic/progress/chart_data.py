"""The chart of one exercise for its client, with the numbered list that explains its marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.progress import progress_text, svg_chart
from clinic.progress.progress import Moment, Progress
from clinic.progress.svg_chart import Change, Chart, Dot, Mark, Span

LEAST = dt.timedelta(days=14)  # a first week is not drawn as wide as a season
SHOWN_BEFORE = dt.timedelta(days=1)  # so that the first report does not stand on the edge


@dataclass(frozen=True)
class Drawn:
    """What is drawn of one exercise."""

    chart: Chart
    moments: Sequence[Moment]  # number 1 first
    dots: Sequence[Dot]  # newest first, as the table says them

    def svg(
        self, width: int, height: int, text: int, name: str, colours: Mapping[str, str] | None = None
    ) -> str:  # fmt: skip
        """The drawing; arguments as for `chart.draw`."""
        return svg_chart.draw(self.chart, width=width, height=height, text=text, name=name, colours=colours)


def drawn(progress: Progress, shown: dt.timedelta | None) -> Drawn:
    """What lies in the last ``shown`` of it; None: in all of it."""
    end = progress.end
    first = progress.dots[0].at - SHOWN_BEFORE if progress.dots else end
    start = min(max(first, end - shown) if shown else first, end - LEAST)
    dots = [dot for dot in progress.dots if start <= dot.at]
    moments = [moment for moment in progress.moments if start <= moment.at <= end]
    changes = [plan.since for plan in progress.diary.plans[1:]]
    name = progress.prescription.exercise.name
    return Drawn(
        Chart(
            start, end,
            title=_("Pain with %(exercise)s") % {"exercise": name},
            shows=_in_words(progress, dots, start),
            today=_("end") if progress.ended else _("today"),
            day=lambda day: date_format(day, _("j M")),
            dots=dots,
            marks=[Mark(moment.at, str(number)) for number, moment in enumerate(moments, 1)],
            changes=[Change(at, "") for at in changes],
            spans=[Span(hold.since, hold.until or end, _("paused")) for hold in progress.diary.holds],
        ),
        moments,
        dots[::-1],
    )  # fmt: skip


def _in_words(progress: Progress, dots: Sequence[Dot], start: dt.datetime) -> str:
    scores = [dot.score for dot in dots if dot.score is not None]
    parts = [_("From %(day)s on.") % {"day": date_format(start, _("j F Y"))}]
    if scores:
        parts.append(_("Pain between %(low)s and %(high)s.") % {"low": round(min(scores)), "high": round(max(scores))})
    else:
        parts.append(_("No report in this time."))
    known = [dot for dot in dots if dot.usual is not None and dot.recent is not None]
    if known:
        parts.append(_("Average of about the last week %(recent)s, usual %(usual)s.") % {
            "recent": progress_text.number(known[-1].recent), "usual": progress_text.number(known[-1].usual),
        })  # fmt: skip
    return " ".join([*parts, _("The table below says the same.")])
