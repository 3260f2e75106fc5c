"""A beat without a schedule file: the first tick comes at once after a start."""

from __future__ import annotations

from datetime import timedelta

from billiard.process import current_process
from celery.beat import Scheduler
from celery.signals import beat_embedded_init

from config.local_run.supervise import end_with


class PromptScheduler(Scheduler):
    """Celery's in-memory scheduler with every entry due at the start.

    When a tick ran last does not matter: due work is stored in rows, and an extra tick finds none.
    """

    def setup_schedule(self) -> None:
        super().setup_schedule()
        for entry in self.schedule.values():
            entry.last_run_at = self.app.now() - timedelta(days=1)


@beat_embedded_init.connect
def bind_beat_to_worker(**_signal: object) -> None:
    """End a beat inside a worker (`-B`) with the worker: after a kill it would else run beside the next one."""
    end_with(current_process()._parent_pid)  # type: ignore[attr-defined]  # not in the stubs
