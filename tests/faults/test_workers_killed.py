"""Workers killed while they send: none lost; a double only where the kill fell between the mail and its note."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.config.running import Running, family
from tests.faults.practice import Outcome, Practice, Sink, kill
from tests.faults.sizes import SIZE, dice

OPTIONS = {"embedded": ("-B",), "redis": (), "rabbitmq": ("-P", "prefork", "-c", "2")}


def start(practice: Practice, kind: str) -> list[Running]:
    if kind != "embedded":
        practice.beat()
    return [practice.worker(*OPTIONS[kind]) for _ in range(1 if kind == "embedded" else 2)]


def _children(run: Running) -> list[int]:
    return [process for process, _ in family(run.child.pid) if process != run.child.pid]


@pytest.mark.parametrize(
    ("practice", "kind"),
    [(kind, kind) for kind in ("redis", "rabbitmq", "embedded")],
    indirect=["practice"],
    ids=["postgresql-redis", "postgresql-rabbitmq", "embedded"],
)
def test_none_is_lost_and_no_more_are_doubled_than_kills_left_in_doubt(
    practice: Practice, kind: str, mailbox: Sink, tell: Callable[[str], None]
) -> None:
    chance = dice(kind)
    practice.fall_due(SIZE.sends)
    crew, killed = start(practice, kind), 0
    for moment in sorted(chance.sample(range(10, SIZE.sends - 20), SIZE.kills)):
        practice.wait_until(lambda at=moment: mailbox.taken >= at, f"{moment} mails")
        victim = crew.pop(0)  # the one that has been at work for longest
        if kind == "rabbitmq":  # the children that do the work, the parent, or one of them
            for child in _children(victim) if chance.random() < 0.7 else ():  # else they finish their tick alone
                kill(victim, child)
                killed += 1
        kill(victim)
        killed += 1
        crew.append(practice.worker(*OPTIONS[kind]))
    practice.wait_until_settled(SIZE.sends)

    outcome = Outcome.of(practice, mailbox)
    tell(outcome.line(killed))
    assert outcome.lost == []
    assert outcome.strangers == set()
    assert outcome.doubts > 0, "no kill fell into a mail: this run showed nothing"
    assert outcome.doubled <= outcome.doubts <= killed
    assert max(outcome.taken.values()) <= 2
    assert {row.state for row in outcome.rows.values()} <= {"sent", "unknown"}
