"""`/readyz` as a monitor asks it: by HTTP, and in time whatever hangs."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import time_machine
from celery import Celery
from django.db import connection
from django.test import Client as Browser
from django.utils import timezone

from clinic import tasks
from clinic.models import Heartbeat
from clinic.operators import readiness
from clinic.operators.probe import NoAnswer, Probe
from clinic.operators.readiness import SILENT_FOR, check_broker
from config.celery import app
from tests.config.running import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import time, django
django.setup()
from django.test import Client
began = time.monotonic()
for path in ("/readyz", "/metrics", "/healthz"):
    answer = Client(SERVER_NAME="127.0.0.1").get(path)
    print(answer.status_code, answer.content.decode().replace(chr(10), " "))
print(time.monotonic() - began)
"""


@pytest.fixture(autouse=True)
def broker_of_this_test(monkeypatch, tmp_path):
    monkeypatch.delenv("CELERY_BROKER_URL", raising=False)
    monkeypatch.setitem(app.conf.changes, "broker_transport_options", {"folder": str(tmp_path)})


@pytest.fixture
def ticking(transactional_db):
    for name in SILENT_FOR:
        getattr(tasks, name)()


def test_ready_is_two_letters(ticking):
    answer = Browser().get("/readyz")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok\n", "text/plain; charset=utf-8")
    assert "no-store" in answer["Cache-Control"]
    assert answer.cookies == {}
    assert Browser().head("/readyz").status_code == 200
    assert Browser().post("/readyz").status_code == 405


@pytest.mark.skipif(connection.vendor == "postgresql", reason="PostgreSQL's own clock decides there, and stands by it")
def test_time_passes_without_a_tick(ticking):
    with time_machine.travel(timezone.now() + 4 * SILENT_FOR["plan"] / 3):
        answer = Browser().get("/readyz")
    assert answer.status_code == 503
    assert [line.split(":")[0] for line in answer.content.decode().splitlines()] == [
        "tick plan", "tick send", "tick sweep",
    ]  # fmt: skip


def test_a_line_for_each_thing_that_is_wrong(ticking):
    Heartbeat.objects.exclude(name="silence").delete()
    answer = Browser().get("/readyz")
    assert answer.status_code == 503
    assert len(answer.content.decode().splitlines()) == 3


@pytest.mark.parametrize("scheme", ["redis", "amqp"])
def test_a_broker_that_is_away_is_named(ticking, monkeypatch, scheme):
    monkeypatch.setenv("CELERY_BROKER_URL", f"{scheme}://somebody:secret@127.0.0.1:{free_port()}/0")
    answer = Browser().get("/readyz")
    assert answer.status_code == 503
    text = answer.content.decode()
    assert text.startswith("broker: It does not answer")
    assert "secret" not in text


def test_a_broker_that_takes_the_connection_and_says_nothing_costs_no_more_than_the_limit(monkeypatch):
    with socket.socket() as frozen:
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        monkeypatch.setenv("CELERY_BROKER_URL", f"redis://127.0.0.1:{frozen.getsockname()[1]}/0")
        monkeypatch.setattr(readiness, "_BROKER_PROBE", Probe(check_broker, 0.2))
        began = time.monotonic()
        assert [problem.component for problem in readiness._broker()] == ["broker"]
        assert [problem.component for problem in readiness._broker()] == ["broker"]  # while the first still hangs
        assert time.monotonic() - began < 2


@pytest.mark.services
@pytest.mark.parametrize("server", ["redis_url", "amqp_url"])
def test_the_brokers_that_are_there_answer(monkeypatch, request, server):
    monkeypatch.setenv("CELERY_BROKER_URL", request.getfixturevalue(server))
    assert check_broker() == []


def test_the_embedded_broker_answers_and_a_folder_that_cannot_be_made_does_not(monkeypatch, tmp_path):
    assert check_broker() == []
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setitem(app.conf.changes, "broker_transport_options", {"folder": str(tmp_path / "file")})
    assert [problem.component for problem in check_broker()] == ["broker"]


def test_without_a_broker_the_crontab_ticks(monkeypatch):
    with_none = Celery("a host's", set_as_current=False)
    monkeypatch.setattr(readiness, "current_app", with_none)
    assert check_broker() == []


def test_a_probe_gives_what_was_answered_or_raised():
    assert Probe(lambda: 7, 5)() == 7
    with pytest.raises(ZeroDivisionError):
        Probe(lambda: 1 / 0, 5)()
    twice = Probe(lambda: 7, 5)
    assert [twice(), twice()] == [7, 7]


def test_a_probe_that_hangs_is_left_behind_and_asked_again_when_it_is_back():
    held, asked = threading.Event(), []

    def slow():
        asked.append(1)
        held.wait(20)

    probe = Probe(slow, 0.1)
    for _turn in range(3):
        with pytest.raises(NoAnswer):
            probe()
    assert len(asked) == 1  # three askers, one thread
    held.set()

    def answered():
        with suppress(NoAnswer):
            return [probe()] == [None]

    wait_until(answered, "an answer, once the thread left behind is gone")


@pytest.mark.processes
def test_a_frozen_database_keeps_nobody_waiting(tmp_path):
    """A server that takes connections and says nothing, as a stopped PostgreSQL does."""
    with socket.socket() as frozen:
        frozen.bind(("127.0.0.1", 0))
        frozen.listen()
        env = {
            "DATABASE_URL": f"postgres://somebody:secret@127.0.0.1:{frozen.getsockname()[1]}/nothing",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "PLUMBLINE_VAR": str(tmp_path),
            "PATH": "/usr/bin",
        }
        done = subprocess.run(
            [sys.executable, "-c", ASK], cwd=ROOT, env=env, capture_output=True, text=True, timeout=120
        )
    ready, numbers, alive, took = done.stdout.splitlines()
    assert ready.startswith("503 database: It does not answer within 3 seconds.")
    assert numbers.startswith("503 database: It does not answer.")
    assert alive == "200 ok "
    assert float(took) < 20
    assert "secret" not in done.stdout + done.stderr
