"""So many reminders in a row without an answer, and no more are sent; somebody is told, and they can start again."""

import datetime as dt

import pytest
from django.core import mail

from clinic.clients import preferences as client_preferences
from clinic.flags import inactivity, lifecycle
from clinic.mail.outbox import send_due
from clinic.models import Flag, FlagEvent, Reminder
from clinic.reminders import planning
from tests import make

DAY = dt.timedelta(days=1)
MOST = 3


@pytest.fixture
def bend(cast, settings):
    settings.PLUMBLINE_IGNORED_AT_MOST = MOST
    return make.prescription(cast.dana)


def run_days(bend, count):
    """So many days of the plan; returns what became of each reminder, and the instant of the last."""
    ends = []
    for _day in range(count):
        due = bend.schedules.get().next_due_at
        planning.create_due_reminders(due)
        send_due(Reminder, due)
        row = Reminder.objects.latest("due_at")
        ends.append(row.status_detail or row.state)
    return ends, due


def test_the_one_after_so_many_is_not_sent(bend):
    assert run_days(bend, MOST + 2)[0] == [*["sent"] * MOST, "ignored", "ignored"]
    assert len(mail.outbox) == MOST


def test_a_report_starts_them_again(bend):
    _ends, last = run_days(bend, MOST + 1)
    make.report(bend, 3, at=last)
    assert run_days(bend, MOST + 1)[0] == [*["sent"] * MOST, "ignored"]


def test_the_clients_wish_starts_them_again(cast, bend):
    _ends, last = run_days(bend, MOST + 1)
    assert client_preferences.set_reminders_wanted(cast.dana, True, by=cast.dana.user, now=last) is False
    assert run_days(bend, MOST + 1)[0] == [*["sent"] * MOST, "ignored"]


def test_the_silent_flag_says_so_once(bend):
    _ends, last = run_days(bend, MOST + 1)
    assert inactivity.flag_silent_clients(last) == 1
    assert inactivity.flag_silent_clients(last + dt.timedelta(minutes=15)) == 0
    flag = Flag.objects.get()
    assert (flag.kind, flag.severity) == ("silent", "routine")
    assert flag.reason == "No answer to 3 reminders in a row, so no more are sent. There is no report yet."
    assert FlagEvent.objects.count() == 1


def test_a_silent_flag_that_is_open_already_tells_it_and_is_open_again(cast, bend, settings):
    settings.PLUMBLINE_IGNORED_AT_MOST = 6
    _ends, last = run_days(bend, 6)
    assert inactivity.flag_silent_clients(last) == 1
    flag = Flag.objects.get()
    lifecycle.acknowledge_flag(flag, cast.alice.user)
    _ends, last = run_days(bend, 1)
    assert [inactivity.flag_silent_clients(last), inactivity.flag_silent_clients(last)] == [0, 0]
    flag.refresh_from_db()
    assert flag.state == "open"
    assert "no more are sent" in flag.reason
    assert list(flag.events.order_by("pk").values_list("verb", flat=True)) == ["raised", "acknowledged", "reopened"]


def test_the_practitioner_who_resolves_it_starts_them_again(cast, bend):
    _ends, last = run_days(bend, MOST + 1)
    inactivity.flag_silent_clients(last)
    lifecycle.resolve_flag(Flag.objects.get(), cast.alice.user, "I called her.", last)
    assert inactivity.flag_silent_clients(last) == 0
    assert run_days(bend, MOST + 1)[0] == [*["sent"] * MOST, "ignored"]


def test_nobody_is_told_while_the_client_has_a_pause(cast, bend):
    _ends, last = run_days(bend, MOST + 1)
    client_preferences.pause_reminders(cast.dana, (last + 3 * DAY).date(), by=cast.dana.user, now=last)
    assert inactivity.flag_silent_clients(last) == 0


def test_another_exercise_that_is_answered_goes_on(cast, bend):
    _ends, last = run_days(bend, MOST)
    assert Reminder.objects.count_unanswered([bend.pk]) == {bend.pk: MOST}
    make.report(bend, 3, at=last)
    assert Reminder.objects.count_unanswered([bend.pk]) == {}
