"""Real processes under test: start one, read what it says, know everything it started, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Process = tuple[int, str]  # process id and start time, since ids are used again


def clean_environment(**extra: str) -> dict[str, str]:
    """This environment without what decides the project's settings, and with `extra`."""
    kept = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "PYENV_ROOT")
    return {name: os.environ[name] for name in kept if name in os.environ} | extra


def wait_until(done: Callable[[], object], what: str, seconds: float = 60.0) -> None:
    """Look ten times a second until `done`; AssertionError naming `what` when the time is over."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def hear_signals() -> None:
    """A suite that runs behind nohup or & hands down ignored signals, which no child of make could hear."""
    for number in (signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


class Running:
    """A started command whose output goes to a file."""

    def __init__(self, child: subprocess.Popen[bytes], log: Path, mark: str) -> None:
        self.child = child
        self.log = log
        self.mark = mark

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_to_say(self, words: str, seconds: float = 60.0) -> None:
        wait_until(
            lambda: words in self.said() or self.child.poll() is not None, f"{words!r} in\n{self.said()}", seconds
        )
        assert words in self.said(), f"it ended with {self.child.returncode} and said\n{self.said()}"

    def tree(self) -> set[Process]:
        """It and everything it started that is alive, also what has lost its parent."""
        found = {process: _stat(process) for process in _processes() if self.mark.encode() in _environment(process)}
        return {(process, stat[1]) for process, stat in found.items() if stat}


@contextmanager
def running(log: Path, command: list[str], **env: str) -> Iterator[Running]:
    """Run `command` from the project's folder; at the end everything it started is killed, whatever happened."""
    mark = f"PLUMBLINE_TEST={uuid.uuid4().hex}"  # in the environment of everything it starts
    env |= dict([mark.split("=")])
    with log.open("wb") as out:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env=clean_environment(**env),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=hear_signals,
        )
    run = Running(child, log, mark)
    try:
        yield run
    finally:
        for process, _started in run.tree():
            _kill(process)
        child.wait()


def run_to_end(command: list[str], seconds: float = 120.0, /, **env: str) -> subprocess.CompletedProcess[str]:
    """What a command said and how it ended."""
    return subprocess.run(
        command, cwd=ROOT, env=clean_environment(**env), capture_output=True, text=True, timeout=seconds, check=False
    )


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def family(process: int) -> set[Process]:
    """A process and its descendants, from /proc."""
    parents = {one: found for one in _processes() if (found := _stat(one))}
    known = {process}
    while new := {child for child, (parent, _) in parents.items() if parent in known} - known:
        known |= new
    return {(one, parents[one][1]) for one in known if one in parents}


def work(processes: set[Process]) -> float:
    """Processor seconds that they, and the children they have seen end, have taken."""
    ticks = 0
    for process, _ in processes:
        fields = (Path("/proc") / str(process) / "stat").read_text().rsplit(")", 1)[1].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def alive(processes: set[Process]) -> set[Process]:
    """Those that still run; a zombie waits to be read and runs no more."""
    return {(process, started) for process, started in processes if (now := _stat(process)) and now[1] == started}


def _processes() -> list[int]:
    return [int(place.name) for place in Path("/proc").iterdir() if place.name.isdigit()]


def _environment(process: int) -> bytes:
    try:
        return (Path("/proc") / str(process) / "environ").read_bytes()
    except OSError:
        return b""


def _stat(process: int) -> tuple[int, str] | None:
    """Parent and start time of a process that runs."""
    try:
        fields = (Path("/proc") / str(process) / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return None
    return None if fields[0] == "Z" else (int(fields[1]), fields[19])


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return
