"""Beat without a memory: the first tick comes at once after a start, and there is no file to corrupt."""

from __future__ import annotations

from datetime import timedelta

from billiard.process import current_process
from celery.beat import Scheduler
from celery.signals import beat_embedded_init

from config.local_run.supervise import end_with


class PromptScheduler(Scheduler):
    """Celery's in-memory scheduler with every entry due at the start.

    When a tick ran last does not matter: what is due stands in rows, and a tick too many finds nothing to do.
    """

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - timedelta(days=1)


@beat_embedded_init.connect
def end_with_worker(**_signal: object) -> None:
    """Let a beat inside a worker (`-B`) end with it: after a kill of the worker it would tick on beside the next."""
    end_with(current_process()._parent_pid)  # type: ignore[attr-defined]  # not in the stubs
