"""A client moves, and the plan is edited on the way: a slot that came due has its row, and none comes too soon."""

import datetime as dt
from itertools import pairwise

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from clinic.models import Client, Reminder
from clinic.reminders import planning
from tests import make
from tests.reminders.test_slots_in_every_zone import ZONES

MONDAY = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
REST = dt.timedelta(hours=12)


def move_client(prescription, where, now):
    Client.objects.filter(pk=prescription.client_id).update(time_zone=where)
    with transaction.atomic():
        planning.set_schedules(prescription, now)


def due_times():
    return list(Reminder.objects.order_by("due_at").values_list("due_at", flat=True))


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana, now=MONDAY, starts_on=dt.date(2026, 3, 1))  # every day at 18:00; Dana is in UTC


def test_a_slot_due_and_not_yet_planned_gets_its_row_when_the_zone_changes(bend):
    evening = MONDAY.replace(hour=18)
    move_client(bend, "Asia/Tokyo", evening + dt.timedelta(seconds=10))
    assert due_times() == [evening]
    assert bend.schedules.get().time_zone == "Asia/Tokyo"


def test_it_gets_its_row_once_when_the_tick_comes_too(bend):
    evening = MONDAY.replace(hour=18)
    planning.create_due_reminders(evening)
    move_client(bend, "Asia/Tokyo", evening + HOUR)
    planning.create_due_reminders(evening + HOUR)
    assert due_times() == [evening]


def test_an_edit_of_the_plan_soon_after_the_move_brings_none_too_soon(bend):
    evening = MONDAY.replace(hour=18)
    planning.create_due_reminders(evening)
    move_client(bend, "Asia/Tokyo", evening + HOUR)  # 18:00 there is at 09:00 UTC, 15 hours after the last
    move_client(bend, "Pacific/Kiritimati", evening + 2 * HOUR)  # at 04:00 UTC, ten hours after it
    planning.set_schedules(bend, evening + 3 * HOUR)
    assert bend.schedules.get().next_due_at - evening >= REST


@given(st.lists(st.tuples(st.integers(1, 30), st.sampled_from([None, *ZONES])), min_size=1, max_size=8))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_however_often_a_client_moves_no_slot_comes_twice_within_twelve_hours(bend, steps):
    now = MONDAY
    with transaction.atomic():
        for hours, where in steps:
            now += hours * HOUR
            if hours % 2:  # sometimes the tick comes first, sometimes the move
                planning.create_due_reminders(now)
            if where:
                move_client(bend, where, now)
            else:
                planning.set_schedules(bend, now)
            planning.create_due_reminders(now)
        planning.create_due_reminders(now + 48 * HOUR)
        found = due_times()
        assert all(later - earlier >= REST for earlier, later in pairwise(found))
        assert found, "not one slot in two days"
        transaction.set_rollback(True)
    bend.refresh_from_db()
