"""The first reminder after a change of dose says in one line that there is one, and nothing of what it is."""

import datetime as dt

import pytest

from clinic.mail.outbox import send_due
from clinic.models import Reminder
from clinic.prescriptions import prescribing
from clinic.reminders import planning, sending
from tests import make

LINE = "Your plan has changed since the last reminder. Sign in to see how."
DAY = dt.timedelta(days=1)


@pytest.fixture
def plan(cast, time_machine):
    time_machine.move_to(dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC), tick=False)
    return make.prescription(cast.dana)


def amend(plan, now, **over):
    prescribing.amend_prescription(plan, make.dose(**over), by=plan.client.practitioner, reason="Sciatica?", now=now)


def sent(plan, mailoutbox):
    """The mail of the next slot, as the beat sends it."""
    due = plan.schedules.filter(active=True).order_by("next_due_at").first().next_due_at
    planning.create_due_reminders(due)
    before = len(mailoutbox)
    assert send_due(Reminder, due)["sent"] == 1
    assert len(mailoutbox) == before + 1
    return mailoutbox[-1], due


def test_a_reminder_before_any_change_says_nothing_of_one(plan, mailoutbox):
    mail, _due = sent(plan, mailoutbox)
    assert LINE not in mail.body


def test_the_next_one_after_a_change_says_so_once(plan, mailoutbox):
    _mail, due = sent(plan, mailoutbox)
    amend(plan, due + DAY / 4, sets=3)
    mail, due = sent(plan, mailoutbox)
    assert LINE in mail.body
    assert LINE in mail.alternatives[0][0]
    mail, _due = sent(plan, mailoutbox)
    assert LINE not in mail.body


def test_it_names_neither_exercise_nor_reason_nor_dose(plan, mailoutbox):
    _mail, due = sent(plan, mailoutbox)
    amend(plan, due + DAY / 4, sets=13)
    mail, _due = sent(plan, mailoutbox)
    whole = f"{mail.subject} {mail.body} {mail.alternatives[0][0]}"
    for secret in ("Forward bend", "Sciatica", "13 rounds"):
        assert secret not in whole


def test_who_had_no_reminder_lately_is_told_for_a_week(plan, mailoutbox):
    first_due = plan.schedules.get().next_due_at
    amend(plan, first_due - DAY / 8, times=["18:00"], sets=3)
    assert LINE in sent(plan, mailoutbox)[0].body


def test_a_resumed_plan_is_told_once_as_a_changed_one_is(plan, mailoutbox):
    _mail, due = sent(plan, mailoutbox)
    by = plan.client.practitioner.user
    prescribing.hold_prescription(plan, by=by, reason="Wait.", now=due + DAY / 8)
    prescribing.resume_prescription(plan, by=by, reason="All well.", now=due + DAY / 4)
    assert LINE in sent(plan, mailoutbox)[0].body
    assert LINE not in sent(plan, mailoutbox)[0].body


def test_it_costs_no_query(plan, django_assert_num_queries):
    due = plan.schedules.get().next_due_at
    planning.create_due_reminders(due)
    rows = list(Reminder.objects.select_related(*Reminder.related_paths))
    with django_assert_num_queries(4):  # as it was before
        sending.guard(rows, due)
