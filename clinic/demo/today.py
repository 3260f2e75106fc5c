"""Create the demo clinic, and make sure that a reminder is due within two minutes of every start."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from clinic.conf import conf
from clinic.demo import people, registrants, scenarios
from clinic.demo.seed import DemoHistory
from clinic.dosage.values import Dosage, PlannedDosage
from clinic.models import Advice, Client, Clinic, Practitioner, Prescription, PrescriptionVersion, Schedule
from clinic.models.fields import WEEKDAYS, zone
from clinic.practice import advice_texts
from clinic.prescriptions import dose_templates, prescribing
from clinic.team import absences, preferences as team_preferences
from exercises.models import Exercise

HISTORY_DAYS = 14  # with reminders and daily checks
DUE_WITHIN = dt.timedelta(minutes=2)
MOVABLE = ("dana", "greta", "tomas")  # whose plans a later start may move, in this order


@transaction.atomic
def create_demo(now: dt.datetime) -> Clinic:
    """Create the whole demo clinic as of ``now`` in one transaction."""
    clinic = people.create_clinic()
    hashed = make_password(people.PASSWORD)  # once: hashing is slow on purpose
    owner = people.add_member(clinic, "Olivia Marsh", people.email_address("owner"), hashed, Practitioner.Role.OWNER)
    people.set_logo(owner)
    people.add_platform_staff(hashed)
    people.add_member(clinic, "Fran Keller", people.email_address("fran"), hashed, Practitioner.Role.FRONT_DESK)
    alice = people.add_member(clinic, "Alice Moreau", people.email_address("alice"), hashed)
    bob = people.add_member(clinic, "Bob Lindqvist", people.email_address("bob"), hashed)
    history = DemoHistory(clinic, now)
    history.start_reminders(HISTORY_DAYS)
    history.add_daily_checks(HISTORY_DAYS)
    history.add(now - HISTORY_DAYS * dt.timedelta(days=1), partial(_set_advice_text, owner))
    soon, _day = _next_minute(clinic, now)
    _add_absence(history, bob, alice)
    scenarios.add_scenarios(history, alice, bob, soon)
    registrants.add_registrants(history)
    history.run()
    # The daily mail is sent within two minutes, and then at that time of each day.
    team_preferences.set_mail_preferences(
        alice, at_once=True, digest=True, digest_at=soon, digest_days=WEEKDAYS, by=alice.user
    )
    _add_dose_templates(alice)
    return clinic


def _set_advice_text(owner: Practitioner, now: dt.datetime) -> None:
    """Set one advice text, so that the history of the texts has a version."""
    text = "Good, {first_name}: carry on as planned."
    advice_texts.set_advice_text(owner.clinic, Advice.GO_ON, "en", text, by=owner, now=now)


def _add_dose_templates(by: Practitioner) -> None:
    """Add two dose templates."""
    exercise = Exercise.objects.current().get(slug=people.EXERCISE_SLUG)
    dose_templates.add_usual_template(exercise, by=by)
    chair = Dosage(["mon", "wed", "fri"], ["17:00"], variation="chair")
    dose_templates.add_template(exercise, "Gently, with a chair", chair, weeks=4, by=by)


def ensure_due_reminder(clinic: Clinic, now: dt.datetime) -> bool:
    """Move one plan to the next minute unless a reminder is due anyway. Returns whether it did."""
    prescriptions = _remindable(clinic, now)
    waiting = Schedule.objects.filter(active=True, prescription__in=prescriptions)
    if waiting.filter(next_due_at__gt=now - conf.lateness_limit, next_due_at__lte=now + DUE_WITHIN).exists():
        return False
    time, day = _next_minute(clinic, now)
    by_email = {row.client.email: row for row in prescriptions if _has_day(row.dose, day)}
    for email in (people.email_address(name) for name in MOVABLE):
        if email in by_email:
            _move(by_email[email], time, now)
            return True
    return False


def _add_absence(history: DemoHistory, absent: Practitioner, cover: Practitioner) -> None:
    """Add an absence of a week, four weeks ago."""
    first = (history.now - dt.timedelta(days=27)).date()
    last = first + dt.timedelta(days=6)
    history.add(
        history.now - dt.timedelta(days=29),
        lambda now: absences.add_absence(absent, starts_on=first, ends_on=last, cover=cover, by=absent.user, now=now),
    )


def _remindable(clinic: Clinic, now: dt.datetime) -> list[Prescription]:
    """Return the prescriptions whose reminder would be sent today."""
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
    """Return the first full minute after ``now``, as time and date in the clinic's time zone."""
    local = (now + dt.timedelta(minutes=1)).astimezone(zone(clinic.time_zone)).replace(second=0, microsecond=0)
    return local.time(), local.date()
