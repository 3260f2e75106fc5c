"""The demo at every later start: nothing new, but a reminder soon."""

import datetime as dt

from clinic.mail.outbox import send_due
from clinic.models import Client, PainReport, PrescriptionVersion, Reminder, Schedule
from clinic.pain import reporting
from clinic.reminders import planning
from tests.commands.conftest import run_demo
from tests.commands.rows import every_row

MINUTE = dt.timedelta(minutes=1)


def soon_due(now):
    due = Schedule.objects.filter(active=True, next_due_at__gt=now, next_due_at__lte=now + 2 * MINUTE)
    return set(due.values_list("prescription__client__email", flat=True))


def test_a_second_run_makes_nothing_and_prints_the_same(demo):
    before = every_row()
    assert run_demo(demo.now + MINUTE / 4) == demo.printed
    assert every_row() == before


def test_a_run_an_hour_later_moves_one_plan_to_the_next_minute(demo):
    now = demo.now + 60 * MINUTE
    planning.create_due_reminders(now)
    send_due(Reminder, now)
    before = every_row()
    assert run_demo(now) == demo.printed
    assert soon_due(now) == {"dana@demo.example"}
    changed = {table for table, rows in every_row().items() if rows != before[table]}
    assert changed == {"clinic.PrescriptionVersion", "clinic.Schedule", "clinic.AuditEntry"}


def test_what_the_plan_asks_for_stays_when_it_moves(demo):
    first = Client.objects.get(email="dana@demo.example").prescriptions.get().dose
    planning.create_due_reminders(demo.now + 60 * MINUTE)
    run_demo(demo.now + 60 * MINUTE)
    moved = PrescriptionVersion.objects.get(prescription=first.prescription_id, number=2)
    for kept in ("starts_on", "ends_on", "days", "sets", "hold_seconds", "variation"):
        assert getattr(moved, kept) == getattr(first, kept), kept


def test_a_reminder_that_is_late_but_not_too_late_is_enough(demo):
    before = every_row()
    run_demo(demo.now + 60 * MINUTE)  # nothing ran in between: today's reminders go out at this start
    assert every_row() == before


def test_when_dana_has_reported_it_is_somebody_else(demo):
    now = demo.now + 60 * MINUTE
    planning.create_due_reminders(now)
    dana = Client.objects.get(email="dana@demo.example")
    answers = reporting.Answers(occurred_at=now, did_exercise=True, before=3, after=3)
    reporting.report_pain(dana.prescriptions.get(), answers, by=dana.user, source=PainReport.Source.PORTAL, now=now)
    run_demo(now + MINUTE)
    assert soon_due(now + MINUTE) == {"greta@demo.example"}


def test_days_later_too(demo):
    now = demo.now + dt.timedelta(days=6, hours=7)
    planning.create_due_reminders(now)
    run_demo(now)
    assert soon_due(now) == {"dana@demo.example"}


def test_early_in_the_morning_too(demo):
    now = demo.now.replace(hour=7, minute=30) + dt.timedelta(days=1)  # she got up at seven
    planning.create_due_reminders(now)
    run_demo(now)
    assert soon_due(now) == {"dana@demo.example"}
