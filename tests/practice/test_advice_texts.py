"""What a report means for the client, in the words of the design."""

import pytest

from clinic.models import Advice
from clinic.pain.advice import render_report_advice
from clinic.prescriptions import prescribing
from tests import make


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


def words(prescription, before, after, **answers):
    return render_report_advice(make.report(prescription, before, after, **answers).report)


def test_better(bend):
    assert words(bend, 5, 3) == "Pain went from 5 to 3. Good: carry on as planned."


def test_the_same(bend):
    assert words(bend, 4, 4) == "Pain stayed at 4. Carry on, gently. We are watching how the days compare."


def test_worse(bend):
    assert words(bend, 4, 6) == (
        "Pain went from 4 to 6. Stop for today. Do not repeat it until tomorrow, "
        "and only if the pain is back to where it was."
    )


def test_held_names_the_clinics_phone(bend):
    assert words(bend, 4, 7) == (
        "Pain went from 4 to 7. Your practitioner has paused this exercise. You do not need to do anything; "
        "they will be in touch. Call 555 0100 if it gets worse."
    )


def test_a_good_session_does_not_say_carry_on_while_the_exercise_is_held(bend, cast):
    prescribing.hold_prescription(bend, by=cast.alice.user, reason="Away.")
    assert "paused" in words(bend, 5, 3)
    assert "arry on" not in words(bend, 4, 4)


def test_a_warning_sign_names_the_clinics_phone_and_the_emergency_department(bend):
    text = words(bend, 4, None, warning_signs=("saddle_numbness",))
    assert text.startswith("Stop the exercise. Call 555 0100 now.")
    assert text.endswith("go to an emergency department.")


def test_a_score_without_the_exercise_is_thanked_for(bend):
    assert words(bend, 4, None) == "Thank you. Your practitioner can see your answer."


@pytest.mark.parametrize("advice", Advice)
def test_there_are_words_for_every_advice(bend, advice):
    report = make.report(bend, 4, None).report
    report.advice = advice
    assert render_report_advice(report, "es").endswith(".")
