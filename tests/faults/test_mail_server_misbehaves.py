"""A mail server that refuses, hangs and drops: with a real worker each row ends as docs/sending.md says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from tests.faults.practice import Practice
from tests.mail.servers import DROP, SILENCE, Answer, OddServer, about, always


class Fate(NamedTuple):
    """What the server does to one client's mail, how its row ends and how often the server had the whole mail."""

    stage: str
    says: Answer
    state: str
    copies: int
    why: str = ""


def first(address: str, say: str) -> Answer:
    """Say so the first time that the line names the address."""
    left = [say]
    return lambda line: left.pop() if left and address in line else None


def address(number: int) -> str:
    return f"client-{number:06}@"


FATES = {
    address(number): Fate(stage, how(address(number), say), *end)
    for number, (stage, how, say, *end) in enumerate(
        [
            ("RCPT", first, "451 try again", "sent", 1),
            ("RCPT", first, "421 closing", "sent", 1),
            ("RCPT", about, "550 no such mailbox", "failed", 0, "550"),
            (".", about, "554 no spam please", "failed", 1, "554"),
            (".", first, "451 too busy", "sent", 2),
            ("RCPT", first, SILENCE, "sent", 1),
            ("RCPT", first, DROP, "sent", 1),
            (".", first, DROP, "sent", 2),
            (".", first, SILENCE, "sent", 2),
            (".", about, DROP, "unknown", 2),
        ]
    )
}
HONEST = 10


def test_each_mail_ends_as_the_page_says_and_none_keeps_the_others_waiting(
    practice: Practice, tell: Callable[[str], None]
) -> None:
    with OddServer().running() as server:
        for stage in ("RCPT", "."):
            answers = [fate.says for fate in FATES.values() if fate.stage == stage]
            server.says[stage] = lambda line, answers=answers: next(filter(None, (say(line) for say in answers)), None)
        server.says["QUIT"] = always(DROP)
        practice.mail_to(server.port)
        practice.fall_due(len(FATES) + HONEST)
        practice.beat()
        practice.worker()
        practice.wait_until_settled(len(FATES) + HONEST)

    ids = {_whose(mail): str(mail["Message-ID"]).strip("<>") for mail in server.handed_over}
    copies = Counter(_whose(mail) for mail in server.handed_over)
    rows = {row.message_id: row for row in practice.rows()}
    tell(f"{dict(practice.states())}, {copies.total()} mails handed over, {len(server.taken)} taken")
    for name, fate in FATES.items():
        assert copies[name] == fate.copies, f"{name} {fate}"
        if name in ids:
            assert rows[ids[name]].state == fate.state, f"{name} {fate}"
            assert fate.why in rows[ids[name]].status_detail, f"{name} {fate}"
    assert Counter(row.state for row in rows.values()) == {
        **Counter(fate.state for fate in FATES.values()),
        "sent": sum(fate.state == "sent" for fate in FATES.values()) + HONEST,
    }
    assert [
        row.status_detail for row in rows.values() if row.state == "failed" and "mailbox" in row.status_detail
    ] != []
    assert all(copies[address(number)] == 1 for number in range(len(FATES), len(FATES) + HONEST))


def _whose(mail: object) -> str:
    return str(mail["To"]).rpartition("<")[2].partition("@")[0] + "@"  # type: ignore[index]  # a mail
