"""Late, corrected and backdated reports: the history is replayed, and the flag says when it would have been raised."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.flags import engine, lifecycle
from clinic.flags.phase import describe_delay
from clinic.models import Flag, PainReport, PainTrend, Prescription
from clinic.pain import reporting
from clinic.pain.reporting import Answers
from clinic.prescriptions import prescribing
from tests import make

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
START = dt.datetime(2026, 3, 2, 18, tzinfo=dt.UTC)


def say(prescription, day, received=None, **answers):
    """A report about 18:00 of a day after the start, received at once unless said otherwise."""
    at = START + day * DAY
    given = Answers(**{"occurred_at": at, "did_exercise": "after" in answers, **answers})
    now = at if received is None else START + received * DAY
    return reporting.report_pain(prescription, given, by=None, source=PainReport.Source.PORTAL, now=now)


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana, now=START, starts_on=START.date())


def test_a_flag_of_reports_in_time_says_nothing_of_it(bend):
    flag = say(bend, 3, before=3, after=7).flags[0]
    assert (flag.due_at, describe_delay(flag)) == (None, "")


def test_an_hour_is_in_time(bend):
    (flag,) = say(bend, 3, received=3 + 1 / 24, before=3, after=7).flags
    assert flag.due_at is None


def test_a_hurt_told_three_days_later_says_when_it_happened(bend):
    (flag,) = say(bend, 3, received=6, before=3, after=7).flags
    assert (flag.raised_at, flag.due_at) == (START + 6 * DAY, START + 3 * DAY)
    assert describe_delay(flag) == "Would have been raised on 5 March, had it been reported in time."


def test_the_day_is_the_clinics_own(cast, bend):
    cast.alice.clinic.time_zone = "Pacific/Auckland"
    cast.alice.clinic.save(update_fields=["time_zone"])
    say(bend, 3, received=6, before=3, after=7)
    assert "6 March" in describe_delay(Flag.objects.get())


def test_a_warning_sign_told_late_says_so_too(bend):
    flag = say(bend, 3, received=4, before=3, warning_signs=("leg_weakness",)).flags[0]
    assert (flag.kind, flag.due_at) == ("red_flag", START + 3 * DAY)


def test_a_rise_whose_reports_came_in_a_bundle_says_when_the_rule_would_have_flagged_it(cast, bend):
    """Four bad days arrive together on the tenth day after the first of them, the newest of them first."""
    twin = make.prescription(cast.erin, now=START, starts_on=START.date())
    quiet, bad = list(enumerate([3, 4, 2, 3] * 6)), list(enumerate([7, 6, 7, 7], start=24))
    for day, score in [*quiet, *bad]:
        say(twin, day, before=score)
    for day, score in quiet:
        say(bend, day, before=score)
    for day, score in reversed(bad):
        say(bend, day, received=34, before=score)
    in_time, late = (Flag.objects.get(prescription=one, kind="worsening") for one in (twin, bend))
    assert in_time.due_at is None
    assert (late.raised_at, late.due_at) == (START + 34 * DAY, in_time.raised_at)


def test_a_correction_that_shows_a_rise_says_when_it_would_have_been_raised(cast, bend):
    scores = [3, 4, 2, 3] * 6 + [7, 2, 7, 7]
    stored = [say(bend, day, before=score).report for day, score in enumerate(scores)]
    Flag.objects.all().delete()  # whatever the wrong number raised
    now = START + 40 * DAY
    outcome = reporting.correct_report(stored[25], {"before": 7}, reason="A slip.", by=cast.alice.user, now=now)
    (flag,) = outcome.flags
    assert (flag.kind, flag.raised_at) == ("worsening", now)
    assert stored[25].occurred_at <= flag.due_at <= stored[-1].occurred_at


def test_a_pain_of_the_next_morning_added_by_a_correction_is_not_late(cast, bend):
    stored = say(bend, 3, before=3, after=3).report
    outcome = reporting.correct_report(
        stored, {"next_morning": 7}, reason="This morning.", by=cast.alice.user, now=START + 3.6 * DAY
    )
    assert [(flag.kind, flag.due_at) for flag in outcome.flags] == [("exercise_hurts", None)]


def test_a_hurt_that_nobody_knew_of_is_raised_though_the_exercise_was_resumed_since(cast, bend):
    """The practitioner answered for what was known; this was not."""
    say(bend, 1, before=3, after=7)
    prescribing.resume_prescription(bend, by=cast.alice.user, reason="Seen.", now=START + 4 * DAY)
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Seen.", START + 4 * DAY)
    (flag,) = say(bend, 3, received=5, before=3, after=8).flags
    bend.refresh_from_db()
    assert (flag.due_at, bend.state) == (START + 3 * DAY, Prescription.State.HELD)


def test_a_report_from_before_the_flag_was_answered_is_replayed_to_where_it_belongs(cast, bend):
    for day, score in enumerate([3] * 24 + [7] * 6):
        say(bend, day, before=score)
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "New work.", START + 35 * DAY)
    assert say(bend, 31, received=36, before=7).flags == []
    row = PainTrend.objects.get()
    ran = row.state
    engine.replay_reports(row)
    assert row.state == ran


def test_two_reports_of_the_same_second_both_count_once(bend):
    for score in (3, 3, 4):
        say(bend, 2, before=score)
    row = PainTrend.objects.get()
    assert (row.report_count, row.last_report_at, row.state["reports"]) == (3, START + 2 * DAY, 3)


def test_a_clock_that_went_back_loses_nothing(bend):
    for day in (5, 4, 3, 6, 2):
        say(bend, day, received=6, before=3)
    row = PainTrend.objects.get()
    assert (row.report_count, row.last_report_at) == (5, START + 6 * DAY)


def test_at_most_the_newest_400_are_replayed_and_all_are_counted(bend, monkeypatch):
    monkeypatch.setattr(engine, "MAX_REPLAYED_REPORTS", 5)
    for day in range(8):
        say(bend, day, before=3)
    row = PainTrend.objects.get()
    engine.replay_reports(row)
    assert (row.report_count, row.state["reports"]) == (8, 5)
    assert timezone.is_aware(row.last_report_at)
