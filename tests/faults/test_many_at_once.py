"""Two beats and four workers on one database, and clocks that are wrong: each reminder once, and at its time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from tests.faults.practice import Outcome, Practice, Sink
from tests.faults.sizes import SIZE

TEN_MINUTES = 600
A_WHILE = 60  # seconds: far from ten minutes, and longer than a busy machine lets a tick wait


@pytest.mark.parametrize("practice", ["rabbitmq"], indirect=True)
def test_two_beats_and_four_workers_send_each_reminder_once(
    practice: Practice, mailbox: Sink, tell: Callable[[str], None]
) -> None:
    practice.fall_due(SIZE.mails, within=15)
    for _ in range(2):
        practice.beat()
    for _ in range(4):
        practice.worker("-c", "2")
    practice.wait_until_settled(SIZE.mails)

    outcome = Outcome.of(practice, mailbox)
    tell(outcome.line())
    assert set(practice.states()) == {"sent"}
    assert set(outcome.taken.values()) == {1}
    assert len(outcome.taken) == SIZE.mails


def test_a_clock_ten_minutes_off_sends_none_early_late_or_twice(
    practice: Practice, mailbox: Sink, tell: Callable[[str], None]
) -> None:
    practice.fall_due(0)
    # Each with a beat of its own: a tick of another clock would look expired to the fast one.
    workers = [practice.worker("-B", FAULTS_CLOCK_OFF=str(off)) for off in (TEN_MINUTES, -TEN_MINUTES, 0)]
    for run in workers:
        practice.wait_until(lambda run=run: "clinic.tasks.send" in run.said(), "each worker at work")
    practice.fall_due(SIZE.mails, within=20)
    practice.wait_until_settled(SIZE.mails)

    outcome = Outcome.of(practice, mailbox)
    waits = [entry["at"] - outcome.rows[entry["id"]].due_at.timestamp() for entry in mailbox.lines("taken")]
    tell(f"{outcome.line()}; sent {min(waits):.1f} to {max(waits):.1f} s after they were due")
    assert set(outcome.taken.values()) == {1}
    assert len(outcome.taken) == SIZE.mails
    assert min(waits) >= 0
    assert max(waits) < A_WHILE
    ahead, behind, right = (_first_second(run.said()) for run in workers)
    assert ahead - right > dt.timedelta(minutes=9)
    assert right - behind > dt.timedelta(minutes=9)


def _first_second(log: str) -> dt.datetime:
    """When its first log line was written, by its own clock."""
    return dt.datetime.fromisoformat(log.split("ts=", 1)[1].split(" ", 1)[0])
