"""No prescribed slot vanishes: what the client's day or a changed plan keeps back is a row that says why."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError

from clinic.clients import preferences as client_preferences
from clinic.mail.outbox import send_due
from clinic.models import Reminder
from clinic.prescriptions import prescribing
from clinic.reminders import planning
from tests import make

MONDAY = dt.datetime(2026, 3, 2, 5, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


def at(hour, minute=0, day=2):
    return dt.datetime(2026, 3, day, hour, minute, tzinfo=dt.UTC)


def tick(now):
    planning.create_due_reminders(now)
    send_due(Reminder, now)


def ledger():
    return [(f"{row.due_at:%H:%M}", row.state, row.status_detail) for row in Reminder.objects.order_by("due_at")]


def set_quiet_hours(client, begin, until):
    client_preferences.set_hours(
        client, time_zone="UTC", wakes_at=dt.time(7), quiet=(dt.time(begin), dt.time(until)), by=client.user
    )


def test_a_time_soon_after_getting_up(cast):
    make.prescription(cast.dana, times=["08:00", "18:00"])
    tick(at(8))
    assert ledger() == [("08:00", "skipped", "morning")]
    assert mail.outbox == []


def test_such_a_time_goes_out_where_the_practitioner_chose_it(cast):
    make.prescription(cast.dana, times=["08:00"], mornings_allowed=True)
    tick(at(8))
    assert ledger() == [("08:00", "sent", "")]


def test_a_time_in_quiet_hours(cast):
    make.prescription(cast.dana, times=["12:00", "18:00"])
    set_quiet_hours(cast.dana, 17, 9)
    tick(at(12))
    tick(at(18))
    assert ledger() == [("12:00", "sent", ""), ("18:00", "skipped", "quiet_hours")]


def test_a_late_mail_does_not_come_into_quiet_hours(cast):
    make.prescription(cast.dana, times=["18:00"])
    set_quiet_hours(cast.dana, 19, 9)
    planning.create_due_reminders(at(18))
    send_due(Reminder, at(19, 30))
    assert ledger() == [("18:00", "skipped", "quiet_hours")]


def test_quiet_hours_of_no_length_are_refused(cast):
    with pytest.raises(ValidationError) as refused:
        set_quiet_hours(cast.dana, 9, 9)
    assert refused.value.message_dict.keys() == {"quiet_until"}


def test_a_time_that_the_plan_dropped_between_planning_and_sending(cast):
    prescription = make.prescription(cast.dana, times=["12:00"])
    planning.create_due_reminders(at(12))
    prescribing.amend_prescription(prescription, make.dose(times=["20:00"]), by=cast.alice, reason="Later is better.")
    send_due(Reminder, at(12, 1))
    assert ledger() == [("12:00", "skipped", "changed")]


def test_after_an_outage_of_mail_only_the_newest_of_a_day_goes(cast):
    make.prescription(cast.dana, times=["12:00", "13:00", "14:00"])
    for hour in (12, 13, 14):
        planning.create_due_reminders(at(hour))
    send_due(Reminder, at(14, 30))
    assert ledger() == [("12:00", "skipped", "late"), ("13:00", "skipped", "late"), ("14:00", "sent", "")]
    assert len(mail.outbox) == 1


def test_two_exercises_an_hour_apart_are_two_mails(cast):
    make.prescription(cast.dana, times=["12:00"])
    make.prescription(cast.dana, times=["13:00"])
    planning.create_due_reminders(at(13))
    send_due(Reminder, at(13))
    assert [state for _due, state, _why in ledger()] == ["sent", "sent"]


def test_two_exercises_at_the_same_time_are_one_mail(cast):
    for _exercise in range(2):
        make.prescription(cast.dana, times=["12:00"])
    make.prescription(cast.erin, times=["12:00"])
    tick(at(12))
    assert sorted(ledger()) == [("12:00", "sent", ""), ("12:00", "sent", ""), ("12:00", "skipped", "together")]
    assert sorted(address for letter in mail.outbox for address in letter.to) == [
        "Dana <dana@home.example>", "Erin <erin@home.example>",
    ]  # fmt: skip


def test_so_are_two_that_follow_closely(cast):
    make.prescription(cast.dana, times=["12:00"])
    make.prescription(cast.dana, times=["12:20"])
    tick(at(12))
    tick(at(12, 20))
    assert ledger() == [("12:00", "sent", ""), ("12:20", "skipped", "together")]


def test_the_second_goes_where_the_first_does_not(cast):
    first = make.prescription(cast.dana, times=["12:00"])
    make.prescription(cast.dana, times=["12:00"])
    prescribing.hold_prescription(first, by=cast.alice.user, reason="Look first.")
    tick(at(12))
    assert sorted(ledger()) == [("12:00", "sent", ""), ("12:00", "skipped", "held")]


def test_a_slot_that_was_due_when_the_plan_changed_keeps_its_row(cast):
    prescription = make.prescription(cast.dana, times=["12:00"])
    prescribing.end_prescription(prescription, by=cast.alice.user, reason="Done.", now=at(12, 0))
    tick(at(12, 1))
    assert ledger() == [("12:00", "skipped", "ended")]


class TestTheNextReminderShown:
    def next(self, prescription, now=MONDAY):
        slot = planning.next_reminder(prescription, prescription.dose, now)
        return slot and f"{slot.due_at:%d %H:%M}"

    def test_is_the_earliest_of_the_times(self, cast):
        assert self.next(make.prescription(cast.dana, times=["18:00", "12:00"])) == "02 12:00"

    def test_passes_over_mornings_and_quiet_hours(self, cast):
        prescription = make.prescription(cast.dana, times=["08:00", "12:00", "18:00"])
        set_quiet_hours(prescription.client, 11, 13)
        assert self.next(prescription) == "02 18:00"

    def test_waits_for_the_end_of_a_pause(self, cast):
        prescription = make.prescription(cast.dana, times=["12:00"])
        client_preferences.pause_reminders(prescription.client, dt.date(2026, 3, 9), by=cast.dana.user)
        assert self.next(prescription) == "09 12:00"

    def test_is_none_while_held_or_unwanted(self, cast):
        prescription = make.prescription(cast.dana, times=["12:00"])
        client_preferences.set_reminders_wanted(prescription.client, False, by=None)
        assert self.next(prescription) is None
        client_preferences.set_reminders_wanted(prescription.client, True, by=None)
        prescribing.hold_prescription(prescription, by=cast.alice.user, reason="Look first.")
        assert self.next(prescription) is None
