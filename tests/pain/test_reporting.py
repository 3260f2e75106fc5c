"""A report, its flags and the hold are one transaction; what is wrong is told by field and nothing is stored."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.flags import lifecycle
from clinic.models import Advice, Correction, Flag, Notice, PainReport, Prescription
from clinic.pain import reporting
from clinic.pain.reporting import Answers
from clinic.prescriptions import prescribing
from tests import make

NOW = timezone.now()


def say(prescription, by=None, key=None, now=NOW + dt.timedelta(minutes=1), **answers):
    given = {"occurred_at": NOW, "did_exercise": True, "before": 4, **answers}
    return reporting.report_pain(prescription, Answers(**given), by=by, source=PainReport.Source.API, key=key, now=now)


def complaint(prescription, **answers):
    with pytest.raises(ValidationError) as caught:
        say(prescription, **answers)
    assert not PainReport.objects.exists()
    return caught.value.message_dict


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


@pytest.mark.parametrize(
    ("before", "after", "advice"),
    [
        (5, 3, Advice.GO_ON),
        (4, 4, Advice.CARRY_ON),
        (4, 6, Advice.STOP_TODAY),
        (4, 7, Advice.STOP),
        (4, None, Advice.THANKS),
    ],
)
def test_the_gauge_answers_at_once(bend, before, after, advice):
    assert say(bend, before=before, after=after).report.advice == advice


def test_missing_after_is_none_and_never_zero(bend):
    stored = say(bend, before=4).report
    stored.refresh_from_db()
    assert stored.after is None
    assert stored.change is None


@pytest.mark.parametrize("score", [-1, 11, 7.0, 7.5, "7", True, "", [7]])
@pytest.mark.parametrize("field", ["before", "after", "next_morning"])
def test_a_score_that_is_no_whole_number_from_0_to_10_is_refused(bend, field, score):
    assert set(complaint(bend, **{field: score})) == {field}


def test_a_report_without_any_score_is_refused(bend):
    assert "before" in complaint(bend, before=None)


def test_a_warning_sign_alone_is_a_report(bend):
    assert say(bend, before=None, warning_signs=("leg_weakness",)).report.advice == Advice.CALL_NOW


def test_the_database_itself_refuses_a_score_of_11(bend):
    stored = say(bend).report
    with pytest.raises(IntegrityError), transaction.atomic():
        PainReport.objects.filter(pk=stored.pk).update(before=11)


def test_a_report_from_the_future_is_refused(bend):
    assert set(complaint(bend, occurred_at=NOW + dt.timedelta(minutes=7))) == {"occurred_at"}


def test_clocks_may_differ_by_five_minutes(bend):
    assert say(bend, occurred_at=NOW + dt.timedelta(minutes=5)).report.pk


def test_a_report_from_before_the_start_is_refused(bend):
    assert set(complaint(bend, occurred_at=NOW - dt.timedelta(days=62))) == {"occurred_at"}


def test_unknown_areas_and_signs_are_named(bend):
    errors = complaint(bend, areas=("elbow",), warning_signs=("glaucoma",))
    assert set(errors) == {"areas", "warning_signs"}
    assert "elbow" in errors["areas"][0]
    assert "glaucoma" in errors["warning_signs"][0]


def test_an_ended_exercise_takes_no_report(cast, bend):
    prescribing.end_prescription(bend, by=cast.alice.user, reason="Done.")
    assert set(complaint(bend)) == {"prescription"}


def test_a_held_exercise_still_takes_a_report(cast, bend):
    prescribing.hold_prescription(bend, by=cast.alice.user, reason="Look first.")
    assert say(bend, did_exercise=False).report.pk


def test_a_warning_sign_holds_flags_and_tells_the_practitioner(cast, bend):
    outcome = say(bend, after=4, warning_signs=("saddle_numbness",))
    bend.refresh_from_db()
    assert outcome.report.advice == Advice.CALL_NOW
    assert bend.state == Prescription.State.HELD
    assert [(flag.kind, flag.severity) for flag in outcome.flags] == [("red_flag", "urgent")]
    assert Notice.objects.get().practitioner == cast.alice


def test_pain_moving_down_the_leg_is_a_high_flag_at_once(bend):
    outcome = say(bend, after=4, moved_down_leg=True)
    assert [(flag.kind, flag.severity) for flag in outcome.flags] == [("exercise_hurts", "high")]
    assert outcome.report.advice == Advice.STOP


def test_a_second_report_of_the_same_kind_adds_evidence_to_the_one_flag(bend):
    first, second = say(bend, after=8), say(bend, after=9)
    flag = Flag.objects.get()
    assert second.flags == []
    assert set(flag.evidence.all()) == {first.report, second.report}


def test_a_failure_while_flagging_leaves_no_report_behind(bend, monkeypatch):
    def break_off(*args):
        raise RuntimeError

    monkeypatch.setattr("clinic.flags.lifecycle.put_on_hold", break_off)
    with pytest.raises(RuntimeError):
        say(bend, after=9)
    assert not PainReport.objects.exists()
    assert not Flag.objects.exists()
    bend.trend.refresh_from_db()
    assert bend.trend.report_count == 0


def test_the_same_key_and_answers_again_give_the_same_report(bend):
    first, again = say(bend, after=8, key="k1"), say(bend, after=8, key="k1")
    assert again.repeated
    assert (again.report, again.flags) == (first.report, first.flags)
    assert PainReport.objects.count() == 1


def test_the_same_key_with_other_answers_is_refused(bend):
    say(bend, key="k1")
    with pytest.raises(reporting.KeyReused):
        say(bend, key="k1", before=5)
    assert PainReport.objects.count() == 1


def test_a_late_report_is_judged_where_it_belongs(bend):
    """The history is replayed in the order in which it happened, not in which it arrived."""
    days = [NOW - dt.timedelta(days=day) for day in range(30, 0, -1)]
    for day in days[:-1]:
        say(bend, occurred_at=day, before=3)
    late = days[10] + dt.timedelta(hours=1)
    outcome = say(bend, occurred_at=late, before=3, after=7)
    assert [flag.kind for flag in outcome.flags] == ["exercise_hurts"]
    bend.trend.refresh_from_db()
    assert bend.trend.last_report_at == days[-2]
    assert bend.trend.report_count == 30


def test_rising_pain_is_flagged_with_the_clients_own_numbers(bend):
    for day in range(45, 0, -1):
        score = 3 if day > 10 else 7
        say(bend, occurred_at=NOW - dt.timedelta(days=day), before=score, did_exercise=False)
    flag = Flag.objects.get()
    assert flag.kind == "worsening"
    assert flag.reason.startswith("Pain over about the last week averages ")
    assert "against a usual 3.0" in flag.reason
    assert flag.evidence.count() >= 2


def test_a_correction_keeps_the_old_answer_and_replays_the_rules(cast, bend):
    stored = say(bend, after=8).report
    outcome = reporting.correct_report(stored, {"after": 3}, reason="Pressed the wrong button.", by=cast.dana.user)
    assert outcome.report.after == 3
    kept = Correction.objects.get()
    assert (kept.field, kept.old, kept.new) == ("after", "8", "3")


def test_a_correction_without_a_reason_changes_nothing(cast, bend):
    stored = say(bend, after=5).report
    with pytest.raises(ValidationError) as caught:
        reporting.correct_report(stored, {"after": 3}, reason=" ", by=cast.dana.user)
    assert set(caught.value.message_dict) == {"reason"}
    stored.refresh_from_db()
    assert stored.after == 5


def test_a_correction_to_11_changes_nothing(cast, bend):
    stored = say(bend, after=5).report
    with pytest.raises(ValidationError):
        reporting.correct_report(stored, {"after": 11}, reason="Oops.", by=cast.dana.user)
    stored.refresh_from_db()
    assert stored.after == 5
    assert not Correction.objects.exists()


def test_a_warning_sign_after_the_flag_was_seen_opens_it_again_and_tells_again(cast, bend):
    say(bend, warning_signs=("leg_weakness",))
    flag = Flag.objects.get()
    lifecycle.acknowledge_flag(flag, cast.alice.user, now=NOW + dt.timedelta(minutes=2))
    say(bend, warning_signs=("leg_weakness",), now=NOW + dt.timedelta(minutes=3))
    flag.refresh_from_db()
    assert flag.state == Flag.State.OPEN
    assert [event.verb for event in flag.events.all()] == ["raised", "acknowledged", "reopened"]
    assert Notice.objects.count() == 2


def test_while_the_exercise_is_held_no_answer_says_to_carry_on(cast, bend):
    prescribing.hold_prescription(bend, by=cast.alice.user, reason="Look first.")
    assert say(bend, after=2).report.advice == Advice.STOP
    assert say(bend, did_exercise=False).report.advice == Advice.THANKS


def test_a_report_of_an_ended_exercise_can_still_be_corrected(cast, bend):
    stored = say(bend, after=5).report
    prescribing.end_prescription(bend, by=cast.alice.user, reason="Done.")
    outcome = reporting.correct_report(stored, {"after": 3}, reason="Pressed the wrong button.", by=cast.alice.user)
    assert outcome.report.after == 3
