"""A real Celery worker with its real beat, against each kind of broker: the ticks run."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kombu import Connection

from tests.config.running import Running, python, run_to_end, running, wait_until

TICKS = ("plan", "send", "sweep", "silence")
WORKER = python("-m", "celery", "-A", "config", "worker", "-B", "-P", "threads", "-c", "2", "-l", "INFO")


@pytest.fixture
def broker(request: pytest.FixtureRequest) -> str:
    """The URL of one kind of broker, its queue empty."""
    if request.param == "embedded":
        return "embedded://"
    url: str = request.getfixturevalue(request.param)
    with Connection(url) as connection:
        connection.SimpleQueue("plumbline").clear()
    return url


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    var = tmp_path_factory.mktemp("migrated") / "var"
    made = run_to_end(python("manage.py", "migrate", "--verbosity", "0"), PLUMBLINE_VAR=str(var))
    assert made.returncode == 0, made.stderr
    return var


@pytest.fixture
def var(migrated: Path, tmp_path: Path) -> Path:
    """A folder with a database of its own."""
    return Path(shutil.copytree(migrated, tmp_path / "var"))


@contextmanager
def worker(var: Path, broker: str, name: str = "worker") -> Iterator[Running]:
    with running(var / f"{name}.log", WORKER, PLUMBLINE_VAR=str(var), CELERY_BROKER_URL=broker) as run:
        yield run


def every_tick_succeeded(run: Running) -> bool:
    said = run.said()
    return all(f"Task clinic.tasks.{tick}[" in said and _succeeded(said, tick) for tick in TICKS)


def _succeeded(said: str, tick: str) -> bool:
    return any(f"clinic.tasks.{tick}[" in line and "succeeded" in line for line in said.splitlines())


@pytest.mark.processes
@pytest.mark.parametrize("broker", ["embedded", "redis_url", "amqp_url"], indirect=True)
def test_every_tick_runs_soon_after_the_start_and_again_after_a_kill(var: Path, broker: str) -> None:
    with worker(var, broker) as run:
        wait_until(lambda: every_tick_succeeded(run), f"every tick in\n{run.said()}")
        os.kill(run.child.pid, signal.SIGKILL)
        run.child.wait()
        wait_until(lambda: not run.tree(), "the end of its beat", 10)
    with worker(var, broker, "second") as run:
        wait_until(lambda: every_tick_succeeded(run), "every tick after the kill")
        os.kill(run.child.pid, signal.SIGTERM)
        wait_until(lambda: run.child.poll() is not None, "a warm end", 10)
        assert "Traceback" not in run.said()


@pytest.mark.processes
def test_beat_alone_sends_each_tick_at_once_and_leaves_no_file_of_its_own(var: Path) -> None:
    beat = python("-m", "celery", "-A", "config", "beat", "-l", "INFO")
    with running(var / "beat.log", beat, PLUMBLINE_VAR=str(var)) as run:
        ready = var / "broker" / "ready" / "plumbline"
        wait_until(lambda: len(list(ready.glob("*.json"))) == len(TICKS), "four ticks sent")
        assert "Traceback" not in run.said()
    assert {path.name for path in var.iterdir()} == {"broker", "db.sqlite3", "secret_key", "vapid_key", "beat.log"}
