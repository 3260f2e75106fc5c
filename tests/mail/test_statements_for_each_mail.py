"""What a batch asks of the database once does not grow with it; from mail to mail there is one statement."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.mail.outbox import send_due
from clinic.models import Practitioner, Reminder, Schedule
from clinic.reminders import planning
from tests import make


def one_evening(by: Practitioner, new_clients: list[str]) -> tuple[int, int]:
    """With these clients more, the next hour at which all are reminded: how many mails, how many statements."""
    for name in new_clients:
        make.prescription(make.client(by, name))
    now = max(Schedule.objects.values_list("next_due_at", flat=True))
    planning.create_due_reminders(now)
    with CaptureQueriesContext(connection) as asked:
        tally = send_due(Reminder, now)
    return tally["sent"], len(asked)


def test_each_further_mail_of_a_batch_costs_one_statement(db):
    by = make.practitioner(make.clinic())
    few, asked_for_few = one_evening(by, ["Dana", "Erin"])
    many, asked_for_many = one_evening(by, [f"Name{number}" for number in range(8)])
    assert (few, many) == (2, 10)
    assert asked_for_many - asked_for_few == many - few


def test_schedules_that_come_due_together_move_on_by_one_statement(db):
    by = make.practitioner(make.clinic())
    asked = []
    for names in (["Dana", "Erin"], ["Frida", "Gina", "Hanna"]):
        for name in names:
            make.prescription(make.client(by, name))
        with CaptureQueriesContext(connection) as seen:
            planning.create_due_reminders(max(Schedule.objects.values_list("next_due_at", flat=True)))
        asked.append(sum(query["sql"].startswith('UPDATE "clinic_schedule"') for query in seen.captured_queries))
    assert asked == [1, 1]
