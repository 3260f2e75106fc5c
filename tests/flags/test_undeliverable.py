"""Mail that comes back: the reminders stop, and a practitioner hears of it."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from clinic.flags import lifecycle
from clinic.flags.undeliverable import mark_undeliverable
from clinic.mail.outbox import send_due
from clinic.models import Flag, Reminder
from clinic.prescriptions import prescribing
from clinic.reminders import planning
from tests import make
from tests.flags.flag_facts import evidence, facts, just_raised, mailed

NOW = timezone.now()


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


def test_the_flag_says_what_the_mail_server_said(cast, bend):
    flag = mark_undeliverable(cast.dana, "550 5.1.1 no such mailbox", NOW)
    assert (flag.prescription, flag.kind, flag.severity, flag.raised_at) == (bend, "undeliverable", "routine", NOW)
    assert flag.reason == "Mail to this client comes back: 550 5.1.1 no such mailbox"


def test_it_is_routine_holds_nothing_and_waits_on_the_worklist(cast, bend):
    flag = mark_undeliverable(cast.dana, "550", NOW)
    assert facts(flag) == just_raised("routine")
    assert (evidence(flag), mailed(NOW)) == ([], [])


def test_no_reminder_goes_out_any_more(cast, bend):
    mark_undeliverable(cast.dana, "550", NOW)
    due = bend.schedules.get().next_due_at
    planning.create_due_reminders(due)
    send_due(Reminder, due)
    assert Reminder.objects.get().status_detail == "undeliverable"
    assert mail.outbox == []


def test_the_second_bounce_raises_nothing_and_keeps_the_first_date(cast, bend):
    mark_undeliverable(cast.dana, "550", NOW)
    assert mark_undeliverable(cast.dana, "550", NOW + dt.timedelta(days=1)) is None
    assert cast.dana.undeliverable_since == NOW
    assert Flag.objects.count() == 1


def test_without_a_running_exercise_it_is_kept_without_a_flag(cast, bend):
    prescribing.end_prescription(bend, by=cast.alice.user, reason="Done.")
    assert mark_undeliverable(cast.dana, "550", NOW) is None
    cast.dana.refresh_from_db()
    assert cast.dana.undeliverable_since == NOW
    assert not Flag.objects.exists()


def test_resolving_the_flag_lets_mail_go_there_again(cast, bend):
    flag = mark_undeliverable(cast.dana, "550", NOW)
    lifecycle.resolve_flag(flag, cast.alice.user, "The mailbox was full; it is emptied.")
    cast.dana.refresh_from_db()
    assert cast.dana.undeliverable_since is None
