"""The progress of one prescription: its chart, its adherence and its events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.flags import rule_settings, simulation
from clinic.flags.response import ResponseConfig
from clinic.models import Client, Prescription
from clinic.portal.access import client_only, render_page
from clinic.portal.progress import month as progress_month
from clinic.progress import progress_text
from clinic.progress.adherence import count_adherence
from clinic.progress.chart_data import build_progress_chart, render_chart
from clinic.progress.progress import Progress, read_progress
from clinic.progress.svg_chart import Chart, has_room_for_stems

LAST_MONTH, LAST_QUARTER, WHOLE_PLAN = "30", "90", "all"
RANGES: Final[Mapping[str, dt.timedelta | None]] = {
    LAST_MONTH: dt.timedelta(days=30), LAST_QUARTER: dt.timedelta(days=90), WHOLE_PLAN: None,
}  # fmt: skip
WIDE, NARROW = (600, 190), (300, 170)  # px of the two drawings, of which the page shows the one that fits
TEXT_SIZE = 13  # px, as clinic/progress.css says too
ADHERENCE_DAYS = 7  # days


@dataclass(frozen=True)
class Link:
    """One choice among a few."""

    label: str
    query: str
    is_current: bool


@require_safe
@client_only
def progress(request: HttpRequest, client: Client) -> HttpResponse:
    """One own exercise at a time: ``?prescription=``, by default the newest that runs.

    ``?range=`` is 30 or 90 days or all; ``?month=2026-11`` is the month of the calendar. Http404 for a foreign
    prescription; an invalid range or month is ignored.
    """
    own = _own_prescriptions(client)
    prescription = _chosen(request, own)
    if prescription is None:
        return render_page(request, client, "progress/empty.html")
    prescription.client = client  # avoids a query
    now = timezone.now()
    progress = load_progress(prescription, now)
    default = WHOLE_PLAN if progress.ended else LAST_MONTH
    range_ = request.GET["range"] if request.GET.get("range") in RANGES else default
    drawn = build_progress_chart(progress, RANGES[range_])
    chart = drawn.chart
    month = progress_month.build_month(progress, request.GET.get("month"))
    query = {"prescription": str(prescription.pk)} if len(own) > 1 else {}
    week = [progress.today - dt.timedelta(days=ago) for ago in range(ADHERENCE_DAYS)]
    context = {
        "prescription": prescription,
        "choices": [Link(_label(row), _query(prescription=str(row.pk)), row == prescription) for row in own],
        "progress": progress,
        "summary": progress_text.summarize_progress(progress),
        "adherence": "" if progress.ended else progress_text.describe_adherence(count_adherence(progress.diary, week)),
        "wide": _render(chart, "wide", *WIDE),
        "narrow": _render(chart, "narrow", *NARROW),
        "events": drawn.events,
        "dots": chart.dots[::-1],
        "is_crowded": not has_room_for_stems(len(chart.dots), NARROW[0]),
        "ranges": [Link(label, _query(**query, range=code), code == range_) for code, label in _ranges()],
        "month": month,
        "chart_query": _query(**query, range=range_),
    }
    return render_page(request, client, "progress/page.html", context)


def load_progress(prescription: Prescription, now: dt.datetime) -> Progress:
    """Read the progress with the result of the rules at each report."""
    simulated = simulation.simulate_prescription(
        prescription.pk, rule_settings.config_of(prescription.client_id), ResponseConfig()
    )
    return read_progress(prescription, simulated.points, now)


def _own_prescriptions(client: Client) -> list[Prescription]:
    """The client's prescriptions: those that run, then those that are over; the newest first."""
    mine = client.prescriptions.select_related("exercise").prefetch_related("exercise__texts")
    return sorted(mine, key=lambda row: (row.state == Prescription.State.ENDED, -row.pk))


def _chosen(request: HttpRequest, own: Sequence[Prescription]) -> Prescription | None:
    pk = request.GET.get("prescription")
    if pk is None:
        return next(iter(own), None)
    for prescription in own:
        if str(prescription.pk) == pk:
            return prescription
    raise Http404


def _label(prescription: Prescription) -> str:
    name = prescription.exercise.name
    if prescription.state == Prescription.State.ENDED:
        return _("%(exercise)s, ended") % {"exercise": name}
    return name


def _ranges() -> list[tuple[str, str]]:
    return [(LAST_MONTH, _("30 days")), (LAST_QUARTER, _("3 months")), (WHOLE_PLAN, _("All"))]


def _query(**parameters: str) -> str:
    return "?" + urlencode(parameters)


def _render(chart: Chart, size: str, width: int, height: int) -> SafeString:
    return render_chart(chart, size, width=width, height=height, text=TEXT_SIZE, name=size)
