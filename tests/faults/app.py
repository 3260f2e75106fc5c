"""The project's Celery application in a hurry: ticks by the second, short pauses after trouble, a clock that is off.

`celery -A tests.faults.app worker …` is the real worker with the real tasks; nothing of the protocol is replaced.
FAULTS_CLOCK_OFF is by how many seconds this process's clock is wrong.
"""

from __future__ import annotations

import datetime as dt
import os

import django
import time_machine

django.setup()

from clinic.mail import outbox  # noqa: E402
from config.celery import app  # noqa: E402

__all__ = ["app"]

OFF = dt.timedelta(seconds=float(os.environ.get("FAULTS_CLOCK_OFF") or 0))
assert dt.timedelta(seconds=30) <= outbox.BACK_OFF, "what is shortened here has another name now"
outbox.BACK_OFF = dt.timedelta(seconds=2)

for _name, _seconds in {"plan": 1.0, "send": 1.0, "sweep": 2.0}.items():
    app.conf.beat_schedule[_name]["schedule"] = _seconds
    app.conf.beat_schedule[_name]["options"] = {"expires": 5 * _seconds}
app.conf.beat_max_loop_interval = 1

if OFF:
    time_machine.travel(dt.datetime.now(dt.UTC) + OFF, tick=True).start()
