"""The broker is away, and comes back empty: ticks resume of themselves, and all is sent."""

from __future__ import annotations

from collections.abc import Callable

from tests.faults.practice import Outcome, Practice, Sink
from tests.faults.servers import Redis
from tests.faults.sizes import SIZE


def test_after_a_broker_that_was_killed_and_comes_back_empty_all_is_sent(
    practice: Practice, redis_server: Redis, mailbox: Sink, tell: Callable[[str], None]
) -> None:
    practice.fall_due(SIZE.mails, within=20)
    beat = practice.beat()
    workers = [practice.worker() for _ in range(2)]
    practice.wait_until(lambda: mailbox.taken >= 10, "10 mails")
    redis_server.kill()
    for worker in workers:
        practice.wait_until(lambda run=worker: "Connection to broker lost" in run.said(), "a worker that noticed")
    before = mailbox.taken
    redis_server.start()
    practice.wait_until_settled(SIZE.mails)

    outcome = Outcome.of(practice, mailbox)
    tell(f"{outcome.line()}; {len(outcome.taken) - before} of them after the broker was back")
    assert (outcome.lost, outcome.doubled) == ([], 0)
    assert before < len(outcome.taken)
    assert [run.child.poll() for run in (beat, *workers)] == [None] * 3, "nobody gave up"


def test_beat_and_worker_that_start_before_their_broker_wait_for_it(
    practice: Practice, redis_server: Redis, mailbox: Sink, tell: Callable[[str], None]
) -> None:
    redis_server.kill()
    practice.fall_due(20)
    beat, worker = practice.beat(), practice.worker()
    practice.wait_until(lambda: "Cannot connect to redis" in worker.said(), "a worker that waits")
    practice.wait_until(lambda: "Connection refused" in beat.said(), "a beat that waits")
    redis_server.start()
    practice.wait_until_settled(20)

    outcome = Outcome.of(practice, mailbox)
    tell(outcome.line())
    assert (len(outcome.taken), outcome.lost, outcome.doubled) == (20, [], 0)
