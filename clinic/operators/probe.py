"""Asks a server that may hang, and returns in time whatever it does."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connections

Answer = TypeVar("Answer")


class NoAnswer(Exception):
    """The server did not answer in time."""


class Probe(Generic[Answer]):
    """One question, asked in a thread of its own by one asker at a time.

    A frozen server may keep whoever asks it for as long as TCP waits. The thread that hangs on it is left behind, and
    until it comes back nobody starts another.
    """

    def __init__(self, ask: Callable[[], Answer], seconds: float) -> None:
        self._ask, self._seconds = ask, seconds
        self._free = threading.Lock()

    def __call__(self) -> Answer:
        """The answer, or what asking raised. Raises NoAnswer after ``seconds``, or twice that where others ask too."""
        if not self._free.acquire(timeout=self._seconds):
            raise NoAnswer
        results: queue.SimpleQueue[Answer | Exception] = queue.SimpleQueue()
        threading.Thread(target=self._run, args=[results], name="probe", daemon=True).start()
        try:
            answer = results.get(timeout=self._seconds)
        except queue.Empty:
            raise NoAnswer from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _run(self, results: queue.SimpleQueue[Answer | Exception]) -> None:
        answer: Answer | Exception
        try:
            answer = self._ask()
        except Exception as error:
            answer = error
        finally:
            connections.close_all()  # this thread's own
            self._free.release()
        results.put(answer)
