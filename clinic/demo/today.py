"""Open the demo clinic, and see to it that every start brings a reminder within two minutes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from clinic.conf import conf
from clinic.demo import people, registrants, scenarios
from clinic.demo.seed import Stage
from clinic.dosage.values import Dosage, PlannedDosage
from clinic.models import Advice, Client, Clinic, Practitioner, Prescription, PrescriptionVersion, Schedule
from clinic.models.fields import WEEKDAYS, zone
from clinic.practice import advice_texts
from clinic.prescriptions import dose_templates, prescribing
from clinic.team import absences
from clinic.team import preferences as team_preferences
from exercises.models import Exercise

LOOKED_AFTER = 14  # days in which reminders went out and silence was looked for
WITHIN = dt.timedelta(minutes=2)
MAY_MOVE = ("dana", "greta", "tomas")  # whose plans a later start may move, the first who is free


@transaction.atomic
def open_clinic(now: dt.datetime) -> Clinic:
    """Make the whole demo clinic as of ``now``: all of it or nothing."""
    clinic = people.make_clinic()
    hashed = make_password(people.PASSWORD)  # once for all: hashing is slow on purpose, and everybody knows this one
    owner = people.take_on(clinic, "Olivia Marsh", people.address("owner"), hashed, Practitioner.Role.OWNER)
    people.hang_up_the_sign(owner)
    people.take_on_site_staff(hashed)
    people.take_on(clinic, "Fran Keller", people.address("fran"), hashed, Practitioner.Role.FRONT_DESK)
    alice = people.take_on(clinic, "Alice Moreau", people.address("alice"), hashed)
    bob = people.take_on(clinic, "Bob Lindqvist", people.address("bob"), hashed)
    stage = Stage(clinic, now)
    stage.start_reminders(LOOKED_AFTER)
    stage.watch_for_silence(LOOKED_AFTER)
    stage.at(now - LOOKED_AFTER * dt.timedelta(days=1), partial(_say_it_ones_own_way, owner))
    soon, _day = _next_minute(clinic, now)
    _was_away(stage, bob, alice)
    scenarios.tell(stage, alice, bob, soon)
    registrants.arrive(stage)
    stage.play()
    # A visitor finds the daily mail within two minutes, and from then on at that hour of each day.
    team_preferences.set_mail_preferences(
        alice, at_once=True, digest=True, digest_at=soon, digest_days=WEEKDAYS, by=alice.user
    )
    _keep_doses(alice)
    return clinic


def _say_it_ones_own_way(owner: Practitioner, now: dt.datetime) -> None:
    """One advice in the clinic's own words, so that a visitor finds a version in its history."""
    words = "Good, {first_name}: carry on as planned."
    advice_texts.set_advice_text(owner.clinic, Advice.GO_ON, "en", words, by=owner, now=now)


def _keep_doses(by: Practitioner) -> None:
    """Two doses to prescribe with one press."""
    exercise = Exercise.objects.current().get(slug=people.EXERCISE)
    dose_templates.add_usual_template(exercise, by=by)
    chair = Dosage(["mon", "wed", "fri"], ["17:00"], variation="chair")
    dose_templates.add_template(exercise, "Gently, with a chair", chair, weeks=4, by=by)


def bring_something_due(clinic: Clinic, now: dt.datetime) -> bool:
    """On a later start: move one plan to the next minute, unless a reminder is due anyway. Returns whether it did."""
    free = _remindable(clinic, now)
    waiting = Schedule.objects.filter(active=True, prescription__in=free)
    if waiting.filter(next_due_at__gt=now - conf.lateness_limit, next_due_at__lte=now + WITHIN).exists():
        return False
    time, day = _next_minute(clinic, now)
    by_address = {row.client.email: row for row in free if _has_day(row.dose, day)}
    for address in (people.address(name) for name in MAY_MOVE):
        if address in by_address:
            _move(by_address[address], time, now)
            return True
    return False


def _was_away(stage: Stage, who: Practitioner, cover: Practitioner) -> None:
    """A week off, four weeks ago."""
    first = (stage.now - dt.timedelta(days=27)).date()
    last = first + dt.timedelta(days=6)
    stage.at(
        stage.now - dt.timedelta(days=29),
        lambda now: absences.add_absence(who, starts_on=first, ends_on=last, cover=cover, by=who.user, now=now),
    )


def _remindable(clinic: Clinic, now: dt.datetime) -> list[Prescription]:
    """Those whose reminder would go out today."""
    today = dt.datetime.combine(now.astimezone(zone(clinic.time_zone)).date(), dt.time.min, zone(clinic.time_zone))
    active = Prescription.objects.filter(
        state=Prescription.State.ACTIVE,
        client__clinic=clinic,
        client__state=Client.State.JOINED,
        client__reminders_wanted=True,
        client__undeliverable_since=None,
    )
    return list(
        active.filter(Q(client__paused_until=None) | Q(client__paused_until__lte=today.date()))
        .exclude(trend__last_report_at__gte=today)
        .select_related("client", "prescribed_by__user")
    )


def _has_day(version: PrescriptionVersion, day: dt.date) -> bool:
    return WEEKDAYS[day.weekday()] in version.day_names and (version.ends_on is None or day <= version.ends_on)


def _move(prescription: Prescription, time: dt.time, now: dt.datetime) -> None:
    version = prescription.dose
    dose = PlannedDosage(
        **{**version.dosage_values(), "times": [time]}, starts_on=version.starts_on, ends_on=version.ends_on
    )
    dose = replace(dose, mornings_allowed=bool(prescribing.morning_times(prescription.client, dose.times)))
    prescribing.amend_prescription(
        prescription, dose, by=prescription.prescribed_by, reason="Moved to a time that suits better.", now=now
    )


def _next_minute(clinic: Clinic, now: dt.datetime) -> tuple[dt.time, dt.date]:
    """The first full minute after ``now``, as time of day and date in the clinic's zone."""
    local = (now + dt.timedelta(minutes=1)).astimezone(zone(clinic.time_zone)).replace(second=0, microsecond=0)
    return local.time(), local.date()
