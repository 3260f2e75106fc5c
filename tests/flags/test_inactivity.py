"""Silent: no report for three of the client's own usual gaps, and for at least four days."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.clients import preferences as client_preferences
from clinic.flags import inactivity, lifecycle
from clinic.models import Client, Flag, FlagEvent, Notice
from clinic.prescriptions import prescribing
from tests import make
from tests.flags.flag_facts import evidence, facts, just_raised, mailed

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
START = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - 60 * DAY


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana, now=START, starts_on=START.date())


def reports(prescription, *days):
    """A report at noon of each of these days after the start; returns when the last was."""
    for day in days:
        make.report(prescription, 3, at=START + day * DAY)
    return START + days[-1] * DAY


@pytest.mark.parametrize(("every", "silent_after"), [(1, 4), (2, 6), (3, 9)])
def test_three_usual_gaps_and_at_least_four_days(bend, every, silent_after):
    last = reports(bend, *range(0, 6 * every, every))
    assert inactivity.flag_silent_clients(last + silent_after * DAY - HOUR) == 0
    assert inactivity.flag_silent_clients(last + silent_after * DAY) == 1


def test_the_usual_gap_is_that_of_the_last_ten_not_of_the_beginning(bend):
    last = reports(bend, *range(0, 10), *range(12, 36, 3))
    assert inactivity.flag_silent_clients(last + 5 * DAY) == 0


def test_two_reports_on_one_day_are_no_gap(bend):
    for day in range(0, 12, 3):
        reports(bend, day, day + 0.1)
    assert inactivity.flag_silent_clients(START + 9.1 * DAY + 8 * DAY) == 0


def test_before_a_habit_is_known_the_plan_is_the_measure(cast):
    weekly = make.prescription(cast.dana, now=START, starts_on=START.date(), days=["mon"])
    last = reports(weekly, 1)
    assert inactivity.flag_silent_clients(last + 20 * DAY) == 0
    assert inactivity.flag_silent_clients(last + 21 * DAY) == 1


def test_the_flag_is_routine_and_says_the_clients_own_rhythm(bend):
    last = reports(bend, 0, 2, 4, 6)
    inactivity.flag_silent_clients(last + 7 * DAY)
    flag = Flag.objects.get()
    assert (flag.kind, flag.severity, flag.raised_by) == ("silent", "routine", None)
    assert flag.reason == f"No report since {last.day} {last:%B}; one used to come about every 2 days."
    assert facts(flag) == just_raised("routine")
    assert (evidence(flag), mailed(flag.raised_at)) == ([], [])
    assert not Notice.objects.exists()


def test_who_never_reported_is_silent_too(bend):
    now = timezone.now() + 5 * DAY  # Dana joined today
    assert inactivity.flag_silent_clients(now) == 1
    assert Flag.objects.get().reason == f"No report yet; the exercise began on {START.day} {START:%B}."


def test_nobody_is_silent_before_the_plan_begins(cast):
    today = timezone.now()
    make.prescription(cast.dana, starts_on=today.date() + 10 * DAY)
    assert inactivity.flag_silent_clients(today + 8 * DAY) == 0
    assert inactivity.flag_silent_clients(today + 15 * DAY) == 1


def test_one_flag_however_often_it_is_looked_for(bend):
    last = reports(bend, 0, 1, 2, 3)
    assert inactivity.flag_silent_clients(last + 5 * DAY) == 1
    assert inactivity.flag_silent_clients(last + 6 * DAY) == 0
    assert Flag.objects.count() == 1


def test_not_while_paused_and_not_on_the_day_after(cast, bend):
    last = reports(bend, 0, 1, 2, 3)
    until = (last + 20 * DAY).date()
    client_preferences.pause_reminders(cast.dana, until, by=cast.dana.user, now=last + DAY)
    assert inactivity.flag_silent_clients(last + 12 * DAY) == 0
    assert inactivity.flag_silent_clients(last + 21 * DAY) == 0
    assert inactivity.flag_silent_clients(last + 25 * DAY) == 1


def test_not_while_held_and_not_right_after_resuming(cast, bend):
    last = reports(bend, 0, 1, 2, 3)
    prescribing.hold_prescription(bend, by=cast.alice.user, reason="Flu.", now=last + DAY)
    assert inactivity.flag_silent_clients(last + 12 * DAY) == 0
    prescribing.resume_prescription(bend, by=cast.alice.user, reason="Well again.", now=last + 13 * DAY)
    assert inactivity.flag_silent_clients(last + 16 * DAY) == 0
    assert inactivity.flag_silent_clients(last + 17 * DAY) == 1


def test_not_once_the_exercise_or_its_plan_has_ended(cast, bend):
    last = reports(bend, 0, 1, 2, 3)
    over = make.prescription(cast.erin, now=START, starts_on=START.date(), ends_on=(START + 8 * DAY).date())
    reports(over, 0, 1, 2, 3)
    prescribing.end_prescription(bend, by=cast.alice.user, reason="Goal reached.", now=last + DAY)
    assert inactivity.flag_silent_clients(last + 12 * DAY) == 0


def test_not_before_the_invitation_is_accepted(cast):
    make.prescription(make.invited(cast.alice, "Frida"), now=START, starts_on=START.date())
    assert Client.objects.filter(state="invited").exists()
    assert inactivity.flag_silent_clients(timezone.now() + 30 * DAY) == 0


def test_it_ends_by_itself_when_the_client_reports(bend):
    last = reports(bend, 0, 1, 2, 3)
    inactivity.flag_silent_clients(last + 5 * DAY)
    reports(bend, 9)
    flag = Flag.objects.get()
    resolved = flag.events.get(verb=FlagEvent.Verb.RESOLVED)
    assert (flag.state, resolved.by, resolved.note) == ("resolved", None, "The client reported again.")


def test_a_second_silence_is_a_second_flag(bend):
    last = reports(bend, 0, 1, 2, 3)
    inactivity.flag_silent_clients(last + 5 * DAY)
    last = reports(bend, 9)
    assert inactivity.flag_silent_clients(last + 5 * DAY) == 1
    assert Flag.objects.unresolved().count() == 1


def test_a_silence_that_was_resolved_counts_from_there_anew(cast, bend):
    last = reports(bend, 0, 2, 4, 6)
    noticed = last + 7 * DAY
    inactivity.flag_silent_clients(noticed)
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "On holiday until Friday.", noticed)
    assert inactivity.flag_silent_clients(noticed + 5 * DAY) == 0
    assert inactivity.flag_silent_clients(noticed + 6 * DAY) == 1
