"""A worker that stood still (SIGSTOP) for longer than its lease wakes up and sends only what is still its own."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

from tests.faults.practice import Outcome, Practice, Sink
from tests.faults.sizes import LEASE_SECONDS, SIZE


def test_a_worker_that_wakes_up_after_its_lease_sends_only_what_is_still_its_own(
    practice: Practice, mailbox: Sink, tell: Callable[[str], None]
) -> None:
    practice.fall_due(SIZE.mails)
    practice.beat()
    sleeper = practice.worker()
    practice.wait_until(lambda: mailbox.taken >= 10, "10 mails")
    os.kill(sleeper.child.pid, signal.SIGSTOP)
    states = practice.states()
    held = states["claimed"] + states["sending"]
    practice.worker()
    # Stopped inside a transaction it keeps one row locked until it wakes up.
    practice.wait_until(lambda: practice.states()["sent"] >= SIZE.mails - 1, "the other worker to send them")
    ticks = _ticks(sleeper.said())
    os.kill(sleeper.child.pid, signal.SIGCONT)
    practice.wait_until(lambda: _ticks(sleeper.said()) > ticks, "the end of the tick that it slept in")
    practice.wait_until_settled(SIZE.mails)

    outcome = Outcome.of(practice, mailbox)
    tell(f"{outcome.line()}; {held} rows held by one that slept for more than {LEASE_SECONDS} s")
    assert held > 1, "it held none: this run showed nothing"
    assert outcome.lost == []
    assert outcome.doubled <= 1, "the mail it was in the middle of, and no other"
    assert set(practice.states()) == {"sent"}


def _ticks(log: str) -> int:
    return sum("clinic.tasks.send" in line and "succeeded" in line for line in log.splitlines())
