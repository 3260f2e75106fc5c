"""The flags that other rule settings would raise on one client's reports, beside the real ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from clinic.admin.client import pain_chart
from clinic.admin.client.rule_settings import describe_settings, format_false_flags, read_requested_settings
from clinic.admin.rendering import AdminPage, render_page
from clinic.flags import rule_settings, simulation
from clinic.flags.response import ResponseConfig
from clinic.flags.simulation import SimulatedFlag, SimulationResult
from clinic.flags.trend import TrendConfig
from clinic.models import Client, Flag, Prescription
from clinic.progress.svg_chart import Mark

MAX_PRESCRIPTIONS = 4  # the newest; each is replayed whole
SAME_WITHIN = dt.timedelta(days=14)  # two flags of one kind are about the same rise
SIMULATED_KINDS = [Flag.Kind.WORSENING, Flag.Kind.EXERCISE_HURTS]  # raised from scores


@dataclass(frozen=True)
class FlagComparison:
    """One flag: as simulated, as really raised, or both."""

    number: int
    at: dt.datetime
    kind: str
    simulated: SimulatedFlag | None
    real: Flag | None


@dataclass(frozen=True)
class PrescriptionSimulation:
    """One prescription under the chosen settings."""

    chart: pain_chart.PainChart
    summary: str
    comparisons: Sequence[FlagComparison]


@require_safe
def show_simulation(request: HttpRequest, pk: int) -> AdminPage:
    """Choose other settings and see them simulated on this client's reports; nothing is written."""
    client = get_object_or_404(Client.objects.treated_by(request.user).select_related("clinic"), pk=pk)
    in_force = rule_settings.settings_of(client.pk)
    form, chosen = read_requested_settings(request, in_force)
    prescriptions = client.prescriptions.select_related("client", "exercise").prefetch_related(
        "versions", "exercise__texts"
    )
    newest = list(prescriptions.filter(reports__isnull=False).distinct().order_by("-pk")[:MAX_PRESCRIPTIONS])
    real_flags: dict[int, list[Flag]] = {prescription.pk: [] for prescription in newest}
    flags = Flag.objects.filter(prescription__in=newest, kind__in=SIMULATED_KINDS).select_related("raised_by")
    for flag in flags.order_by("raised_at", "pk"):
        real_flags[flag.prescription_id].append(flag)
    return render_page(
        request,
        "client/rule_simulation.html",
        _("Try other settings"),
        client=client,
        form=form,
        rule_settings=chosen,
        chosen=describe_settings(chosen),
        is_in_force=chosen == in_force,
        price=format_false_flags(chosen),
        simulations=[
            _simulate(prescription, TrendConfig.for_settings(*chosen), real_flags[prescription.pk])
            for prescription in newest
        ],
    )


def _simulate(prescription: Prescription, config: TrendConfig, real: Sequence[Flag]) -> PrescriptionSimulation:
    result = simulation.simulate_prescription(prescription.pk, config, ResponseConfig())
    comparisons = _compare_flags(result.flags, real)
    marks = [Mark(row.at, str(row.number), past=row.simulated is None) for row in comparisons]
    return PrescriptionSimulation(
        pain_chart.draw_pain_chart(prescription, result, marks, timezone.now(), span=None),
        summary=_summary(result),
        comparisons=comparisons,
    )


def _summary(result: SimulationResult) -> str:
    weeks, times = max(1, round(result.days / 7)), len(result.flags)
    duration = ngettext("%(count)s week", "%(count)s weeks", weeks) % {"count": weeks}
    if not times:
        return _("With these it would not have flagged in %(weeks)s.") % {"weeks": duration}
    return ngettext(
        "With these it would have flagged once in %(weeks)s.",
        "With these it would have flagged %(times)s times in %(weeks)s.",
        times,
    ) % {"times": times, "weeks": duration}


def _compare_flags(simulated: Sequence[SimulatedFlag], real: Iterable[Flag]) -> list[FlagComparison]:
    """Pair each simulated flag with the nearest real one of its kind; real ones without a pair stand alone."""
    unpaired, pairs = list(real), list[tuple[dt.datetime, str, SimulatedFlag | None, Flag | None]]()
    for row in simulated:
        distances = {flag: abs(pain_chart.flag_time(flag) - row.at) for flag in unpaired if flag.kind == row.kind}
        nearest = min(distances, key=distances.__getitem__, default=None)
        if nearest is not None and distances[nearest] > SAME_WITHIN:
            nearest = None
        if nearest is not None:
            unpaired.remove(nearest)
        pairs.append((row.at, row.kind, row, nearest))
    pairs += [(pain_chart.flag_time(flag), flag.kind, None, flag) for flag in unpaired]
    return [
        FlagComparison(number, at, str(Flag.Kind(kind).label), row, flag)
        for number, (at, kind, row, flag) in enumerate(sorted(pairs, key=lambda pair: pair[0]), 1)
    ]


ROUTES = [("clients/<int:pk>/rule-simulation/", show_simulation, "rule_simulation")]
