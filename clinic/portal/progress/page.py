"""How it goes: the chart of one exercise, the days on which it was done, and what happened on the way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic.flags import rule_settings, simulation
from clinic.flags.response import ResponseConfig
from clinic.models import Client, Prescription
from clinic.portal.access import client_only, render_page
from clinic.portal.progress import month as progress_month
from clinic.progress import chart_data, progress_text
from clinic.progress import progress as story
from clinic.progress.adherence import tally
from clinic.progress.svg_chart import bears_stems

LAST_MONTH, LAST_QUARTER, WHOLE_PLAN = "30", "90", "all"
RANGES: Final[Mapping[str, dt.timedelta | None]] = {
    LAST_MONTH: dt.timedelta(days=30), LAST_QUARTER: dt.timedelta(days=90), WHOLE_PLAN: None,
}  # fmt: skip
WIDE, NARROW = (600, 190), (300, 170)  # px of the two drawings, of which the page shows the one that fits
TEXT_SIZE = 13  # px, as clinic/progress.css says too
ADHERENCE_DAYS = 7  # days


@dataclass(frozen=True)
class Link:
    """One choice among a few; ``here``: it is the one that is shown."""

    words: str
    query: str
    here: bool


@require_safe
@client_only
def progress(request: HttpRequest, client: Client) -> HttpResponse:
    """One own exercise at a time: ``?prescription=``, by default the newest that runs.

    ``?range=`` is 30 or 90 days or all; ``?month=2026-11`` is the month of the calendar. Http404 for a foreign
    prescription; a range or a month that is none counts as not given.
    """
    own = _own(client)
    prescription = _chosen(request, own)
    if prescription is None:
        return render_page(request, client, "progress/empty.html")
    prescription.client = client  # read already
    now = timezone.now()
    told = load_progress(prescription, now)
    default = WHOLE_PLAN if told.ended else LAST_MONTH
    range_ = request.GET["range"] if request.GET.get("range") in RANGES else default
    drawn = chart_data.drawn(told, RANGES[range_])
    month = progress_month.build_month(told, request.GET.get("month"))
    asked = {"prescription": str(prescription.pk)} if len(own) > 1 else {}
    week = [told.today - dt.timedelta(days=ago) for ago in range(ADHERENCE_DAYS)]
    context = {
        "prescription": prescription,
        "others": [Link(_called(row), _query(prescription=str(row.pk)), row == prescription) for row in own],
        "progress": told,
        "said": progress_text.said(told),
        "often": "" if told.ended else progress_text.often(tally(told.diary, week)),
        "wide": _svg(drawn.svg(*WIDE, TEXT_SIZE, "wide"), "wide"),
        "narrow": _svg(drawn.svg(*NARROW, TEXT_SIZE, "narrow"), "narrow"),
        "drawn": drawn,
        "crowded": not bears_stems(len(drawn.dots), NARROW[0]),
        "ranges": [Link(words, _query(**asked, range=code), code == range_) for code, words in _ranges()],
        "month": month,
        "keeps": _query(**asked, range=range_),
    }
    return render_page(request, client, "progress/page.html", context)


def load_progress(prescription: Prescription, now: dt.datetime) -> story.Progress:
    """One prescription as the rules and its client see it."""
    known = simulation.simulate_prescription(
        prescription.pk, rule_settings.config_of(prescription.client_id), ResponseConfig()
    )
    return story.read(prescription, known.points, now)


def _own(client: Client) -> list[Prescription]:
    """The client's prescriptions: those that run, then those that are over; the newest first."""
    mine = client.prescriptions.select_related("exercise").prefetch_related("exercise__texts")
    return sorted(mine, key=lambda row: (row.state == Prescription.State.ENDED, -row.pk))


def _chosen(request: HttpRequest, own: Sequence[Prescription]) -> Prescription | None:
    asked = request.GET.get("prescription")
    if asked is None:
        return next(iter(own), None)
    for prescription in own:
        if str(prescription.pk) == asked:
            return prescription
    raise Http404


def _called(prescription: Prescription) -> str:
    name = prescription.exercise.name
    if prescription.state == Prescription.State.ENDED:
        return _("%(exercise)s, ended") % {"exercise": name}
    return name


def _ranges() -> list[tuple[str, str]]:
    return [(LAST_MONTH, _("30 days")), (LAST_QUARTER, _("3 months")), (WHOLE_PLAN, _("All"))]


def _query(**asked: str) -> str:
    return "?" + urlencode(asked)


def _svg(drawing: str, size: str) -> SafeString:
    classed = drawing.replace('class="pain-chart"', f'class="pain-chart chart-{size}"', 1)
    return mark_safe(classed)  # noqa: S308  all its text is escaped there
