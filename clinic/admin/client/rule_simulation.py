"""What other settings would have flagged in one client's history, drawn beside what was. Nothing is written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from clinic.admin.client import pain_chart
from clinic.admin.client.rule_settings import asked_for, in_words, price
from clinic.admin.rendering import AdminPage, render_page
from clinic.flags import rule_settings, simulation
from clinic.flags.response import ResponseConfig
from clinic.flags.simulation import SimulatedFlag, SimulationResult
from clinic.flags.trend import TrendConfig
from clinic.models import Client, Flag, Prescription
from clinic.progress.svg_chart import Mark

PLANS_AT_MOST = 4  # the newest exercises; each is replayed whole
SAME = dt.timedelta(days=14)  # nearer than this, two flags of one kind are about the same days
RULES = [Flag.Kind.WORSENING, Flag.Kind.EXERCISE_HURTS]  # the kinds that the rules raise from scores


@dataclass(frozen=True)
class Line:
    """One flag: as it would have been, as it really was, or both."""

    number: int
    at: dt.datetime
    kind: str
    would: SimulatedFlag | None
    really: Flag | None


@dataclass(frozen=True)
class Tried:
    """One exercise under the settings tried."""

    drawn: pain_chart.PainChart
    summary: str
    lines: Sequence[Line]


@require_safe
def show(request: HttpRequest, pk: int) -> AdminPage:
    """Choose other settings, and see them tried on all that this client reported."""
    client = get_object_or_404(Client.objects.treated_by(request.user).select_related("clinic"), pk=pk)
    now = rule_settings.settings_of(client.pk)
    form, knobs = asked_for(request, now)
    plans = client.prescriptions.select_related("client", "exercise").prefetch_related("versions", "exercise__texts")
    newest = list(plans.filter(reports__isnull=False).distinct().order_by("-pk")[:PLANS_AT_MOST])
    raised: dict[int, list[Flag]] = {plan.pk: [] for plan in newest}
    flags = Flag.objects.filter(prescription__in=newest, kind__in=RULES).select_related("raised_by")
    for flag in flags.order_by("raised_at", "pk"):
        raised[flag.prescription_id].append(flag)
    return render_page(
        request,
        "client/rule_simulation.html",
        _("Try other settings"),
        client=client,
        form=form,
        knobs=knobs,
        chosen=in_words(knobs),
        same_as_now=knobs == now,
        price=price(knobs),
        tried=[_tried(plan, TrendConfig.tuned(*knobs), raised[plan.pk]) for plan in newest],
    )


def _tried(prescription: Prescription, config: TrendConfig, really: Sequence[Flag]) -> Tried:
    seen = simulation.simulate_prescription(prescription.pk, config, ResponseConfig())
    lines = _side_by_side(seen.flags, really)
    marks = [Mark(line.at, str(line.number), past=line.would is None) for line in lines]
    return Tried(
        pain_chart.draw_pain_chart(prescription, seen, marks, timezone.now(), span=None),
        summary=_summary(seen),
        lines=lines,
    )


def _summary(seen: SimulationResult) -> str:
    weeks, times = max(1, round(seen.days / 7)), len(seen.flags)
    within = ngettext("%(count)s week", "%(count)s weeks", weeks) % {"count": weeks}
    if not times:
        return _("With these it would not have flagged in %(weeks)s.") % {"weeks": within}
    return ngettext(
        "With these it would have flagged once in %(weeks)s.",
        "With these it would have flagged %(times)s times in %(weeks)s.",
        times,
    ) % {"times": times, "weeks": within}


def _side_by_side(would: Sequence[SimulatedFlag], really: Iterable[Flag]) -> list[Line]:
    """Each flag that would have been, with the real one of the same kind and days; then the real ones left over."""
    left, pairs = list(really), list[tuple[dt.datetime, str, SimulatedFlag | None, Flag | None]]()
    for one in would:
        near = [flag for flag in left if flag.kind == one.kind and abs(pain_chart.flag_time(flag) - one.at) <= SAME]
        twin = min(near, key=lambda flag: abs(pain_chart.flag_time(flag) - one.at), default=None)
        if twin is not None:
            left.remove(twin)
        pairs.append((one.at, one.kind, one, twin))
    pairs += [(pain_chart.flag_time(flag), flag.kind, None, flag) for flag in left]
    return [
        Line(number, at, str(Flag.Kind(kind).label), one, twin)
        for number, (at, kind, one, twin) in enumerate(sorted(pairs, key=lambda pair: pair[0]), 1)
    ]


ROUTES = [
    ("clients/<int:pk>/replay/", show, "replay"),
]
