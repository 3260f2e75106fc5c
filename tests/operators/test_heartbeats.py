"""Each tick leaves a sign that it came to its end, and nothing else does."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import call_command

from clinic import tasks
from clinic.mail import outbox
from clinic.mail.outbox import send_due
from clinic.models import Heartbeat, Invitation
from clinic.models.outbox import database_now
from clinic.reminders import planning
from tests.mail.post import invitations

pytestmark = pytest.mark.django_db
TICKS = ("plan", "send", "sweep", "silence")


def beats():
    return dict(Heartbeat.objects.values_list("name", "at"))


@pytest.mark.parametrize("name", TICKS)
def test_a_tick_leaves_its_own_beat(name):
    before = database_now()
    getattr(tasks, name)()
    assert list(beats()) == [name]
    assert before <= beats()[name] <= database_now()


def test_a_later_tick_moves_the_beat_on():
    Heartbeat.objects.beat("plan", database_now() - dt.timedelta(hours=1))
    tasks.plan()
    assert database_now() - beats()["plan"] < dt.timedelta(minutes=1)


def test_a_tick_that_fails_leaves_none(monkeypatch):
    def broken(now):
        raise RuntimeError("no plan today")

    monkeypatch.setattr(planning, "create_due_reminders", broken)
    with pytest.raises(RuntimeError):
        tasks.plan()
    assert beats() == {}


def test_a_long_send_beats_after_each_batch(settings, monkeypatch):
    settings.PLUMBLINE_BATCH = 2
    invitations(5)
    alive = []
    send = outbox._Batch.send

    def watched(batch, rows):
        alive.append("send" in beats())
        Heartbeat.objects.all().delete()
        send(batch, rows)

    monkeypatch.setattr(outbox._Batch, "send", watched)
    assert send_due(Invitation) == {"sent": 5}
    assert alive == [False, True, True]


def test_the_commands_of_a_crontab_leave_the_same_beats():
    call_command("send_due")
    assert set(beats()) == {"plan", "send"}
    call_command("sweep")
    assert set(beats()) == set(TICKS)


def test_a_command_for_another_instant_is_no_tick():
    for command in ("send_due", "sweep"):
        call_command(command, now=dt.datetime(2026, 3, 1, 18, tzinfo=dt.UTC))
    assert beats() == {}
