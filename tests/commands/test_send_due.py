"""`manage.py send_due [--now ISO]`: one tick by hand."""

import datetime as dt
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from clinic.clients import registration
from clinic.models import Notice, Reminder
from tests import make


def printed(*words):
    said = StringIO()
    call_command("send_due", *words, stdout=said)
    return said.getvalue().splitlines()


@pytest.fixture
def due(cast):
    """The instant at which Dana's reminder is due."""
    prescription = make.prescription(cast.dana)
    return prescription.schedules.get().next_due_at


def test_what_is_due_is_planned_and_sent_and_counted(cast, due):
    make.invited(cast.alice, "Frida")
    registration.register_visitor(cast.alice.clinic, name="Nora", email="nora@home.example", language="en")
    assert printed("--now", due.isoformat()) == [
        "schedules due: 1",
        "digests due: 0",
        "notices: none due",
        "confirmations: 1 sent",
        "invitations: 1 sent, 2 skipped",  # Dana and Erin joined before theirs was sent
        "welcomes: none due",
        "second_factor_resets: none due",
        "messages: none due",
        "reminders on phones: none due",
        "reminders: 1 sent",
        "digests: none due",
    ]
    assert len(mail.outbox) == 3


def test_a_second_tick_sends_nothing_twice(due):
    printed("--now", due.isoformat())
    mail.outbox.clear()
    assert printed("--now", due.isoformat()) == [
        "schedules due: 0",
        "digests due: 0",
        "notices: none due",
        "confirmations: none due",
        "invitations: none due",
        "welcomes: none due",
        "second_factor_resets: none due",
        "messages: none due",
        "reminders on phones: none due",
        "reminders: none due",
        "digests: none due",
    ]
    assert mail.outbox == []


def test_nothing_goes_before_its_time(due):
    printed("--now", (due - dt.timedelta(seconds=1)).isoformat())
    assert not Reminder.objects.exists()


def test_without_now_it_is_now(cast):
    make.report(make.prescription(cast.dana), 3, 8)
    assert "notices: 1 sent" in printed()
    assert Notice.objects.get().state == "sent"


@pytest.mark.parametrize("now", ["tomorrow", "2026-02-30T10:00:00Z", "2026-03-01", "2026-03-01T10:00:00", ""])
def test_a_bad_instant_is_named_with_the_remedy(due, now):
    with pytest.raises(CommandError, match=f"--now: “{now}” is not an instant.*2026-03-01T18:00:00"):
        printed("--now", now)
    assert not Reminder.objects.exists()
