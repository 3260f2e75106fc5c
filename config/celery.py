"""The Celery application: a static beat whose tasks have no arguments, since due work is stored in rows.

One process for everything embedded: `celery -A config worker -B -P threads`. With a server as broker, one
`celery -A config beat` and as many workers as wanted.
"""

import logging
import os
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TRANSPORT_ALIASES["embedded"] = "config.embedded_broker:Transport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "config.redis_broker:Transport"

app = Celery("plumbline")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.set_default()  # for every thread: `current_app` is otherwise set in the importing thread alone


def beat_entry(seconds: int, task: str) -> dict[str, Any]:
    """Return a beat entry that expires before the next, so that a stopped worker does not find hundreds of ticks."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds * 0.75}}


app.conf.beat_schedule = {
    "plan": beat_entry(20, "clinic.tasks.plan"),
    "send": beat_entry(20, "clinic.tasks.send"),
    "sweep": beat_entry(60, "clinic.tasks.sweep"),
    "silence": beat_entry(15 * 60, "clinic.tasks.silence"),
}


@setup_logging.connect
def configure_logging(loglevel: int | str | None = None, **_signal: object) -> None:
    """Keep Celery from installing its own format; `-l INFO` still sets the level of Celery's own log."""
    from django.conf import settings

    dictConfig(settings.LOGGING)
    logging.getLogger("celery").setLevel(loglevel or logging.WARNING)
