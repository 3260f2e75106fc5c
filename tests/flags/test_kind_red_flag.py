"""A warning sign: urgent at once, the exercise held, the reminders stopped, the client told whom to call."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.flags import lifecycle
from clinic.mail.outbox import send_due
from clinic.models import Advice, Flag, Notice, Reminder
from clinic.pain.advice import render_report_advice
from clinic.prescriptions import prescribing
from clinic.reminders import planning
from tests import make
from tests.flags.flag_facts import evidence, facts, just_raised, mailed


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


@pytest.fixture
def result(bend):
    return make.report(bend, 4, warning_signs=("saddle_numbness", "leg_weakness"))


@pytest.fixture
def flag(result):
    return Flag.objects.get()


def test_it_is_urgent_and_holds_the_exercise(flag):
    assert flag.kind == "red_flag"
    assert facts(flag) == just_raised("urgent", exercise="held")


def test_its_sentence_names_each_sign_in_the_words_the_client_was_asked(flag, bend):
    asked = {sign.code: sign.sign for sign in bend.exercise.precautions_in("en")}
    signs = {asked["saddle_numbness"], asked["leg_weakness"]}
    assert flag.reason.startswith("Said yes to: ")
    assert all(f"“{sign}”" in flag.reason for sign in signs)


def test_the_report_behind_it_is_kept(flag, result):
    assert (flag.raised_by, evidence(flag)) == (result.report, [result.report.pk])


def test_the_practitioner_is_mailed_at_the_next_tick(flag):
    assert mailed(flag.raised_at) == ["Alice <alice@riverside-physio.example>"]


def test_the_client_reads_the_clinics_fixed_text_with_whom_to_call(result, flag):
    assert result.report.advice == Advice.CALL_NOW
    assert render_report_advice(result.report) == (
        "Stop the exercise. Call 555 0100 now. If you cannot reach us, or you cannot feel between your legs, "
        "cannot pass water, or a leg is getting weak, go to an emergency department."
    )


def test_no_reminder_goes_out_any_more(flag, bend):
    due = bend.schedules.get().next_due_at
    planning.create_due_reminders(due)
    send_due(Reminder, due)
    assert Reminder.objects.get().status_detail == "held"


def test_a_second_sign_the_same_hour_is_the_same_flag_and_no_second_mail(flag, bend):
    second = make.report(bend, 4, warning_signs=("leg_weakness",))
    assert (second.flags, Flag.objects.count(), Notice.objects.count()) == ([], 1, 1)
    assert second.report.pk in evidence(flag)


def test_a_sign_without_any_score_is_enough(bend):
    assert [flag.kind for flag in make.report(bend, None, warning_signs=("leg_weakness",)).flags] == ["red_flag"]


def test_it_closes_with_a_note_alone_and_the_exercise_stays_held(cast, flag, bend):
    with pytest.raises(ValidationError):
        lifecycle.resolve_flag(flag, cast.alice.user, " ")
    lifecycle.resolve_flag(flag, cast.alice.user, "Seen today; nothing found.", flag.raised_at + dt.timedelta(hours=2))
    bend.refresh_from_db()
    assert (flag.state, bend.state) == ("resolved", "held")
    prescribing.resume_prescription(bend, by=cast.alice.user, reason="Seen.", now=timezone.now())
    assert bend.state == "active"
