"""A stop is never silent: each way in which nothing goes out any more is a complaint, with its remedy."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db.models import F

from clinic import tasks
from clinic.mail.outbox import send_due
from clinic.models import Heartbeat, Reminder, Schedule
from clinic.models.outbox import database_now
from clinic.operators import readiness
from clinic.operators.readiness import SILENT_FOR, check_rows
from clinic.reminders import planning
from tests import make
from tests.mail.conftest import nobody_listens  # noqa: F401  fixtures
from tests.mail.post import due_reminder

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ticking(db):
    """Every tick came to its end just now."""
    for name in SILENT_FOR:
        getattr(tasks, name)()


def components(now=None):
    found = check_rows(now)
    assert all(problem.description.endswith(".") and problem.remedy for problem in found)
    return [problem.component for problem in found]


def later(passed):
    """The components with a problem after that time, in which nothing ticked."""
    return components(database_now() + passed)


def test_all_ticks_ran_and_nothing_waits(ticking):
    assert components() == []


def test_before_the_first_tick_it_is_not_ready(db):
    assert components() == ["tick plan", "tick send", "tick sweep", "tick silence"]


def test_worker_and_beat_both_dead_show_after_three_minutes(ticking):
    assert later(2 * MINUTE) == []
    assert later(4 * MINUTE) == ["tick plan", "tick send", "tick sweep"]
    assert later(46 * MINUTE) == ["tick plan", "tick send", "tick sweep", "tick silence"]


def test_the_complaint_says_since_when_and_what_to_do(ticking):
    found = check_rows(database_now() + 6.5 * MINUTE)
    assert str(found[0]) == (
        "tick plan: It ran last 6 minutes ago. Start worker and beat (or the crontab), and read their log."
    )


def test_one_tick_that_fails_each_time_shows_though_the_others_run(ticking):
    Heartbeat.objects.filter(name="send").update(at=F("at") - 4 * MINUTE)
    assert components() == ["tick send"]


def beat_on(now):
    for name in SILENT_FOR:
        Heartbeat.objects.beat(name, now)


def test_slots_that_nobody_plans_show_after_five_minutes(ticking, cast):
    make.prescription(cast.dana)
    due = Schedule.objects.get().next_due_at
    beat_on(due + 4 * MINUTE)
    assert components(due + 4 * MINUTE) == []
    beat_on(due + 6 * MINUTE)
    assert components(due + 6 * MINUTE) == ["reminders"]


def test_reminders_that_nobody_sends_show_after_five_minutes(ticking, cast):
    row = due_reminder(cast.dana)
    for passed, expected in ((4 * MINUTE, []), (6 * MINUTE, ["reminders"])):
        beat_on(row.due_at + passed)
        assert components(row.due_at + passed) == expected


@pytest.mark.usefixtures("nobody_listens")
def test_a_mail_server_that_is_away_shows_though_every_tick_runs(ticking, cast):
    row = due_reminder(cast.dana)
    for minutes in range(7):
        now = row.due_at + minutes * MINUTE
        planning.create_due_reminders(now)
        send_due(Reminder, now)
        beat_on(now)
        assert components(now) == (["reminders"] if minutes > 5 else [])
    assert Reminder.objects.get().attempts == 0  # put off, not tried: it waits for its back-off and counts all the same


def test_a_sent_or_skipped_reminder_waits_no_more(ticking, cast):
    row = due_reminder(cast.dana)
    send_due(Reminder, row.due_at + MINUTE)
    now = row.due_at + 60 * MINUTE
    beat_on(now)
    assert components(now) == []


def test_a_notice_that_is_late_shows(ticking, cast):
    make.report(make.prescription(cast.dana), 4, 8)
    now = database_now() + 6 * MINUTE
    beat_on(now)
    assert components(now) == ["notices"]


def test_an_invitation_that_waits_is_no_reason(ticking, cast):
    """Whoever registers with an address that refuses for now could keep it complaining."""
    make.invited(cast.alice, "Frida")
    now = database_now() + 60 * MINUTE
    beat_on(now)
    assert components(now) == []


def test_nothing_that_it_says_is_about_somebody(ticking, cast):
    row = due_reminder(cast.dana)
    text = " ".join(str(problem) for problem in check_rows(row.due_at + dt.timedelta(days=1))).lower()
    assert [
        word for word in ("dana", "alice", "riverside", "bend", "home.example", row.message_id) if word in text
    ] == []


def test_the_cost_is_a_few_queries_whatever_waits(ticking, cast, django_assert_num_queries):
    now = database_now()
    with django_assert_num_queries(8):
        check_rows(now)
    row = due_reminder(cast.dana)
    make.prescription(cast.erin)
    with django_assert_num_queries(8):
        check_rows(row.due_at + 6 * MINUTE)


def test_an_unapplied_migration_is_named_with_its_remedy(ticking, monkeypatch):
    monkeypatch.setattr(readiness.MigrationExecutor, "migration_plan", lambda executor, targets: [("one", False)])
    assert [str(one) for one in check_rows()] == ["migrations: 1 not applied. Run: python manage.py migrate"]
