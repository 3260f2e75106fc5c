"""A PostgreSQL and a Redis of the test's own, to be restarted, emptied and killed; the machine's are left alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from tests.config.running import free_port, hear_signals, wait_until


def _program(name: str, *places: Path) -> str:
    """Where it is; without it the test is skipped, or fails with REQUIRE_SERVICES=1."""
    found = next((str(place / name) for place in places if (place / name).exists()), None) or shutil.which(name)
    if found:
        return found
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(f"{name} not found")
    pytest.skip(f"{name} not found")


class PostgreSQL:
    """A cluster in a folder; it refuses to run as root, so it runs as `postgres` where we are root."""

    def __init__(self, folder: Path) -> None:
        newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: -int(path.parent.name))
        self._initdb, self._pg_ctl = (_program(name, *newest_first) for name in ("initdb", "pg_ctl"))
        self.folder, self.port = folder, free_port()
        self._user = "postgres" if os.geteuid() == 0 else None
        if self._user:
            shutil.chown(folder, self._user)
        self._run(self._initdb, "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8")

    def _run(self, *command: str) -> None:
        # Its output goes to a file: a pipe would be held open by the server that pg_ctl leaves behind.
        with (self.folder / "commands.log").open("ab") as log:
            subprocess.run(
                command, check=True, cwd=self.folder, user=self._user, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, preexec_fn=hear_signals, timeout=120,
            )  # fmt: skip

    def _ctl(self, action: str, *more: str) -> None:
        self._run(self._pg_ctl, action, "-w", "-D", str(self.folder / "data"), *more)

    def start(self) -> None:
        # Without fsync only a power cut could harm it, and this test cuts none.
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off -c max_connections=200"
        self._ctl("start", "-o", settings, "-l", str(self.folder / "server.log"))

    def stop(self, mode: str = "immediate") -> None:
        """`fast` rolls back and says goodbye; `immediate` is a crash."""
        self._ctl("stop", "-m", mode)

    def url(self, database: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            server.execute(statement.encode())


class Redis:
    """Keeps nothing on disk: after a restart it is empty."""

    def __init__(self, folder: Path) -> None:
        self._program, self.folder, self.port = _program("redis-server"), folder, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [self._program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self.folder / "redis.log").open("ab") as log:
            self._child = subprocess.Popen(
                command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        wait_until(self._answers, "an answer of redis")

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url).ping())
        except redis.ConnectionError:
            return False

    def flush(self) -> None:
        redis.Redis.from_url(self.url).flushall()

    def kill(self) -> None:
        if self._child is not None:
            self._child.send_signal(signal.SIGKILL)
            self._child.wait()
            self._child = None


@contextmanager
def own_folder() -> Iterator[Path]:
    """Where another user may go too: pytest's own temporary folders are closed to all but us."""
    folder = Path(tempfile.mkdtemp(prefix="plumbline-faults-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    with own_folder() as folder:
        server = PostgreSQL(folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def own_redis() -> Iterator[Redis]:
    with own_folder() as folder:
        server = Redis(folder)
        server.start()
        try:
            yield server
        finally:
            server.kill()
