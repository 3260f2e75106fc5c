"""Servers of the tests' own, a filled database to copy for each test, and one line of figures from each at the end."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from kombu import Connection, Queue

from tests.config.running import python, run_to_end
from tests.faults.practice import Practice, Sink, sink
from tests.faults.servers import PostgreSQL, Redis, own_redis, postgresql
from tests.faults.sizes import SIZE

HERE = Path(__file__).parent
FILL = python("-m", "tests.faults.due_now", "fill", str(SIZE.sends))
SETTINGS = {"DJANGO_SETTINGS_MODULE": "tests.faults.settings", "BASE_URL": "https://clinic.example"}
EMBEDDED = {"FAULTS_QUEUE": "plumbline"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker("faults")
            item.add_marker("processes")
            item.add_marker(pytest.mark.timeout(60 * SIZE.minutes))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what each test counted, under -q too."""
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, line in getattr(report, "user_properties", ()) if getattr(report, "when", "") == "call" else ():
                if name == "figures":
                    terminalreporter.write_line(f"{report.nodeid.rpartition('::')[2]}: {line}")


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Print a line of figures at the end of the run."""
    return lambda line: record_property("figures", line)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgreSQL]:
    with postgresql() as server:
        yield server


@pytest.fixture
def redis_server() -> Iterator[Redis]:
    with own_redis() as server:
        yield server


@pytest.fixture(scope="session")
def filled_database(postgres: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a database to copy."""
    postgres.execute("CREATE DATABASE filled")
    var = tmp_path_factory.mktemp("filled")
    done = run_to_end(FILL, 600.0, DATABASE_URL=postgres.url("filled"), PLUMBLINE_VAR=str(var), **SETTINGS, **EMBEDDED)
    assert done.returncode == 0, done.stderr
    return "filled"


@pytest.fixture(scope="session")
def filled_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """PLUMBLINE_VAR with an SQLite file, to copy."""
    var = tmp_path_factory.mktemp("filled") / "var"
    done = run_to_end(FILL, 600.0, PLUMBLINE_VAR=str(var), **SETTINGS, **EMBEDDED)
    assert done.returncode == 0, done.stderr
    return var


@pytest.fixture
def practice(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Practice]:
    """By parameter: `redis` or `rabbitmq`, both on PostgreSQL, or `embedded`."""
    kind = getattr(request, "param", "redis")
    env = {**SETTINGS, "PLUMBLINE_VAR": str(tmp_path / "var")}
    with ExitStack() as crew:
        if kind == "embedded":
            shutil.copytree(request.getfixturevalue("filled_folder"), tmp_path / "var")
            env |= EMBEDDED
        else:
            name = f"practice_{uuid.uuid4().hex[:8]}"
            server: PostgreSQL = request.getfixturevalue("postgres")
            server.execute(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('filled_database')}")
            env |= {"DATABASE_URL": server.url(name), "FAULTS_QUEUE": name}
        if kind == "redis":
            env["CELERY_BROKER_URL"] = request.getfixturevalue("redis_server").url
        if kind == "rabbitmq":
            env["CELERY_BROKER_URL"] = request.getfixturevalue("amqp_url")
            crew.callback(_delete_queue, env["CELERY_BROKER_URL"], env["FAULTS_QUEUE"])
        yield Practice(tmp_path, env, crew.enter_context(ExitStack()))


def _delete_queue(broker: str, name: str) -> None:
    with Connection(broker) as connection:
        Queue(name, channel=connection.default_channel).delete()


@pytest.fixture
def mailbox(practice: Practice) -> Iterator[Sink]:
    """A mail server that takes 20 ms over each mail; the practice sends to it."""
    with sink(practice.folder, 20) as box:
        practice.mail_to(box.port)
        yield box
