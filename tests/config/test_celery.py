"""The beat's schedule and what every task shares."""

from __future__ import annotations

import pytest
from celery import Celery

from config.beat import PromptScheduler
from config.celery import app

PERIODS = {"clinic.tasks.plan": 20, "clinic.tasks.send": 20, "clinic.tasks.sweep": 60, "clinic.tasks.silence": 900}


def test_each_tick_has_its_period_and_expires_before_the_next() -> None:
    found = {
        entry["task"]: (entry["schedule"], entry["options"]["expires"]) for entry in app.conf.beat_schedule.values()
    }
    assert {task: period for task, (period, _) in found.items()} == PERIODS
    assert all(0 < expires < period for period, expires in found.values())


def test_every_scheduled_task_exists() -> None:
    app.loader.import_default_modules()
    assert set(PERIODS) <= set(app.tasks)


def test_tasks_are_acknowledged_when_done_and_leave_no_result() -> None:
    conf = app.conf
    assert conf.task_acks_late
    assert conf.task_ignore_result
    assert conf.result_backend is None
    assert conf.worker_prefetch_multiplier == 1
    assert conf.broker_connection_retry_on_startup


def test_a_shared_task_belongs_to_this_application() -> None:
    from clinic import tasks

    assert tasks.plan.app.main == "plumbline"


@pytest.mark.parametrize("period", [20.0, 900.0])
def test_beat_finds_every_entry_due_at_its_start(period: float) -> None:
    small = Celery("small", broker="memory://", set_as_current=False)
    small.conf.beat_schedule = {"one": {"task": "one", "schedule": period}}
    (entry,) = PromptScheduler(small).schedule.values()
    due, _ = entry.is_due()
    assert due
    due_again, seconds = next(entry).is_due()
    assert not due_again
    assert period - 5 < seconds <= period
