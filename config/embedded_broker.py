"""A message broker of files, for one machine without a server: `embedded://`.

Kombu's own `filesystem` transport lets a reader take a half-written file and forgets what a killed worker held. Here

* a message is written under `new/` and renamed into `ready/<queue>/`: no reader ever sees part of one;
* a consumer takes a message by renaming it into its own folder under `held/` and deletes it on acknowledgement;
* that folder holds a lock file, which the kernel unlocks when its process dies; the next consumer puts messages back.

It delivers at least once and knows direct queues only: no remote control, no events. Transport option `folder`: where
all this lives.
"""

import fcntl
import json
import logging
import time
import uuid
from collections import deque
from contextlib import suppress
from pathlib import Path
from queue import Empty
from typing import IO, Any
from urllib.parse import quote

from kombu.transport import virtual

logger = logging.getLogger(__name__)
LOOK_FOR_DEAD_EVERY = 5.0  # seconds
LONGEST_WAIT = 0.5  # seconds


class Hold:
    """The folder of what one consumer has taken and not yet acknowledged, locked as long as its process lives."""

    def __init__(self, root: Path) -> None:
        name = uuid.uuid4().hex
        making = root / "new" / name
        making.mkdir(mode=0o700)
        self.lock: IO[str] = (making / "lock").open("w")
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.folder = making.rename(root / "held" / name)  # only now can others see it, already locked
        self.taken: dict[str, tuple[Path, Path]] = {}  # delivery tag → (where it is, where it came from)

    def take(self, message: Path) -> dict[str, Any] | None:
        """Take a ready message; None if another consumer was faster or the file is not one of ours."""
        mine = self.folder / f"{message.parent.name}@{message.name}"
        try:
            message.rename(mine)
        except FileNotFoundError:
            return None
        try:
            payload: dict[str, Any] = json.loads(mine.read_bytes())
            self.taken[payload["properties"]["delivery_tag"]] = (mine, message)
        except (ValueError, KeyError, TypeError):
            # Only a power cut leaves such a file (names reach the disk before contents); it would stop every worker.
            logger.warning("unreadable message dropped: %s", message.name)
            mine.unlink()
            return None
        return payload

    def finish(self, tag: str | None) -> None:
        """Forget an acknowledged message."""
        if tag in self.taken:
            self.taken.pop(tag)[0].unlink(missing_ok=True)

    def give_back(self, tag: str | None) -> None:
        """Put a message back where it was taken from."""
        if tag in self.taken:
            mine, origin = self.taken.pop(tag)
            mine.rename(origin)

    def close(self) -> None:
        for tag in list(self.taken):
            self.give_back(tag)
        (self.folder / "lock").unlink(missing_ok=True)
        with suppress(OSError):
            self.folder.rmdir()
        self.lock.close()


def restore_dead(root: Path) -> int:
    """Put back what consumers held whose process is gone; returns how many messages."""
    count = 0
    for folder in (root / "held").iterdir():
        with suppress(FileNotFoundError, BlockingIOError), (folder / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for message in folder.glob("*.json"):
                queue, _at, name = message.name.partition("@")
                message.rename(root / "ready" / queue / name)
                count += 1
            (folder / "lock").unlink()
            folder.rmdir()
    return count


class QoS(virtual.QoS):
    """What is in flight; an answer to a message also settles its file."""

    channel: "Channel"

    def ack(self, delivery_tag: str) -> None:
        super().ack(delivery_tag)
        self.channel.hold.finish(delivery_tag)

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:
        super().reject(delivery_tag, requeue=requeue)
        self.channel.hold.finish(delivery_tag)


class Channel(virtual.Channel):
    """One consumer's or publisher's view of the folders."""

    QoS = QoS

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.root = Path(self.connection.client.transport_options["folder"])  # type: ignore[union-attr,index]  # stubs
        for part in ("new", "ready", "held"):
            (self.root / part).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._hold: Hold | None = None
        self._waiting: dict[str, deque[Path]] = {}
        self._unanswered: set[str] = set()
        self._looked_at = float("-inf")

    @property
    def hold(self) -> Hold:
        """Made at the first look for a message: a publisher needs none, and a forked beat must not inherit its lock."""
        if self._hold is None:
            self._hold = Hold(self.root)
        return self._hold

    def basic_consume(self, queue: str, no_ack: bool, *args: Any, **options: Any) -> Any:
        if no_ack:
            self._unanswered.add(queue)
        return super().basic_consume(queue, no_ack, *args, **options)

    def basic_get(self, queue: str, no_ack: bool = False, **options: Any) -> Any:
        message = super().basic_get(queue, no_ack=no_ack, **options)
        if message is not None and no_ack:
            self.hold.finish(message.delivery_tag)
        return message

    def close(self) -> None:
        super().close()
        if self._hold is not None:
            self._hold.close()
            self._hold = None

    def _queue_folder(self, queue: str) -> Path:
        folder = self.root / "ready" / quote(queue, safe="")
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def _new_queue(self, queue: str, **options: Any) -> None:
        self._queue_folder(queue)

    def _has_queue(self, queue: str, **options: Any) -> bool:
        return (self.root / "ready" / quote(queue, safe="")).is_dir()

    def _put(self, queue: str, message: dict[str, Any], **options: Any) -> None:
        name = f"{time.time_ns():020}-{uuid.uuid4().hex}.json"  # sorts by age
        written = self.root / "new" / name
        written.write_text(json.dumps(message))
        written.rename(self._queue_folder(queue) / name)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        if time.monotonic() - self._looked_at > LOOK_FOR_DEAD_EVERY:
            self._looked_at = time.monotonic()
            restore_dead(self.root)
        waiting = self._waiting.setdefault(queue, deque())
        if not waiting:
            waiting.extend(sorted(self._queue_folder(queue).glob("*.json")))
        while waiting:
            payload = self.hold.take(waiting.popleft())
            if payload is not None:
                if queue in self._unanswered:
                    self.hold.finish(payload["properties"]["delivery_tag"])
                return payload
        raise Empty

    def _restore(self, message: virtual.Message) -> None:
        self.hold.give_back(message.delivery_tag)

    def _size(self, queue: str) -> int:
        return sum(1 for _ in self._queue_folder(queue).glob("*.json"))

    def _purge(self, queue: str) -> int:
        count = 0
        for message in self._queue_folder(queue).glob("*.json"):
            with suppress(FileNotFoundError):
                message.unlink()
                count += 1
        return count


class Transport(virtual.Transport):
    """`embedded://`"""

    Channel = Channel
    implements = virtual.Transport.implements.extend(asynchronous=False, exchange_type=frozenset(["direct"]))
    driver_type = driver_name = "embedded"
    default_connection_params: dict[str, Any] = {}  # no host, no port
    polling_interval = 0.1  # seconds between looks at an empty queue

    def drain_events(self, connection: Any, timeout: float | None = None, **options: Any) -> None:
        """Wait half a second at most: Celery acknowledges, and hears that it shall stop, between two calls only."""
        super().drain_events(connection, timeout=min(timeout or LONGEST_WAIT, LONGEST_WAIT), **options)

    def driver_version(self) -> str:
        return "1"
