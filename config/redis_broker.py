"""Kombu's Redis transport, able to lose its server while a task runs.

Celery closes a lost connection and then puts back what was in flight, on a channel that has no connection any more.
Kombu 5.7 answers with an AttributeError, which nobody expects: the worker ends. Here it is the connection error that
Celery is ready for. What was in flight is a tick: the next one does its work.
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
