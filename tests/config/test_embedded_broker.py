"""The broker of files: no message is read in part, lost with a killed consumer, or kept after its acknowledgement."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Exchange, Queue
from kombu.message import Message
from kombu.transport import TRANSPORT_ALIASES

import config.celery  # noqa: F401  registers embedded://
from config.embedded_broker import Transport, restore_dead
from tests.config.running import ROOT, clean_environment, wait_until

QUEUE = Queue("work", Exchange(""), routing_key="work", durable=True)


def connect(folder: Path) -> Connection:
    return Connection("embedded://", transport_options={"folder": str(folder)})


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    with connect(tmp_path) as made:
        yield made


def publish(connection: Connection, *bodies: Any, queue: str = "work") -> None:
    with connection.Producer() as producer:
        for body in bodies:
            producer.publish(body, routing_key=queue, serializer="json")


def get(connection: Connection, no_ack: bool = False) -> Message | None:
    """The next message, from the connection's own channel."""
    found: Message | None = QUEUE(connection.default_channel).get(no_ack=no_ack)
    return found


def bodies(connection: Connection) -> list[Any]:
    """Everything that waits, each acknowledged."""
    found = []
    while (message := get(connection)) is not None:
        found.append(message.payload)
        message.ack()
    return found


def files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.json"))


def test_the_scheme_names_this_transport() -> None:
    assert TRANSPORT_ALIASES["embedded"] == "config.embedded_broker:Transport"
    assert Connection("embedded://").get_transport_cls() is Transport


def test_messages_come_in_the_order_they_were_sent(connection: Connection) -> None:
    publish(connection, *range(20))
    assert bodies(connection) == list(range(20))


def test_a_message_waits_for_its_own_queue_whatever_the_name(connection: Connection, tmp_path: Path) -> None:
    publish(connection, "other", queue="../odd name@host")
    assert get(connection) is None
    assert [path.parent.parent for path in files(tmp_path)] == [tmp_path / "ready"]
    other = Queue("../odd name@host", Exchange(""))(connection.default_channel).get()
    assert other is not None
    assert other.payload == "other"


def test_an_acknowledged_message_is_gone(connection: Connection, tmp_path: Path) -> None:
    publish(connection, "one")
    message = get(connection)
    assert message is not None
    assert len(files(tmp_path / "held")) == 1
    message.ack()
    assert files(tmp_path) == []


def test_a_message_that_needs_no_acknowledgement_is_gone_when_taken(connection: Connection, tmp_path: Path) -> None:
    publish(connection, "one", "two")
    message = get(connection, no_ack=True)
    assert message is not None
    received: list[Any] = []
    with connection.Consumer([QUEUE], callbacks=[lambda body, _message: received.append(body)], no_ack=True):
        connection.drain_events(timeout=2)
    assert received == ["two"]
    assert files(tmp_path) == []


def test_a_rejected_message_is_gone_and_a_requeued_one_comes_again(connection: Connection, tmp_path: Path) -> None:
    publish(connection, "one")
    message = get(connection)
    assert message is not None
    message.requeue()
    message = get(connection)
    assert message is not None
    assert message.payload == "one"
    message.reject()
    assert files(tmp_path) == []


def test_a_consumer_that_closes_gives_back_what_it_held(tmp_path: Path) -> None:
    with connect(tmp_path) as first:
        publish(first, "one", "two")
        assert get(first) is not None
    assert list((tmp_path / "held").iterdir()) == []
    with connect(tmp_path) as second:
        assert bodies(second) == ["one", "two"]


def test_two_consumers_never_get_the_same_message(tmp_path: Path) -> None:
    count = 200
    taken: list[Any] = []

    def consume() -> None:
        with connect(tmp_path) as mine:
            taken.extend(bodies(mine))

    with connect(tmp_path) as source:
        publish(source, *range(count))
    threads = [threading.Thread(target=consume) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(count))


