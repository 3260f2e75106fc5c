"""SQLite with the web server and the worker writing at once: no error page, no lost report, no lost or doubled mail."""

from __future__ import annotations

import datetime as dt
import http.client
import json
import sqlite3
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.config.running import free_port, python, run_to_end
from tests.faults.practice import Outcome, Practice, Sink
from tests.faults.sizes import SIZE

THREADS = 6
GRANIAN = ("--interface", "wsgi", "--no-ws", "--workers", "2", "--blocking-threads", "4", "--log-level", "warning")


@pytest.mark.parametrize("practice", ["embedded"], indirect=True)
def test_reports_by_many_while_mails_go_out_are_all_kept_and_answered(
    practice: Practice, mailbox: Sink, tell: Callable[[str], None]
) -> None:
    practice.fall_due(SIZE.mails)
    created = run_to_end(python("-m", "tests.faults.due_now", "tokens", str(THREADS)), 60.0, **practice.env)
    assert created.returncode == 0, created.stderr
    callers = json.loads(created.stdout)  # clients who have no mail waiting: a report would call it off
    before, port = _reports(practice), free_port()
    web = practice.start(*python("-m", "granian", *GRANIAN, "--port", str(port), "config.wsgi:application"))
    practice.wait_until(lambda: _answers(port), "the web server")
    practice.worker("-B")
    practice.wait_until(lambda: mailbox.taken >= 5, "5 mails")

    def tell_all(caller: tuple[str, int]) -> Counter[int]:
        return Counter(_post(port, *caller, number) for number in range(SIZE.reports // THREADS))

    with ThreadPoolExecutor(THREADS) as pool:
        answers: Counter[int] = sum(pool.map(tell_all, callers), Counter())
    at_once = mailbox.taken
    practice.wait_until_settled(SIZE.mails)

    outcome, kept = Outcome.of(practice, mailbox), _reports(practice) - before
    posted = THREADS * (SIZE.reports // THREADS)
    tell(f"{outcome.line()}; {posted} reports posted, {kept} kept, answers {dict(answers)}; {at_once} mails meanwhile")
    assert answers == {201: posted}
    assert kept == posted
    assert (outcome.lost, outcome.doubled) == ([], 0)
    assert "locked" not in "".join(run.said() for run in practice.started)
    assert web.child.poll() is None


def _post(port: int, token: str, prescription: int, number: int) -> int:
    """The status of one report, told by a client of the API over a connection of its own."""
    at = dt.datetime.now(dt.UTC) - dt.timedelta(minutes=5 * number)
    body = {"prescription": prescription, "occurred_at": at.isoformat(), "did_exercise": True, "before": 4, "after": 3}
    headers = {
        "Authorization": f"Token {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"{prescription}-{number}",
    }
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("POST", "/api/v1/pain-reports/", json.dumps(body), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 600
    except OSError:
        return False
    finally:
        connection.close()


def _reports(practice: Practice) -> int:
    with sqlite3.connect(Path(practice.env["PLUMBLINE_VAR"]) / "db.sqlite3", timeout=30) as file:
        (count,) = file.execute("SELECT count(*) FROM clinic_painreport").fetchone()
    return int(count)
