"""The Celery application: a static beat whose tasks carry no arguments, since what is to be done stands in rows.

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
app.set_default()  # for every thread: `current_app` is otherwise known to the one that imported this


def every(seconds: int, task: str) -> dict[str, Any]:
    """A beat entry; it expires before the next one, so that a worker that was away finds one tick and not hundreds."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": seconds * 0.75}}


app.conf.beat_schedule = {
    "plan": every(20, "clinic.tasks.plan"),
    "send": every(20, "clinic.tasks.send"),
    "sweep": every(60, "clinic.tasks.sweep"),
    "silence": every(15 * 60, "clinic.tasks.silence"),
}


@setup_logging.connect
def log_as_the_site_does(loglevel: int | str | None = None, **_signal: object) -> None:
    """Keep Celery from installing a format of its own; `-l INFO` still decides how much Celery itself says."""
    from django.conf import settings

    dictConfig(settings.LOGGING)
    logging.getLogger("celery").setLevel(loglevel or logging.WARNING)
