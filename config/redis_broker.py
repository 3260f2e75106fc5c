"""Kombu's Redis transport, which survives the loss of its server while a task runs.

Celery closes a lost connection and then restores unacknowledged messages on a channel that no longer has a connection.
Kombu 5.7 raises an AttributeError, which ends the worker; here it is the connection error that Celery handles. The
lost message is a tick: the next one does its work.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as ConnectionLost


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise ConnectionLost("the broker was lost")
        params: dict[str, Any] = super()._connparams(asynchronous=asynchronous)  # type: ignore[misc]  # not in the stubs
        return params


class Transport(redis.Transport):
    """`redis://` and `rediss://`"""

    Channel = Channel
