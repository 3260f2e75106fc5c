"""`manage.py simulate_clinic`: many made-up clients, the same for the same seed."""

import datetime as dt
from io import StringIO

import pytest
import time_machine
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction

from clinic.flags import engine
from clinic.models import Client, Clinic, Flag, PainReport, PainTrend, Practitioner, Prescription, Schedule
from clinic.worklist import query as worklist_query
from tests import make

NOW = dt.datetime(2026, 3, 24, 14, 20, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def library(db):
    make.exercise()


def simulate(**over):
    said = StringIO()
    given = {"clients": 30, "days": 40, "seed": 3, **over}
    with time_machine.travel(NOW, tick=False):
        call_command("simulate_clinic", *(f"--{name}={value}" for name, value in given.items()), stdout=said)
    return said.getvalue()


def told():
    """The whole history, without row numbers."""
    reports = PainReport.objects.order_by("prescription__client__name", "occurred_at")
    flags = Flag.objects.order_by("prescription__client__name", "kind")
    return (
        list(reports.values_list("prescription__client__name", "occurred_at", "before", "after", "advice")),
        list(flags.values_list("prescription__client__name", "kind", "reason", "raised_at")),
        list(Schedule.objects.order_by("prescription__client__name").values_list("next_due_at", "time_zone")),
    )


def rolled_back(**over):
    with transaction.atomic():
        simulate(**over)
        found = told()
        transaction.set_rollback(True)
    return found


def test_it_prints_what_it_made(db):
    printed = simulate()
    for count, rows in (
        (30, Client.objects), (30, Prescription.objects), (30, Schedule.objects), (30, PainTrend.objects),
        (2, Practitioner.objects),
    ):  # fmt: skip
        assert rows.count() == count
    assert f"30 clients, 30 prescriptions, 30 schedules, {PainReport.objects.count()} reports" in printed
    assert PainReport.objects.count() > 30 * 40 * 0.3


def test_the_same_seed_makes_the_same_clients():
    first = rolled_back(clients=60)
    simulate(clients=60)
    assert told() == first
    assert first[1], "no flag at all would prove little"


def test_another_seed_makes_others():
    assert rolled_back(clients=5, seed=4)[0] != rolled_back(clients=5, seed=5)[0]


def test_two_seeds_are_two_clinics():
    simulate(clients=2, seed=4)
    simulate(clients=2, seed=5)
    assert sorted(Clinic.objects.values_list("slug", flat=True)) == ["simulated-4", "simulated-5"]


def test_more_clients_leave_the_first_ones_as_they_were():
    few, more = rolled_back(clients=5)[0], rolled_back(clients=8)[0]
    assert set(few) < set(more)


def test_the_state_is_what_a_replay_of_the_reports_gives():
    simulate(clients=10)
    for row in PainTrend.objects.all():
        stored = (row.state, row.response, row.recent, row.usual, row.report_count, row.last_report_at)
        engine.replay_reports(row)
        assert (row.state, row.response, row.recent, row.usual, row.report_count, row.last_report_at) == stored


def test_history_ends_yesterday_and_the_plans_go_on():
    simulate()
    assert not PainReport.objects.filter(occurred_at__gt=NOW).exists()
    assert all(schedule.next_due_at > NOW for schedule in Schedule.objects.all())


def test_the_worklist_shows_them():
    simulate()
    owner = Practitioner.objects.get(role="owner")
    assert len(worklist_query.read_entries(worklist_query.clients_by_need(owner.user))) == 30


def test_nobody_is_mailed():
    simulate()
    assert mail.outbox == []
    assert not Client.objects.exclude(email__endswith=".invalid").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [("clients", "0"), ("clients", "-3"), ("clients", "many"), ("clients", "1000001"), ("days", "0"), ("days", "1.5"),
     ("days", "99999999999999999999"), ("seed", "x"), ("seed", "-1")],
)  # fmt: skip
def test_a_bad_number_is_named_and_nothing_is_made(name, value):
    with pytest.raises(CommandError, match=f"--{name}: “{value}” is not a whole number"):
        simulate(**{name: value})
    assert not Clinic.objects.exists()


def test_the_same_seed_twice_is_refused():
    simulate(clients=2, days=3)
    with pytest.raises(CommandError, match="seed 3 is there already"):
        simulate(clients=2, days=3)
    assert Client.objects.count() == 2


def test_without_the_library_it_says_what_to_run():
    from exercises.models import Exercise

    Exercise.objects.all().delete()
    with pytest.raises(CommandError, match="load_exercises"):
        simulate()
