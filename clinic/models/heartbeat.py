"""When each periodic task last ran, so that a stopped worker shows."""

from __future__ import annotations

import datetime as dt
from typing import Final

from django.db import models

SILENT_FOR: Final = {
    "plan": dt.timedelta(minutes=3),
    "send": dt.timedelta(minutes=3),
    "sweep": dt.timedelta(minutes=3),
    "silence": dt.timedelta(minutes=45),  # three of its periods
}
"""By tick, the time without a heartbeat after which it counts as stopped."""


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, name: str, at: dt.datetime) -> None:
        """Record that tick ``name`` ran at ``at``; one statement, safe with two workers at once."""
        self.bulk_create(
            [Heartbeat(name=name, at=at)], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
        )


class Heartbeat(models.Model):
    """One tick, and when it last came to its end."""

    name = models.SlugField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
