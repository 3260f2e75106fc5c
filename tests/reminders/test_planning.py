"""Due schedules become one reminder row a slot, and what must not go is skipped with its reason."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core import mail

from clinic.mail.outbox import send_due
from clinic.models import Client, Reminder, Schedule
from clinic.prescriptions import prescribing
from clinic.reminders import planning
from tests import make

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


def at(hour, minute=0, day=2):
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


def ledger():
    return list(Reminder.objects.order_by("due_at").values_list("slot", "state", "status_detail"))


def test_nothing_is_planned_before_it_is_due(cast):
    make.prescription(cast.dana)
    assert planning.create_due_reminders(at(17, 59)) == 0
    assert ledger() == []


def test_a_due_slot_becomes_one_row_however_often_the_tick_runs(cast):
    make.prescription(cast.dana)
    for _tick in range(3):
        planning.create_due_reminders(at(18))
    assert ledger() == [(dt.date(2026, 3, 2), "ready", "")]
    assert Schedule.objects.get().next_due_at == at(18, day=3)


def test_it_comes_at_the_clients_own_hour(cast):
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Asia/Kolkata")
    cast.dana.refresh_from_db()
    make.prescription(cast.dana)
    planning.create_due_reminders(at(12, 30))
    assert Reminder.objects.get().due_at == dt.datetime(2026, 3, 2, 18, 0, tzinfo=ZoneInfo("Asia/Kolkata"))


def test_after_an_outage_there_is_a_ledger_and_not_a_burst(cast):
    make.prescription(cast.dana)
    planning.create_due_reminders(at(18, 5, day=20))
    send_due(Reminder, at(18, 5, day=20))
    states = [state for _slot, state, _why in ledger()]
    assert states == ["skipped"] * 6 + ["sent"]
    assert {why for _slot, state, why in ledger() if state == "skipped"} == {"late"}
    assert len(mail.outbox) == 1


def skip_reason(cast, prescription, when=None):
    when = when or at(18)
    planning.create_due_reminders(when)
    send_due(Reminder, when)
    assert mail.outbox == []
    return Reminder.objects.get().status_detail


def update_client(client, **fields):
    Client.objects.filter(pk=client.pk).update(**fields)


def test_held(cast):
    prescription = make.prescription(cast.dana)
    prescribing.hold_prescription(prescription, by=cast.alice.user, reason="Look first.")
    assert skip_reason(cast, prescription) == "held"


def test_ended_between_planning_and_sending(cast):
    prescription = make.prescription(cast.dana)
    planning.create_due_reminders(at(18))
    prescribing.end_prescription(prescription, by=cast.alice.user, reason="Done.")
    assert skip_reason(cast, prescription) == "ended"


def test_paused(cast):
    update_client(cast.dana, paused_until=dt.date(2026, 3, 9))
    assert skip_reason(cast, make.prescription(cast.dana)) == "paused"


def test_already_reported_that_day(cast):
    prescription = make.prescription(cast.dana)
    make.report(prescription, 3, 2, at=at(9))
    assert skip_reason(cast, prescription) == "already_reported"


def test_unsubscribed(cast):
    update_client(cast.dana, reminders_wanted=False)
    assert skip_reason(cast, make.prescription(cast.dana)) == "unsubscribed"


def test_undeliverable(cast):
    update_client(cast.dana, undeliverable_since=MONDAY)
    assert skip_reason(cast, make.prescription(cast.dana)) == "undeliverable"


def test_quiet_hours_begun_since_it_was_planned(cast):
    prescription = make.prescription(cast.dana)
    update_client(cast.dana, quiet_from=dt.time(17), quiet_until=dt.time(8))
    assert skip_reason(cast, prescription) == "quiet_hours"


def test_no_consent(cast):
    invited = make.invited(cast.alice, "Frida")
    assert skip_reason(cast, make.prescription(invited)) == "no_consent"


def test_too_late(cast):
    prescription = make.prescription(cast.dana)
    planning.create_due_reminders(at(18))
    assert skip_reason(cast, prescription, at(21, 1)) == "late"


def test_a_report_of_yesterday_does_not_stop_todays_reminder(cast):
    prescription = make.prescription(cast.dana)
    make.report(prescription, 3, 2, at=at(20, day=1))
    planning.create_due_reminders(at(18))
    assert send_due(Reminder, at(18)) == {"sent": 1}


def test_the_cost_of_a_tick_follows_what_is_due(cast, django_assert_num_queries):
    for name in ("Frida", "Gus", "Hana", "Ivo"):
        make.prescription(make.client(cast.alice, name))
    with django_assert_num_queries(3):  # savepoint, who is due, release
        planning.create_due_reminders(at(9, 30))


def test_a_change_just_after_the_hour_does_not_jump_over_the_slot_that_is_due(cast):
    prescription = make.prescription(cast.dana)
    planning.set_schedules(prescription, at(18, 0))
    planning.create_due_reminders(at(18, 0))
    assert ledger() == [(dt.date(2026, 3, 2), "ready", "")]
