"""The flags of one client's page, and the drawings that bear their numbers, out of the rows at hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.admin.client import pain_chart
from clinic.admin.client import queries as client_queries
from clinic.admin.client.queries import AtHand
from clinic.flags import engine, simulation
from clinic.flags import phase as flare_up
from clinic.flags.response import ResponseConfig
from clinic.flags.trend import TrendConfig
from clinic.models import Flag, FlagEvent, PainReport, Prescription
from clinic.progress.svg_chart import Mark

BEHIND_SHOWN = 7


@dataclass(frozen=True)
class Step:
    """One step in a flag's life, with the name of who took it."""

    event: FlagEvent
    who: str


@dataclass(frozen=True)
class Past:
    """One flag with its number, the reports behind it and the steps of its life."""

    flag: Flag
    number: int  # the same as on the chart
    phase: str  # "persisting"; empty where that is no question
    late: str  # when it was due, had the reports come in time; empty where they did
    behind: Sequence[PainReport]  # the latest ones, oldest first
    earlier: int  # how many more, ringed on the chart all the same
    steps: Sequence[Step]


def flags(hand: AtHand, numbers: Mapping[int, int], now: dt.datetime) -> list[Past]:
    """Unresolved ones in order of need, then the resolved ones, newest first."""
    found = [
        Past(
            flag,
            number=numbers[flag.pk],
            phase=flare_up.words(flare_up.phase(flag, now)),
            late=flare_up.would_have_been(flag),
            behind=sorted(flag.evidence.all(), key=lambda report: (report.occurred_at, report.pk))[-BEHIND_SHOWN:],
            earlier=max(0, len(flag.evidence.all()) - BEHIND_SHOWN),
            steps=[Step(event, hand.names.get(event.by_id) or _("the rules")) for event in flag.events.all()],
        )
        for flag in hand.flags
    ]
    resolved = [past for past in found if past.flag.state == Flag.State.RESOLVED]
    resolved.sort(key=lambda past: past.flag.raised_at, reverse=True)
    return [past for past in found if past.flag.state != Flag.State.RESOLVED] + resolved


def charts(
    hand: AtHand,
    numbers: Mapping[int, int],
    notes: Sequence[tuple[int | None, Mark]],
    setting: tuple[str, float],
    now: dt.datetime,
) -> list[pain_chart.Drawn]:
    """The pain of each exercise that was reported on lately, as the rule sees it; the running ones first.

    ``notes``: each with the number of the prescription that it is about; None: the client.
    """
    rested_on = pain_chart.evidence(hand.flags, numbers)
    config, drawn = TrendConfig.tuned(*setting), []
    for prescription in hand.prescriptions[: client_queries.CHARTS_AT_MOST]:
        own = [flag for flag in hand.flags if flag.prescription_id == prescription.pk]
        changes = hand.of(prescription, "changes")
        resolved = [
            (event.at, flag.kind)
            for flag in own
            for event in flag.events.all()
            if event.verb == FlagEvent.Verb.RESOLVED
        ]
        resumed = [row.at for row in changes if row.new == Prescription.State.ACTIVE]
        events = engine.in_order(hand.drawn.get(prescription.pk, []), resolved, resumed)
        seen = simulation.stepped(events, config, ResponseConfig())
        if seen.points and seen.points[-1].at > now - pain_chart.SHOWN:
            marks = pain_chart.marks_of(own, numbers)
            marks += [mark for about, mark in notes if about in (None, prescription.pk)]
            holds = pain_chart.holds(changes)
            behind = rested_on[prescription.pk]
            drawn.append(pain_chart.drawn(prescription, seen, marks, now, behind=behind, holds=holds))
    return drawn
