"""The database crashes, the broker forgets everything, both in the middle of sending: none lost, none twice."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.faults.practice import Outcome, Practice, Sink
from tests.faults.servers import PostgreSQL, Redis
from tests.faults.sizes import LEASE_SECONDS, SIZE, dice


def test_a_crashed_database_and_an_emptied_broker_lose_none_and_double_none(
    practice: Practice, postgres: PostgreSQL, redis_server: Redis, mailbox: Sink, tell: Callable[[str], None]
) -> None:
    chance = dice("restarts")
    practice.fall_due(SIZE.mails)
    practice.beat()
    for _ in range(2):
        practice.worker()
    moments = sorted(chance.sample(range(5, SIZE.mails - 20), 2 * SIZE.restarts))
    for place, moment in enumerate(moments):
        practice.wait_until(lambda at=moment: mailbox.taken >= at, f"{moment} mails")
        postgres.stop("immediate" if place % 2 else "fast")
        redis_server.flush()
        redis_server.kill()
        postgres.start()
        redis_server.start()
    practice.wait_until_settled(SIZE.mails)

    outcome = Outcome.of(practice, mailbox)
    tell(f"{outcome.line()}; both servers restarted {len(moments)} times")
    assert outcome.lost == []
    assert outcome.doubled == 0, outcome.copies(mailbox)
    assert set(practice.states()) == {"sent"}


def test_a_database_away_for_longer_than_a_lease_doubles_none(
    practice: Practice, postgres: PostgreSQL, mailbox: Sink, tell: Callable[[str], None]
) -> None:
    """Each worker holds on to the yes that it could not note, and notes it when the database is back."""
    practice.fall_due(SIZE.mails)
    practice.beat()
    for _ in range(2):
        practice.worker()
    moments = sorted(dice("long outages").sample(range(5, SIZE.mails - 20), SIZE.restarts))
    for moment in moments:
        practice.wait_until(lambda at=moment: mailbox.taken >= at, f"{moment} mails")
        postgres.stop("immediate")
        back_at = time.monotonic() + 1.4 * LEASE_SECONDS
        practice.wait_until(lambda at=back_at: time.monotonic() >= at, "the lease to end")
        postgres.start()
    practice.wait_until_settled(SIZE.mails)

    outcome = Outcome.of(practice, mailbox)
    tell(f"{outcome.line()}; the database away {len(moments)} times for {1.4 * LEASE_SECONDS:.0f} s")
    assert outcome.lost == []
    assert outcome.doubled == 0, outcome.copies(mailbox)
    assert set(practice.states()) == {"sent"}
