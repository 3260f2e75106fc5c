"""When each tick of the clock last ran, so that a clock which stopped is seen."""

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
"""After so long without a beat a tick counts as stopped."""


class HeartbeatQuerySet(models.QuerySet["Heartbeat"]):
    def beat(self, name: str, at: dt.datetime) -> None:
        """Tick ``name`` ran at ``at``; one statement, so that two workers at once do no harm."""
        self.bulk_create(
            [Heartbeat(name=name, at=at)], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
        )


class Heartbeat(models.Model):
    """One kind of tick and when it last ran to its end."""

    name = models.SlugField(primary_key=True, max_length=40)
    at = models.DateTimeField()

    objects = HeartbeatQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
