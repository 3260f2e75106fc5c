"""A practice under test: its database, broker and mail server, its processes, and what became of its mails."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from tests.config.running import Running, python, run_to_end, running, wait_until
from tests.faults.sizes import SIZE

CELERY = python("-m", "celery", "-A", "tests.faults.app")
LEDGER = "SELECT message_id, state, doubtful_attempts, status_detail, due_at FROM clinic_reminder"
OPEN = {"ready", "claimed", "sending"}


@dataclass(frozen=True)
class Row:
    """One reminder, as the ledger has it."""

    message_id: str
    state: str
    doubtful_attempts: int
    status_detail: str
    due_at: dt.datetime


@dataclass
class Sink:
    """What the mail server of :mod:`tests.faults.sink` wrote down."""

    log: Path

    def lines(self, event: str) -> list[dict[str, Any]]:
        # A line that is being written has no end yet.
        whole = self.log.read_text().rpartition("\n")[0].splitlines() if self.log.exists() else []
        return [entry for entry in map(json.loads, whole) if entry["event"] == event]

    @cached_property
    def port(self) -> int:
        wait_until(lambda: self.lines("port"), "the port of the mail server")
        return int(self.lines("port")[0]["port"])

    @property
    def taken(self) -> int:
        return len(self.lines("taken"))


@contextmanager
def sink(folder: Path, milliseconds: float) -> Iterator[Sink]:
    """A mail server that says its yes so long after it has the mail."""
    log = folder / "sink.jsonl"
    with running(folder / "sink.log", python("-m", "tests.faults.sink", str(log), str(milliseconds))):
        yield Sink(log)


@dataclass
class Practice:
    """Where everything is; ``env`` is what its processes have in their environment."""

    folder: Path
    env: dict[str, str]
    crew: ExitStack
    started: list[Running] = field(default_factory=list)

    def mail_to(self, port: int) -> None:
        self.env["EMAIL_URL"] = f"smtp://127.0.0.1:{port}"

    def python(self, *arguments: str) -> None:
        done = run_to_end(python(*arguments), 60.0 * SIZE.minutes, **self.env)
        assert done.returncode == 0, done.stderr

    def fall_due(self, count: int, within: int = 0) -> None:
        self.python("-m", "tests.faults.due_now", "fall", str(count), str(within))

    def start(self, *command: str, **env: str) -> Running:
        log = self.folder / f"process-{len(self.started)}.log"
        run = self.crew.enter_context(running(log, list(command), **{**self.env, **env}))
        self.started.append(run)
        return run

    def beat(self) -> Running:
        return self.start(*CELERY, "beat", "-l", "INFO")

    def worker(self, *options: str, **env: str) -> Running:
        name = f"worker-{len(self.started)}-{self.env['FAULTS_QUEUE']}@test"
        pool = () if "-P" in options else ("-P", "threads", "-c", "4")
        return self.start(*CELERY, "worker", "-n", name, "-l", "INFO", *pool, *options, **env)

    def rows(self) -> list[Row]:
        """The ledger; empty while the database does not answer."""
        url = self.env.get("DATABASE_URL", "")
        if url:
            try:
                with psycopg.connect(url, autocommit=True) as database:
                    return [Row(*found) for found in database.execute(LEDGER).fetchall()]
            except psycopg.OperationalError:
                return []
        with sqlite3.connect(Path(self.env["PLUMBLINE_VAR"]) / "db.sqlite3", timeout=30) as file:
            found = file.execute(LEDGER).fetchall()
        return [Row(*row[:4], dt.datetime.fromisoformat(row[4]).replace(tzinfo=dt.UTC)) for row in found]

    def states(self) -> Counter[str]:
        return Counter(row.state for row in self.rows())

    def settled(self, count: int) -> bool:
        states = self.states()
        return states.total() == count and not OPEN & states.keys()

    def wait_until_settled(self, count: int) -> None:
        self.wait_until(lambda: self.settled(count), f"{count} settled rows")

    def wait_until(self, done: Callable[[], object], what: str, seconds: float = 40.0 * SIZE.minutes) -> None:
        """Like :func:`tests.config.running.wait_until`; a failure shows the ledger and what each process said last."""
        try:
            wait_until(done, what, seconds)
        except AssertionError as error:
            logs = (f"{run.log.name}:\n" + "\n".join(run.said().splitlines()[-12:]) for run in self.started)
            raise AssertionError(f"{error}\n{dict(self.states())}\n" + "\n".join(logs)) from None


def kill(run: Running, process: int = 0) -> None:
    """SIGKILL, to the process itself or to one that it started."""
    with suppress(ProcessLookupError):  # a child may have gone of itself
        os.kill(process or run.child.pid, signal.SIGKILL)
    if not process:
        run.child.wait()


@dataclass(frozen=True)
class Outcome:
    """What was sent, lost and doubled, by Message-ID."""

    taken: Counter[str]  # how often the mail server had the whole mail
    doubts: int  # connections that ended with a mail taken and our yes maybe unread
    rows: Mapping[str, Row]

    @classmethod
    def of(cls, practice: Practice, sink: Sink) -> Outcome:
        return cls(
            Counter(entry["id"] for entry in sink.lines("taken")),
            len(sink.lines("doubt")),
            {row.message_id: row for row in practice.rows()},
        )

    @property
    def lost(self) -> list[str]:
        """Never arrived, and the ledger does not say so: `unknown` is for those in doubt twice."""
        return [name for name, row in self.rows.items() if not self.taken[name] and row.state != "unknown"]

    @property
    def doubled(self) -> int:
        """Copies beyond the first."""
        return sum(count - 1 for count in self.taken.values())

    def copies(self, sink: Sink) -> str:
        """When each mail that came more than once came, and how often its row was in doubt: to find out why."""
        twice = [entry for entry in sink.lines("taken") if self.taken[entry["id"]] > 1]
        return "; ".join(
            f"{entry['id']} at {entry['at']:.2f}, in doubt {self.rows[entry['id']].doubtful_attempts}"
            for entry in twice
        )

    @property
    def strangers(self) -> set[str]:
        """Mails under a Message-ID that no row has."""
        return self.taken.keys() - self.rows.keys()

    def line(self, kills: int = 0) -> str:
        unknown = sum(row.state == "unknown" for row in self.rows.values())
        summary = f"sent {len(self.taken)}, lost {len(self.lost)}, doubled {self.doubled}"
        return f"{summary} (kills {kills}, in doubt {self.doubts})" + (f", unknown {unknown}" if unknown else "")
