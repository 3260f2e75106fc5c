"""The clinic's quiet hours: for clients who set none, at the last moment, and nothing has to be rewritten."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.clients import preferences as client_preferences
from clinic.models import Practitioner, Reminder, Schedule, SkipReason
from clinic.practice import settings as practice_settings
from clinic.reminders import planning, sending
from tests import make

DAY = dt.timedelta(days=1)
NIGHT = (dt.time(17), dt.time(8))


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)  # every day at 18:00


@pytest.fixture(autouse=True)
def quiet(cast):
    olga = make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)

    def settle(begin, end):
        practice_settings.change_settings(olga.clinic, {"quiet_from": begin, "quiet_until": end}, by=olga)

    return settle


def skip_reason(bend):
    schedule = Schedule.objects.get(prescription=bend)
    planning.create_due_reminders(schedule.next_due_at)
    row = Reminder.objects.select_related(*Reminder.related_paths).latest("pk")
    return sending.guard([row], schedule.next_due_at).get(row.pk)


def test_no_reminder_goes_in_them(bend, quiet):
    quiet(*NIGHT)
    assert skip_reason(bend) == SkipReason.QUIET_HOURS


def test_without_them_it_goes(bend):
    assert skip_reason(bend) is None


def test_who_set_hours_of_ones_own_keeps_those(bend, cast, quiet):
    quiet(*NIGHT)
    own = (dt.time(9), dt.time(10))
    client_preferences.set_hours(cast.dana, time_zone="UTC", wakes_at=dt.time(7), quiet=own, by=cast.dana.user)
    assert skip_reason(bend) is None
    assert cast.dana.quiet_hours == own


def test_the_next_reminder_that_is_told_follows_them_and_no_schedule_moves(bend, quiet):
    before = Schedule.objects.values_list("next_slot", "next_due_at").get()
    now = before[1] - dt.timedelta(hours=3)
    assert planning.next_reminder(_fresh(bend), bend.dose, now).due_at == before[1]
    quiet(*NIGHT)
    assert planning.next_reminder(_fresh(bend), bend.dose, now) is None
    assert Schedule.objects.values_list("next_slot", "next_due_at").get() == before
    quiet(None, None)
    assert planning.next_reminder(_fresh(bend), bend.dose, now).due_at == before[1]


def test_a_tick_asks_no_more_however_many_clinics(cast, django_assert_num_queries):
    """The clinic comes with the schedule: one query more for each client would be a query for each mail."""
    plans = [make.prescription(client) for client in (cast.dana, *(make.client(cast.alice, name) for name in "FGH"))]
    due = Schedule.objects.filter(prescription=plans[0]).get().next_due_at
    Schedule.objects.exclude(prescription=plans[0]).update(active=False)
    with CaptureQueriesContext(connection) as counted:
        planning.create_due_reminders(due)
    Schedule.objects.update(active=True, next_slot=due.date() + DAY, next_due_at=due + DAY)
    with django_assert_num_queries(len(counted)):
        planning.create_due_reminders(due + DAY)
    assert Reminder.objects.count() == 5


def _fresh(prescription):
    return type(prescription).objects.select_related("client__clinic").get(pk=prescription.pk)
