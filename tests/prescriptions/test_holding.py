"""Held means: no exercise, no reminder, until a practitioner has looked. Nothing else resumes it."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from clinic.clients import preferences as client_preferences
from clinic.flags import inactivity, lifecycle
from clinic.mail.outbox import send_due
from clinic.models import Flag, Prescription, Reminder
from clinic.pain import reporting
from clinic.prescriptions import prescribing
from clinic.reminders import planning
from tests import make

DAY = dt.timedelta(days=1)


@pytest.fixture
def held(cast):
    """Held by the rule: one session took the pain from 3 to 7."""
    prescription = make.prescription(cast.dana)
    make.report(prescription, 3, 7)
    prescription.refresh_from_db()
    return prescription


def state(prescription):
    return Prescription.objects.get(pk=prescription.pk).state


def test_the_rule_holds_and_says_why_and_that_nobody_did_it(held):
    change = held.changes.get()
    assert (change.old, change.new, change.reason, change.by) == ("active", "held", "the exercise hurts", None)
    assert held.state_reason == "the exercise hurts"


def test_good_reports_do_not_resume(held):
    for _again in range(5):
        make.report(held, 3, 1)
    assert state(held) == "held"


def test_a_correction_of_the_bad_report_does_not_resume(cast, held):
    reporting.correct_report(held.reports.get(), {"after": 3}, reason="A slip.", by=cast.dana.user)
    assert state(held) == "held"


def test_looking_at_the_flag_does_not_resume(cast, held):
    flag = Flag.objects.get()
    lifecycle.acknowledge_flag(flag, cast.alice.user)
    assert state(held) == "held"
    lifecycle.resolve_flag(flag, cast.alice.user, "Will see her on Monday.")
    assert state(held) == "held"


def test_amending_the_plan_does_not_resume(cast, held):
    prescribing.amend_prescription(held, make.dose(sets=1, times=["19:00"]), by=cast.alice, reason="Less.")
    assert state(held) == "held"


def test_the_clients_wishes_do_not_resume(cast, held):
    client_preferences.set_reminders_wanted(cast.dana, False, by=cast.dana.user)
    client_preferences.set_reminders_wanted(cast.dana, True, by=cast.dana.user)
    assert state(held) == "held"


def test_time_does_not_resume_and_brings_no_reminder(held):
    due_at = held.schedules.get().next_due_at
    for days in range(30):
        now = due_at + days * DAY
        planning.create_due_reminders(now)
        send_due(Reminder, now)
        inactivity.flag_silent_clients(now)
    assert state(held) == "held"
    assert Reminder.objects.exists()
    assert set(Reminder.objects.values_list("state", "status_detail")) == {("skipped", "held")}


def test_a_second_reason_to_hold_changes_nothing(cast, held):
    assert lifecycle.put_on_hold(held, "warning sign", timezone.now()) is False
    with pytest.raises(ValidationError) as refused:
        prescribing.hold_prescription(held, by=cast.alice.user, reason="Once more.")
    assert "state" in refused.value.message_dict
    assert held.changes.count() == 1


def test_a_practitioner_resumes_with_a_reason_and_the_next_reminder_goes(cast, held):
    prescribing.resume_prescription(held, by=cast.alice.user, reason="Seen; softer knees.")
    change = held.changes.get(new="active")
    assert (change.old, change.reason, change.by) == ("held", "Seen; softer knees.", cast.alice.user)
    due = held.schedules.get(active=True).next_due_at + DAY
    planning.create_due_reminders(due)
    send_due(Reminder, due)
    assert Reminder.objects.order_by("due_at").last().state == "sent"


def test_resuming_without_a_reason_is_refused(cast, held):
    with pytest.raises(ValidationError) as refused:
        prescribing.resume_prescription(held, by=cast.alice.user, reason="  ")
    assert "reason" in refused.value.message_dict
    assert state(held) == "held"
