"""The client is reminded of some of the prescribed slots; the plan stays, and the ledger says why a mail did not go."""

import datetime as dt

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError

from clinic.clients import preferences as client_preferences
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Prescription, Reminder, ReminderChoice
from clinic.prescriptions import prescribing
from clinic.reminders import planning, sending
from tests import make

MONDAY = dt.datetime(2026, 3, 2, 6, 0, tzinfo=dt.UTC)
WHOLE = ["mon", "wed", "fri"]


@pytest.fixture(autouse=True)
def _monday_morning():
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana, days=WHOLE, times=["12:00", "18:00"])


def at(hour, day=2):
    return dt.datetime(2026, 3, day, hour, 0, tzinfo=dt.UTC)


def choose(bend, days=WHOLE, times=("12:00", "18:00")):
    client_preferences.choose_reminders(bend, days=days, times=times, by=bend.client.user)


def week(*hours):
    """Let a week pass, tick by tick."""
    for day in range(2, 9):
        for hour in hours or (12, 18):
            planning.create_due_reminders(at(hour, day))
            send_due(Reminder, at(hour, day))


def sent():
    rows = Reminder.objects.filter(state="sent").select_related("schedule").order_by("due_at")
    return [(row.slot.isoweekday(), row.schedule.local_time.hour) for row in rows]


def next_due(bend):
    stored = Prescription.objects.get(pk=bend.pk)
    slot = planning.next_reminder(stored, stored.dose, MONDAY)
    return slot and slot.due_at


def test_only_the_chosen_slots_are_mailed_and_the_ledger_keeps_the_others(bend):
    choose(bend, days=["wed", "fri"], times=["18:00"])
    week()
    assert sent() == [(3, 18), (5, 18)]
    others = Reminder.objects.exclude(state="sent")
    assert set(others.values_list("state", "status_detail")) == {("skipped", "not_wanted")}
    assert others.count() == 4


def test_the_next_reminder_is_the_next_chosen_one(bend):
    assert next_due(bend) == at(12)
    choose(bend, days=["wed"], times=["18:00"])
    assert next_due(bend) == at(18, day=4)


def test_the_plan_itself_stays_as_prescribed(bend):
    before = list(bend.versions.values())
    choose(bend, days=["wed"], times=["18:00"])
    assert list(bend.versions.values()) == before


def test_off_wholly_and_on_again_keeps_what_was_chosen(bend):
    choose(bend, times=["18:00"])
    client_preferences.set_exercise_reminders(bend, False, by=bend.client.user)
    assert next_due(bend) is None
    week()
    assert mail.outbox == []
    client_preferences.set_exercise_reminders(bend, True, by=bend.client.user)
    assert next_due(bend) == at(18)


def test_one_exercise_is_switched_off_and_the_other_goes_on(cast, bend):
    other = make.prescription(cast.dana, days=["mon"], times=["18:00"])
    client_preferences.set_exercise_reminders(bend, False, by=cast.dana.user)
    planning.create_due_reminders(at(18))
    send_due(Reminder, at(18))
    assert [row.schedule.prescription for row in Reminder.objects.filter(state="sent")] == [other]


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"days": []}, "days", "Keep at least one"),
        ({"times": []}, "times", "Keep at least one"),
        ({"days": ["tue"]}, "days", "the plan has changed meanwhile"),
        ({"times": ["18:00", "19:00"]}, "times", "the plan has changed meanwhile"),
    ],
)
def test_what_was_not_prescribed_or_leaves_nothing_is_refused(bend, given, field, message):
    with pytest.raises(ValidationError) as refused:
        choose(bend, **given)
    assert message in refused.value.message_dict[field][0]
    assert not ReminderChoice.objects.exists()


def test_an_amended_plan_keeps_what_still_fits_and_reminds_of_what_is_new(cast, bend):
    choose(bend, days=["wed", "fri"], times=["18:00"])
    prescribing.amend_prescription(
        bend, make.dose(days=["mon", "wed", "sun"], times=["18:00", "20:00"]), by=cast.alice, reason="x"
    )
    week(12, 18, 20)
    assert sent() == [(3, 18), (3, 20), (7, 18), (7, 20)]  # still no Monday; Sunday and eight o'clock are new


def test_an_amended_plan_of_which_nothing_was_chosen_is_reminded_of_as_it_is(cast, bend):
    choose(bend, days=["wed", "fri"], times=["18:00"])
    prescribing.amend_prescription(bend, make.dose(days=["mon"], times=["12:00"]), by=cast.alice, reason="x")
    assert next_due(bend) == at(12)


def test_each_choice_is_in_the_audit_with_its_maker(cast, bend):
    choose(bend, times=["18:00"])
    client_preferences.set_exercise_reminders(bend, False, by=cast.dana.user)
    entries = AuditEntry.objects.filter(target_kind="prescription", target_id=bend.pk)[:2]
    assert [(entry.verb, entry.actor_id) for entry in entries] == [
        ("exercise_reminders_turned_off", cast.dana.user_id), ("exercise_reminders_chosen", cast.dana.user_id),
    ]  # fmt: skip


def test_the_guard_asks_for_all_choices_at_once(cast, bend, django_assert_num_queries):
    planning.create_due_reminders(at(12))
    rows = list(Reminder.objects.select_related(*Reminder.related_paths))
    with django_assert_num_queries(4):
        sending.guard(rows, at(12))
