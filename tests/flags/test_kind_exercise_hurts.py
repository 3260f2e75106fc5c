"""The exercise hurts: over sessions, by one strong rise, or because the pain moved down the leg. High, and held."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.flags import lifecycle
from clinic.models import Advice, Flag, Notice
from clinic.pain.advice import render_report_advice
from tests import make
from tests.flags.flag_facts import evidence, facts, just_raised, mailed

DAY = dt.timedelta(days=1)
START = timezone.now() - 20 * DAY


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


def sessions(prescription, *pairs):
    return [make.report(prescription, before, after, at=START + day * DAY) for day, (before, after) in enumerate(pairs)]


def test_over_sessions_it_is_high_and_held_and_shows_them(bend):
    results = sessions(bend, (3, 3), (3, 5), (4, 6))
    flag = Flag.objects.get()
    assert (flag.kind, flag.raised_by) == ("exercise_hurts", results[-1].report)
    assert facts(flag) == just_raised("high", exercise="held")
    assert flag.reason == "Pain rose with 2 of the last 3 sessions (3→3, 3→5, 4→6)."
    assert evidence(flag) == [outcome.report.pk for outcome in results]


def test_at_most_five_sessions_are_shown(bend):
    sessions(bend, (4, 3), (4, 4), (3, 4), (3, 3), (4, 4), (3, 4), (3, 5), (3, 5), (3, 5))
    flag = Flag.objects.get()
    assert flag.reason.count("→") == 5


@pytest.mark.parametrize(("before", "after"), [(0, 3), (4, 7), (7, 10)])
def test_one_rise_by_three_is_enough(bend, before, after):
    (result,) = sessions(bend, (before, after))
    flag = Flag.objects.get()
    assert facts(flag) == just_raised("high", exercise="held")
    assert flag.reason == f"Pain went from {before} to {after} with one session."
    assert evidence(flag) == [result.report.pk]


def test_a_rise_by_two_stops_for_today_and_raises_nothing(bend):
    (result,) = sessions(bend, (4, 6))
    bend.refresh_from_db()
    assert (result.report.advice, result.flags, bend.state) == (Advice.STOP_TODAY, [], "active")


def test_pain_that_moved_down_the_leg_is_high_at_once_whatever_the_scores(bend):
    result = make.report(bend, 5, 3, moved_down_leg=True)
    flag = Flag.objects.get()
    assert facts(flag) == just_raised("high", exercise="held")
    assert flag.reason == "The pain moved further down the leg after the exercise."
    assert evidence(flag) == [result.report.pk]


def test_a_pain_that_rose_by_the_next_morning_counts_as_a_rise(bend):
    result = make.report(bend, 3, 3, next_morning=6)
    assert [flag.reason for flag in result.flags] == ["Pain went from 3 to 6 with one session."]


def test_the_practitioner_is_mailed_at_the_next_tick(bend):
    sessions(bend, (3, 7))
    assert mailed(timezone.now()) == ["Alice <alice@riverside-physio.example>"]


def test_the_client_reads_that_it_is_paused(bend):
    (result,) = sessions(bend, (3, 7))
    assert result.report.advice == Advice.STOP
    assert "Your practitioner has paused this exercise." in render_report_advice(result.report)
    assert "Call 555 0100 if it gets worse." in render_report_advice(result.report)


def test_raised_once_however_often_it_hurts(bend):
    sessions(bend, (3, 7), (3, 7), (3, 8))
    flag = Flag.objects.get()
    assert (len(evidence(flag)), Notice.objects.count()) == (3, 1)
    assert [event.verb for event in flag.events.all()] == ["raised"]


def test_hurting_again_after_somebody_saw_it_opens_it_again_and_mails_again(cast, bend):
    sessions(bend, (3, 7))
    lifecycle.acknowledge_flag(Flag.objects.get(), cast.alice.user, "Will call.")
    make.report(bend, 3, 8)
    flag = Flag.objects.get()
    history = [(event.verb, event.by, event.note) for event in flag.events.all()]
    assert history == [("raised", None, ""), ("acknowledged", cast.alice.user, "Will call."), ("reopened", None, "")]
    assert (flag.state, Notice.objects.count()) == ("open", 2)