def test_no_message_is_read_before_it_is_whole(
    connection: Connection, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Four processes write messages of 300 kB while this one reads as fast as it can."""
    count, size = 10, 300_000
    writers = [
        multiprocessing.get_context("spawn").Process(target=write_many, args=(tmp_path, count, size)) for _ in range(4)
    ]
    for writer in writers:
        writer.start()
    received: list[int] = []

    def all_read() -> bool:
        received.extend(len(body) for body in bodies(connection))
        return len(received) == 4 * count

    wait_until(all_read, "every message")
    for writer in writers:
        writer.join()
    assert set(received) == {size}
    assert files(tmp_path) == []
    assert "unreadable" not in caplog.text


def write_many(folder: Path, count: int, size: int) -> None:
    with connect(folder) as mine:
        publish(mine, *["x" * size] * count)


def test_nothing_is_lost_when_a_consumer_is_killed(tmp_path: Path) -> None:
    """A consumer holds ten of thirty messages, has acknowledged three of them, and is killed: the next one gets 27."""
    with connect(tmp_path) as source:
        publish(source, *range(30))
    consumer = subprocess.Popen(
        [sys.executable, "-c", HOLD_TEN, str(tmp_path)],
        cwd=ROOT,
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert consumer.stdout is not None
    assert json.loads(consumer.stdout.readline()) == list(range(10))
    with connect(tmp_path) as early:
        assert bodies(early) == list(range(10, 30)), "what a living process holds stays with it"
    os.kill(consumer.pid, signal.SIGKILL)
    consumer.wait()
    with connect(tmp_path) as late:
        assert bodies(late) == list(range(3, 10))
    assert files(tmp_path) == []
    assert list((tmp_path / "held").iterdir()) == []


HOLD_TEN = """
import json, sys, time
from pathlib import Path
from tests.config.test_embedded_broker import connect, get
connection = connect(Path(sys.argv[1]))
held = [get(connection) for _ in range(10)]
for message in held[:3]:
    message.ack()
print(json.dumps([message.payload for message in held]), flush=True)
time.sleep(600)
"""


def test_a_running_consumer_finds_what_another_one_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("config.embedded_broker.LOOK_FOR_DEAD_EVERY", 0.0)
    with connect(tmp_path) as waiting:
        assert get(waiting) is None
        dead = tmp_path / "held" / "dead"
        publish(waiting, "left")
        (message,) = files(tmp_path / "ready")
        dead.mkdir()
        (dead / "lock").touch()
        message.rename(dead / f"work@{message.name}")
        assert bodies(waiting) == ["left"]


def test_two_restorers_do_not_disturb_each_other(tmp_path: Path) -> None:
    with connect(tmp_path) as source:
        publish(source, *range(100))
        for number, message in enumerate(files(tmp_path / "ready")):
            dead = tmp_path / "held" / f"dead{number % 20}"
            dead.mkdir(exist_ok=True)
            (dead / "lock").touch()
            message.rename(dead / f"work@{message.name}")
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(restore_dead(tmp_path))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 100
    assert len(files(tmp_path / "ready")) == 100


@pytest.mark.parametrize("content", [b"", b'{"body": "x', b"[]", b'{"properties": {}}'])
def test_a_file_that_a_power_cut_left_stops_nobody(
    connection: Connection, tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    publish(connection, "next")
    (tmp_path / "ready" / "work" / "0.json").write_bytes(content)
    assert bodies(connection) == ["next"]
    assert "unreadable message dropped: 0.json" in caplog.text
    assert files(tmp_path) == []


def test_a_queue_can_be_counted_and_emptied(connection: Connection, tmp_path: Path) -> None:
    publish(connection, *range(5))
    queue = QUEUE(connection.default_channel)
    channel: Any = connection.default_channel
    assert channel.queue_declare("work", passive=True).message_count == 5
    assert queue.purge() == 5
    assert files(tmp_path) == []


def test_a_queue_that_was_never_made_is_said_to_be_absent(connection: Connection) -> None:
    with pytest.raises(connection.channel_errors):
        Queue("absent")(connection.default_channel).queue_declare(passive=True)
