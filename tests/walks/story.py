"""The people who walk, each with what is needed to see every page in the state that shows most of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.utils import timezone

from clinic.models import Client, Clinic, Practitioner, Prescription
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from tests import make
from tests.accounts.people import with_verified_email

DAY = dt.timedelta(days=1)
# Two hours apart at most, so that it is morning in one of them whenever the test runs.
PLACES = [
    "Pacific/Auckland", "Pacific/Noumea", "Australia/Brisbane", "Asia/Tokyo", "Asia/Shanghai", "Asia/Bangkok",
    "Asia/Dhaka", "Asia/Karachi", "Asia/Dubai", "Africa/Nairobi", "Africa/Cairo", "Africa/Lagos", "Africa/Abidjan",
    "Atlantic/Cape_Verde", "America/Noronha", "America/Sao_Paulo", "America/Caracas", "America/Lima",
    "America/Mexico_City", "America/Phoenix", "Pacific/Pitcairn", "Pacific/Gambier", "Pacific/Honolulu",
    "Pacific/Pago_Pago",
]  # fmt: skip


@dataclass(frozen=True)
class Story:
    alice: Practitioner
    dana: Client  # has reported for a hundred days; the morning after is to be told
    plan: Prescription  # dana's
    hugo: Client  # held
    jo: Client  # has no exercise
    nora: Client  # has one on another day
    frida: Client  # invited
    erin: Client  # by the links of her mails, and never signed in
    answers: Prescription  # erin's

    @property
    def clinic(self) -> Clinic:
        return self.alice.clinic


def morning_somewhere(now: dt.datetime) -> str:
    """A place where it is past the stiff hours and long before noon."""
    return next(place for place in PLACES if now.astimezone(ZoneInfo(place)).hour in (9, 10))


def play_story(language: str) -> Story:
    cache.clear()  # the limits on codes; no test of a real server rolls them back
    now = timezone.now()
    here = {"language": language, "time_zone": morning_somewhere(now)}
    alice = make.practitioner(make.clinic(language=language, postal_line="1 River Street, Springfield"))
    dana = with_verified_email(make.client(alice, "Dana", **here))
    held, erin = make.client(alice, "Hugo", **here), make.client(alice, "Erin", **here)
    prescribing.hold_prescription(make.prescription(held), by=alice.user, reason="rest")
    nora = make.client(alice, "Nora", **here)
    make.prescription(nora, days=[f"{(now + 2 * DAY).astimezone(ZoneInfo(here['time_zone'])):%a}".lower()])
    return Story(
        alice, dana, _long_plan(dana, now), held, make.client(alice, "Jo", **here), nora,
        make.invited(alice, "Frida", **here), erin, make.prescription(erin),
    )  # fmt: skip


def _long_plan(dana: Client, now: dt.datetime) -> Prescription:
    """Sessions, a gap, a pause, a change of the dose, a correction; the last session was yesterday."""
    began, by = now - 100 * DAY, dana.practitioner.user
    plan = make.prescription(dana, now=began, starts_on=began.date(), sets=2, hold_seconds=30)
    for ago in [*range(100, 80, -5), *range(50, 20, -3), *range(12, 0, -1)]:
        note = "Stiff until ten." if ago % 5 == 0 else ""
        last = make.report(plan, 4 + ago % 3, 3 + ago % 3, at=now - ago * DAY, note=note).report
    prescribing.hold_prescription(plan, by=by, reason="x", now=now - 19 * DAY)
    prescribing.resume_prescription(plan, by=by, reason="x", now=now - 14 * DAY)
    prescribing.amend_prescription(
        plan, make.dose(sets=1, hold_seconds=30), by=dana.practitioner, reason="x", now=now - 13 * DAY
    )
    reporting.correct_report(last, {"before": 5}, reason="A slip", by=dana.user)
    return plan
