"""Five clients of Alice's, one for each kind of flag, each raised by what they reported or did not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from clinic.flags import inactivity
from clinic.flags.undeliverable import mark_undeliverable
from clinic.models import Client, Flag, PainReport, Practitioner, Prescription
from clinic.pain import reporting
from clinic.pain.reporting import Answers
from tests import make

DAY = dt.timedelta(days=1)
CALM = (3, 4, 2, 3, 3, 4, 3, 2, 3, 4)
SENTENCES: Mapping[str, tuple[str, str]] = {  # kind → whose, and how the sentence begins
    Flag.Kind.RED_FLAG: ("Walter", "Said yes to: “Is one of your legs getting weaker?”"),
    Flag.Kind.EXERCISE_HURTS: ("Ines", "Pain went from 4 to 8 with one session."),
    Flag.Kind.WORSENING: ("Ruth", "Pain over about the last week averages "),
    Flag.Kind.SILENT: ("Samuel", "No report since "),
    Flag.Kind.UNDELIVERABLE: ("Priya", "Mail to this client comes back: 550 no such mailbox"),
}


def plan(to: Client) -> Prescription:
    """Prescribed two months ago."""
    return make.prescription(to, now=timezone.now() - 61 * DAY)


def says(on: Prescription, ago: float, before: int | None, after: int | None = None, **over: Any) -> Sequence[Flag]:
    """One report so many days ago, told at that hour; the flags it raised."""
    at = timezone.now() - ago * DAY
    answers = Answers(occurred_at=at, did_exercise=after is not None, before=before, after=after, **over)
    outcome = reporting.report_pain(on, answers, by=on.client.user, source=PainReport.Source.PORTAL, now=at)
    return outcome.flags


def calm(on: Prescription, first: int, last: int) -> None:
    """A report a day around 3, from so many days ago to so many days ago."""
    for ago in range(first, last - 1, -1):
        says(on, ago, CALM[ago % len(CALM)], max(0, CALM[ago % len(CALM)] - 1))


def rising(on: Prescription, days: int = 9) -> None:
    """Three calm weeks and more, then so many days well above them."""
    calm(on, 35, days + 1)
    for ago in range(days, 0, -1):
        says(on, ago - 0.5, 6 + ago % 2, 6)


def of_every_kind(alice: Practitioner) -> dict[str, Flag]:
    """The five flags by kind; Ruth's rise began nine days ago."""
    plans = {kind: plan(make.client(alice, name)) for kind, (name, _begins) in SENTENCES.items()}
    calm(plans[Flag.Kind.RED_FLAG], 12, 2)
    says(plans[Flag.Kind.RED_FLAG], 0.1, 6, warning_signs=("leg_weakness",))
    calm(plans[Flag.Kind.EXERCISE_HURTS], 10, 2)
    says(plans[Flag.Kind.EXERCISE_HURTS], 0.2, 4, 8)
    rising(plans[Flag.Kind.WORSENING])
    calm(plans[Flag.Kind.SILENT], 30, 12)
    calm(plans[Flag.Kind.UNDELIVERABLE], 10, 1)
    inactivity.flag_silent_clients(timezone.now())
    mark_undeliverable(plans[Flag.Kind.UNDELIVERABLE].client, "550 no such mailbox", timezone.now())
    return {flag.kind: flag for flag in Flag.objects.filter(prescription__client__practitioner=alice)}
