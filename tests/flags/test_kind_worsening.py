"""The usual pain is rising: high, mailed, not held, since the exercise is not to blame as far as is known."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.flags import lifecycle, phase
from clinic.models import Advice, Flag, Notice, PainTrend
from tests import make
from tests.flags.flag_facts import evidence, facts, just_raised, mailed

DAY = dt.timedelta(days=1)
START = timezone.now() - 40 * DAY
QUIET = [3, 4, 2, 3] * 7


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


def keep_diary(prescription, scores, first_day=0):
    return [make.report(prescription, score, at=START + day * DAY) for day, score in enumerate(scores, first_day)]


@pytest.fixture
def results(bend):
    """Until the flag is raised, and not a report further."""
    results = keep_diary(bend, QUIET)
    for day, score in enumerate([7, 6, 7, 7, 6, 7], start=len(QUIET)):
        results += keep_diary(bend, [score], first_day=day)
        if results[-1].flags:
            break
    return results


def test_it_is_high_and_the_exercise_goes_on(results):
    (flag,) = results[-1].flags
    assert flag.kind == "worsening"
    assert facts(flag) == just_raised("high", exercise="active")


def test_its_sentence_has_the_clients_own_numbers(results):
    (flag,) = results[-1].flags
    row = PainTrend.objects.get()
    assert flag.reason == (
        f"Pain over about the last week averages {row.recent:.1f}, against a usual {row.usual:.1f} in the weeks "
        f"before: up {row.rise:.1f} points, where this client's day-to-day swing is about {row.swing:.1f}."
    )


def test_the_reports_of_the_week_are_behind_it(results):
    (flag,) = results[-1].flags
    newest = results[-1].report.occurred_at
    week = [one.report.pk for one in results if newest - one.report.occurred_at < 7 * DAY]
    assert (flag.raised_by, evidence(flag)) == (results[-1].report, week)


def test_the_practitioner_is_mailed_at_the_next_tick(results):
    assert mailed(timezone.now()) == ["Alice <alice@riverside-physio.example>"]


def test_the_client_is_thanked_and_not_alarmed(results):
    assert results[-1].report.advice == Advice.THANKS


def test_a_new_one_may_be_a_flare_up(results):
    (flag,) = results[-1].flags
    began = flag.due_at or flag.raised_at
    assert phase.phase_label(phase.phase_of(flag, began + DAY)) == "new, may be a flare-up"


def test_one_bad_day_is_none(bend):
    keep_diary(bend, [*QUIET, 9, 3, 3])
    assert not Flag.objects.exists()


def test_raised_once_while_it_lasts_and_seen_it_is_not_opened_by_every_further_report(cast, bend, results):
    (flag,) = results[-1].flags
    lifecycle.acknowledge_flag(flag, cast.alice.user)
    further = keep_diary(bend, [7, 7, 6], first_day=len(results))
    flag.refresh_from_db()
    assert (flag.state, Notice.objects.count(), Flag.objects.count()) == ("acknowledged", 1, 1)
    assert {outcome.report.pk for outcome in further} <= set(evidence(flag))


def test_resolved_the_new_level_is_the_usual(cast, bend, results):
    (flag,) = results[-1].flags
    lifecycle.resolve_flag(
        flag, cast.alice.user, "A new job.", results[-1].report.occurred_at + DAY / 2, verdict="real"
    )
    keep_diary(bend, [7, 6, 7], first_day=len(results))
    assert not Flag.objects.unresolved().exists()
