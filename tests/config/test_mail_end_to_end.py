"""A worker and a beat as processes, a server as broker, SMTP as mail: what is due arrives once, and the row says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from kombu import Connection

from tests.config.running import free_port, python, run_to_end, running, wait_until
from tests.config.test_real_brokers import WORKER
from tests.post_box import post_box

pytestmark = pytest.mark.processes


@pytest.fixture
def database(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database of its own on the PostgreSQL server."""
    name = f"plumbline_e2e_{free_port()}"
    with psycopg.connect(postgres_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        yield urlsplit(postgres_url)._replace(path=f"/{name}").geturl()
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("broker", ["redis_url", "amqp_url"])
def test_a_due_reminder_arrives_once_and_its_row_says_sent(
    broker: str, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    broker_url: str = request.getfixturevalue(broker)
    with Connection(broker_url) as connection:
        connection.SimpleQueue("plumbline").clear()
    with post_box() as box:
        env = {
            "PLUMBLINE_VAR": str(tmp_path / "var"),
            "DATABASE_URL": database,
            "CELERY_BROKER_URL": broker_url,
            "EMAIL_URL": box.url,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "BASE_URL": "https://clinic.example",
        }
        for command in (("manage.py", "migrate", "--verbosity", "0"), ("-m", "tests.config.due_now")):
            done = run_to_end(python(*command), 120, **env)
            assert done.returncode == 0, done.stderr

        with running(tmp_path / "worker.log", WORKER, **env) as run:
            wait_until(lambda: box.to("dana@") and box.to("frida@"), "the reminder and the invitation")
            sent = "SELECT message_id FROM clinic_reminder WHERE state = 'sent'"
            with psycopg.connect(database, autocommit=True) as rows:
                wait_until(lambda: rows.execute(sent).fetchall(), "the row of the reminder to say sent")
                (message_id,) = rows.execute(sent).fetchall()[0]
            assert "Traceback" not in run.said()
            assert "dana" not in run.said().lower(), "no address in the log"

        (reminder,) = box.to("dana@")
        assert reminder["Message-ID"] == f"<{message_id}>"
        assert box.link("dana@", "r").startswith("https://clinic.example/m/r")
        assert len(box.to("frida@")) == 1
        assert box.link("frida@", "i").startswith("https://clinic.example/m/i")
