"""`make run` for real: it serves, it ends without orphans however it is ended, and it refuses in one line."""

from __future__ import annotations

import ast
import os
import signal
import socket
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.config.running import ROOT, Running, free_port, python, run_to_end, running, wait_until, work

LAUNCH = python("-m", "config.local_run.launch")
MAKE = ["make", "run", f"PYTHON={sys.executable}"]
ENDS_WITHIN = 5.0


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all starts here, so that only the first one makes the database."""
    return tmp_path_factory.mktemp("run") / "var"


@contextmanager
def plumbline(var: Path, log: Path, command: list[str]) -> Iterator[tuple[Running, int]]:
    """The running product and its port."""
    port = free_port()
    with running(log / "run.log", command, PLUMBLINE_VAR=str(var), PORT=str(port)) as run:
        run.wait_to_say(f"http://127.0.0.1:{port}/", seconds=180)
        yield run, port


def get(port: int, path: str) -> tuple[int, str]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
        return answer.status, answer.read().decode()


@pytest.mark.processes
def test_a_start_serves_the_first_page_and_a_second_one_is_quick(var: Path, tmp_path: Path) -> None:
    with plumbline(var, tmp_path, LAUNCH) as (run, port):
        assert get(port, "/")[0] == 200
        assert get(port, "/healthz") == (200, "ok\n")
        assert "@" in run.said(), "the sign-ins of the demo"
        commands = [Path(f"/proc/{process}/cmdline").read_bytes() for process, _ in run.tree()]
        assert any(b"granian" in command for command in commands)
        assert any(b"celery" in command and b"-B" in command for command in commands)
    with plumbline(var, tmp_path, LAUNCH) as (run, port):
        get(port, "/")
        # Work and not time, since the machine that runs these tests has other things to do: two cores need half of it.
        assert work(run.tree()) < 10


@pytest.mark.processes
def test_what_the_run_keeps_is_for_its_owner_alone(var: Path, tmp_path: Path) -> None:
    with plumbline(var, tmp_path, LAUNCH):
        open_to_others = [path for path in var.rglob("*") if path.stat().st_mode & 0o077]
        assert (var / "db.sqlite3").exists()
        assert open_to_others == []


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_every_child(var: Path, tmp_path: Path, number: signal.Signals) -> None:
    with plumbline(var, tmp_path, LAUNCH) as (run, _):
        wait_until(lambda: len(run.tree()) >= 5, "launcher, server, its worker, Celery, beat")
        os.kill(run.child.pid, number)
        wait_until(lambda: run.child.poll() is not None and not run.tree(), "all ended", ENDS_WITHIN)
        assert run.child.returncode == 0


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_no_child_outlives_a_make_that_alone_got_the_signal(var: Path, tmp_path: Path, number: signal.Signals) -> None:
    with plumbline(var, tmp_path, MAKE) as (run, _):
        os.kill(run.child.pid, number)
        wait_until(lambda: run.child.poll() is not None and not run.tree(), "all ended", ENDS_WITHIN)


@pytest.mark.processes
def test_no_child_outlives_a_launcher_that_was_killed(var: Path, tmp_path: Path) -> None:
    with plumbline(var, tmp_path, LAUNCH) as (run, _):
        run.child.kill()
        wait_until(lambda: run.child.poll() is not None and not run.tree(), "all ended", ENDS_WITHIN)


@pytest.mark.processes
@pytest.mark.parametrize(("part", "said"), [(b"granian", "web server ended"), (b"celery", "worker ended")])
def test_a_child_that_dies_ends_the_run_and_is_named(var: Path, tmp_path: Path, part: bytes, said: str) -> None:
    with plumbline(var, tmp_path, LAUNCH) as (run, _):
        first = min(process for process, _ in run.tree() if part in Path(f"/proc/{process}/cmdline").read_bytes())
        os.kill(first, signal.SIGKILL)
        wait_until(lambda: run.child.poll() is not None and not run.tree(), "all ended", ENDS_WITHIN + 1)
        assert run.child.returncode == 1
        assert said in run.said()


@pytest.mark.processes
def test_a_second_run_from_the_same_folder_is_refused(var: Path, tmp_path: Path) -> None:
    with plumbline(var, tmp_path, LAUNCH):
        second = run_to_end(LAUNCH, PLUMBLINE_VAR=str(var), PORT=str(free_port()))
    assert_refused(second.returncode, second.stdout + second.stderr, "already runs")


def test_a_busy_port_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        start = run_to_end(LAUNCH, PLUMBLINE_VAR=str(tmp_path), PORT=str(port))
    assert_refused(start.returncode, start.stdout + start.stderr, f"Port {port} is in use")


@pytest.mark.parametrize("port", ["0", "65536", "http", "8000.5"])
def test_a_port_that_is_none_is_one_clear_line(tmp_path: Path, port: str) -> None:
    start = run_to_end(LAUNCH, PLUMBLINE_VAR=str(tmp_path), PORT=port)
    assert_refused(start.returncode, start.stdout + start.stderr, "PORT must be a number from 1 to 65535")


def test_a_var_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    a_file = tmp_path / "var"
    a_file.write_text("")
    for place in (str(a_file), "/proc/plumbline"):
        start = run_to_end(LAUNCH, PLUMBLINE_VAR=place, PORT=str(free_port()))
        assert_refused(start.returncode, start.stdout + start.stderr, f"The folder {place} cannot be written")


@pytest.mark.parametrize("module", ["config.local_run.launch", "config.install"])
def test_a_python_that_is_too_old_is_one_clear_line(module: str) -> None:
    pretend = (
        "import runpy, sys; sys.version_info = (3, 10, 13, 'final', 0); runpy.run_module(sys.argv[1], None, '__main__')"
    )
    start = run_to_end(python("-c", pretend, module))
    assert_refused(start.returncode, start.stdout + start.stderr, "Plumbline needs Python 3.11 or newer")


@pytest.mark.parametrize("name", ["__init__", "required_python", "install", "local_run/__init__", "local_run/launch"])
def test_what_an_old_python_reads_first_parses_on_python_3_6(name: str) -> None:
    ast.parse((ROOT / "config" / f"{name}.py").read_text(), feature_version=(3, 6))


@pytest.mark.processes
def test_a_bad_setting_ends_the_run_in_one_clear_line(tmp_path: Path) -> None:
    start = run_to_end(LAUNCH, PLUMBLINE_VAR=str(tmp_path), PORT=str(free_port()), TIME_ZONE="Mars/Olympus")
    assert_refused(start.returncode, start.stdout + start.stderr, "TIME_ZONE must be a zone name")


def assert_refused(code: int, said: str, words: str) -> None:
    assert code == 1
    assert words in said
    assert len(said.strip().splitlines()) == 1, said
