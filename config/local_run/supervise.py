"""One foreground process and its children: no way of ending the first leaves one of the others behind.

Standard library only; used before the virtual environment exists.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE = 3.0  # seconds between asking a child to stop and killing it
TICK = 0.1  # seconds between looks
PR_SET_PDEATHSIG = 1


class Stopped(Exception):
    """The tree was asked to stop while something waited."""


class Tree:
    """The children of this process, each in a session of its own, so that a Ctrl-C reaches them once, through us."""

    def __init__(self) -> None:
        self.children: dict[str, subprocess.Popen[str]] = {}
        self.stop_asked = 0  # how often
        self.parent = os.getppid()
        self.parent_handles = _signals_of(self.parent)

    def listen(self) -> None:
        """Take over SIGINT, SIGTERM and SIGHUP, also where the shell that started us had them ignored."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._asked)

    def start(self, name: str, command: list[str], *, keep_output: bool = False, **env: str) -> subprocess.Popen[str]:
        """Start a child; its standard output is ours, or a pipe with `keep_output`."""
        child = subprocess.Popen(  # noqa: S603  every command is our own
            command,
            env={**os.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if keep_output else None,
            text=True,
            start_new_session=True,
            preexec_fn=partial(end_with, os.getpid()),
        )
        self.children[name] = child
        return child

    def run(self, name: str, command: list[str], *, keep_output: bool = False, **env: str) -> tuple[int, str]:
        """Run a child to its end: its exit code and, with `keep_output`, what it printed (64 kB at most)."""
        child = self.start(name, command, keep_output=keep_output, **env)
        self.wait_until(lambda: child.poll() is not None)
        del self.children[name]
        return child.returncode, child.stdout.read() if child.stdout else ""

    def wait_until(self, done: Callable[[], bool]) -> None:
        """Look until `done`. Raises Stopped when this process is asked to stop or its parent goes."""
        while not done():
            if self.stop_asked or self._parent_is_going():
                raise Stopped
            time.sleep(TICK)

    def ended(self) -> str | None:
        """The name of a child that is no longer there, if any."""
        return next((name for name, child in self.children.items() if child.poll() is not None), None)

    def stop(self) -> None:
        """End every child and whatever it started: SIGTERM, and after GRACE or a second request SIGKILL."""
        asked = self.stop_asked
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + GRACE
        while any(child.poll() is None for child in self.children.values()):
            if time.monotonic() > deadline or self.stop_asked > asked:
                break
            time.sleep(TICK / 2)
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)  # the session it led: what a child left behind is there too
            child.wait()
        self.children.clear()

    def _asked(self, _number: int, _frame: FrameType | None) -> None:
        self.stop_asked += 1

    def _parent_is_going(self) -> bool:
        """Whether the parent died, or is a make that a signal ends: it may wait for us without a word."""
        if os.getppid() != self.parent:
            return True
        if not self.parent_handles:
            return False
        now = _signals_of(self.parent)
        return bool(now) and any(
            number in self.parent_handles["SigCgt"] and number not in now["SigCgt"] and number in now["SigBlk"]
            for number in STOP_SIGNALS
        )


def end_with(parent: int) -> None:
    """Runs in a child: the kernel sends it SIGTERM if its parent is killed without a chance to do so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:  # it went before the kernel knew
            os.kill(os.getpid(), signal.SIGTERM)


def _signals_of(process: int) -> Mapping[str, set[int]]:
    """Which signals a make catches and blocks, from Linux's /proc; empty for any other program or system.

    While make handles a signal that ends it, it has that signal blocked and no longer caught.
    """
    try:
        place = Path("/proc") / str(process)
        if (place / "comm").read_text().strip() not in {"make", "gmake"}:
            return {}
        masks = dict(line.split(":\t", 1) for line in (place / "status").read_text().splitlines())
        return {
            kind: {bit + 1 for bit in range(64) if int(masks[kind], 16) >> bit & 1} for kind in ("SigCgt", "SigBlk")
        }
    except (OSError, KeyError, ValueError):
        return {}
