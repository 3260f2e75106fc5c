"""A list of thirty asks the database no more often than a list of three."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.models import Reminder
from clinic.models.outbox import State
from tests import make
from tests.api.calls import Program


def fill(cast, names):
    for name in names:
        bend = make.prescription(make.client(cast.alice, name), times=["12:00", "18:00"])
        make.report(bend, 3, 2, areas=("hip", "low_back"))
        make.report(bend, 4, 7, warning_signs=("saddle_numbness",))


def queries(program, path):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = program.get(path)
    assert answer.status_code == 200
    return len(captured), answer.json()["count"]


@pytest.mark.parametrize("path", ["clients/", "prescriptions/", "pain-reports/", "flags/", "worklist/"])
def test_three_and_thirty_clients_cost_the_same(cast, path):
    program = Program(cast.alice)
    fill(cast, ["Ada", "Ben", "Cleo"])
    program.get(path)
    few, some = queries(program, path)
    fill(cast, [f"Client{number}" for number in range(27)])
    many, all_of_them = queries(program, path)
    assert all_of_them > some
    assert many == few


def test_a_long_ledger_costs_as_much_as_a_short_one(cast):
    program, bend = Program(cast.alice), make.prescription(cast.dana)
    schedule = bend.schedules.get()

    def due(days):
        for day in days:
            at = schedule.next_due_at.replace(year=2030, month=1, day=day)
            Reminder.objects.create(
                schedule=schedule, slot=at.date(), due_at=at, try_at=at, expires_at=at,
                message_id=f"{day}@x", state=State.UNKNOWN,
            )  # fmt: skip

    path = f"prescriptions/{bend.pk}/reminders/"
    due(range(1, 4))
    few, some = queries(program, path)
    due(range(4, 31))
    many, all_of_them = queries(program, path)
    assert (some, all_of_them) == (3, 30)
    assert many == few
