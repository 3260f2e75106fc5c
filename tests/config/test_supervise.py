"""The process tree under `make run`, with small children."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.local_run import supervise
from tests.config.running import alive, family, hear_signals, wait_until

STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
)


@pytest.fixture
def tree() -> Iterator[supervise.Tree]:
    kept = {number: signal.getsignal(number) for number in supervise.STOP_SIGNALS}
    made = supervise.Tree()
    made.listen()
    yield made
    made.stop()
    for number, handler in kept.items():
        signal.signal(number, handler)


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_command_that_ends_gives_its_code_and_its_output(tree: supervise.Tree) -> None:
    assert tree.run("it", python("print('done'); raise SystemExit(3)"), keep_output=True) == (3, "done\n")
    assert tree.children == {}


def test_a_child_that_ignores_the_request_is_killed_after_the_grace(
    tree: supervise.Tree, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "GRACE", 0.3)
    child = tree.start("stubborn", python(STUBBORN), keep_output=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "up\n"
    tree.stop()
    assert child.returncode == -signal.SIGKILL


def test_a_second_request_kills_at_once(tree: supervise.Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervise, "GRACE", 60.0)
    child = tree.start("stubborn", python(STUBBORN), keep_output=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "up\n"
    again = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -INT {os.getpid()}"])
    began = time.monotonic()
    tree.stop()
    again.wait()
    assert time.monotonic() - began < 10


def test_what_a_child_started_ends_with_it(tree: supervise.Tree) -> None:
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]).wait()"
    child = tree.start("parent", python(code), keep_output=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "up\n"
    everyone = family(child.pid)
    assert len(everyone) == 2
    tree.stop()
    wait_until(lambda: not alive(everyone), "both gone", 2)


def test_a_signal_interrupts_a_wait(tree: supervise.Tree) -> None:
    os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(supervise.Stopped):
        tree.wait_until(lambda: False)


def test_a_child_that_ended_is_named(tree: supervise.Tree) -> None:
    tree.start("long", python("import time; time.sleep(600)"))
    child = tree.start("short", python("pass"))
    child.wait()
    assert tree.ended() == "short"


def test_only_a_make_is_watched_for_signals_that_it_handles() -> None:
    assert supervise._signals_of(os.getpid()) == {}
    assert supervise._signals_of(2**22 + 1) == {}


def test_a_make_that_waits_for_us_shows_that_a_signal_ends_it(tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:\n\t@exec sleep 600\n")
    make = subprocess.Popen(["make"], cwd=tmp_path, start_new_session=True, preexec_fn=hear_signals)
    try:
        wait_until(lambda: len(family(make.pid)) == 2, "make has its child", 10)
        before = supervise._signals_of(make.pid)
        assert signal.SIGHUP in before["SigCgt"]
        os.kill(make.pid, signal.SIGHUP)
        wait_until(lambda: signal.SIGHUP in supervise._signals_of(make.pid)["SigBlk"], "make handles it", 10)
        assert signal.SIGHUP not in supervise._signals_of(make.pid)["SigCgt"]
    finally:
        os.killpg(make.pid, signal.SIGKILL)
        make.wait()
