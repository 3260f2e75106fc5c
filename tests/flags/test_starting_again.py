"""What a practitioner has answered for is not held against the client again; what comes after it is."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.flags import engine, lifecycle
from clinic.models import Flag, PainTrend, Prescription
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from tests import make

START = timezone.now() - dt.timedelta(days=40)


def day(number):
    return START + dt.timedelta(days=number)


@pytest.fixture
def held(cast):
    """Three sessions that each made it worse: the exercise is held."""
    prescription = make.prescription(cast.dana)
    for number in range(3):
        make.report(prescription, 3, 5, at=day(number))
    prescription.refresh_from_db()
    assert prescription.state == Prescription.State.HELD
    return prescription


def test_resolved_and_resumed_a_good_session_holds_nothing(cast, held):
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Chair variation from now on.")
    prescribing.resume_prescription(held, by=cast.alice.user, reason="Easier way.")
    outcome = make.report(held, 3, 2)
    held.refresh_from_db()
    assert outcome.flags == []
    assert held.state == Prescription.State.ACTIVE


def test_resumed_with_the_flag_still_open_a_good_session_does_not_hold_again(cast, held):
    prescribing.resume_prescription(held, by=cast.alice.user, reason="Easier way.")
    make.report(held, 3, 2)
    held.refresh_from_db()
    assert held.state == Prescription.State.ACTIVE


def test_resumed_and_hurting_again_it_is_held_again(cast, held):
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Try again.")
    prescribing.resume_prescription(held, by=cast.alice.user, reason="Try again.")
    outcome = make.report(held, 3, 7)
    held.refresh_from_db()
    assert [flag.kind for flag in outcome.flags] == ["exercise_hurts"]
    assert held.state == Prescription.State.HELD


def test_a_replay_gives_the_same_state_as_the_run_did(cast, held):
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Try again.")
    prescribing.resume_prescription(held, by=cast.alice.user, reason="Try again.")
    make.report(held, 3, 4)
    row = PainTrend.objects.get()
    ran = (row.state, row.response, row.report_count, row.last_report_at)
    engine.replay_reports(row)
    assert (row.state, row.response, row.report_count, row.last_report_at) == ran


def test_a_damaged_state_is_replayed_and_nothing_is_lost(cast, caplog):
    prescription = make.prescription(cast.dana)
    for number in range(5):
        make.report(prescription, 3, 3, at=day(number))
    good = PainTrend.objects.get()
    PainTrend.objects.update(state={"rule": "trend-0"}, response={"rule": 7})
    make.report(prescription, 3, 3, at=day(5))
    mended = PainTrend.objects.get()
    assert mended.report_count == good.report_count + 1 == 6
    assert "replayed" in caplog.text


def test_resolving_a_rise_accepts_the_new_level_as_usual(cast):
    prescription = make.prescription(cast.dana)
    for number in range(38):
        make.report(prescription, 2 if number < 28 else 6, at=day(number))
    lifecycle.resolve_flag(Flag.objects.get(kind="worsening"), cast.alice.user, "A new job; this is how it is now.")
    make.report(prescription, 6, at=day(39))
    assert not Flag.objects.unresolved().exists()


def test_a_late_pain_only_report_does_not_bring_back_an_answered_hold(cast, held):
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Easier way.")
    prescribing.resume_prescription(held, by=cast.alice.user, reason="Easier way.")
    outcome = make.report(held, 3, at=day(1))
    held.refresh_from_db()
    assert outcome.flags == []
    assert held.state == Prescription.State.ACTIVE


def test_a_corrected_note_does_not_bring_back_a_resolved_warning_sign(cast):
    prescription = make.prescription(cast.dana)
    stored = make.report(prescription, 3, warning_signs=("leg_weakness",)).report
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "Looked at her: a false alarm.")
    prescribing.resume_prescription(prescription, by=cast.alice.user, reason="A false alarm.")
    outcome = reporting.correct_report(stored, {"note": "It was the shoe."}, reason="A slip.", by=cast.dana.user)
    prescription.refresh_from_db()
    assert outcome.flags == []
    assert prescription.state == Prescription.State.ACTIVE


def test_a_warning_sign_added_by_a_correction_is_raised(cast):
    prescription = make.prescription(cast.dana)
    stored = make.report(prescription, 3).report
    outcome = reporting.correct_report(
        stored, {"warning_signs": ("leg_weakness",)}, reason="I forgot to say.", by=cast.dana.user
    )
    assert [flag.kind for flag in outcome.flags] == ["red_flag"]
