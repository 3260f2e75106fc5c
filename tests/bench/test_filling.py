"""The practices of the benchmark hold as those that the product made would, and a tick sends what is due in them."""

import datetime as dt

import pytest
from django.core import mail
from django.utils import timezone

from bench import filling
from clinic.mail.outbox import send_due
from clinic.models import Reminder, Schedule
from clinic.models.outbox import database_now
from clinic.reminders import planning


@pytest.mark.django_db(transaction=True)
def test_a_filled_practice_sends_what_is_due_and_keeps_its_ledger():
    filling.fill(40, due=10, ledger_days=3, now=timezone.now())
    assert (Schedule.objects.count(), Reminder.objects.count()) == (40, 30)
    filling.make_due(40, due=10, slot=timezone.now().date() + dt.timedelta(days=1), at=database_now())
    assert planning.create_due_reminders(database_now()) == 10
    assert send_due(Reminder) == {"sent": 10}
    assert len(mail.outbox) == 10
