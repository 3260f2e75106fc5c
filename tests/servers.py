"""The servers a test may need: where they are looked for, whether they answer, what happens to a test if they do not.

`python -m tests.servers [name …]` says it in one line each and exits 1 if one (of those named) is missing.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable
from unittest import TestCase

import pytest

URLS = {
    "PostgreSQL": os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres",
    "Redis": os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379/15",
    "RabbitMQ": os.environ.get("TEST_AMQP_URL") or "amqp://guest:guest@127.0.0.1:5672//",
    "Chromium": shutil.which("chromium") or shutil.which("chromium-browser") or "",
    "SpamAssassin": shutil.which("spamassassin") or "",
}
DATABASE_FIXTURES = {
    "db",
    "transactional_db",
    "django_db_reset_sequences",
    "django_db_serialized_rollback",
    "live_server",
}


def _ask_postgresql(url: str) -> None:
    import psycopg

    psycopg.connect(url, connect_timeout=3).close()


def _ask_redis(url: str) -> None:
    import redis

    redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3).ping()


def _ask_rabbitmq(url: str) -> None:
    import kombu

    with kombu.Connection(url, connect_timeout=3) as connection:
        connection.connect()


def _ask_chromium(path: str) -> None:
    if not path:
        raise FileNotFoundError("no chromium in PATH")


def _ask_spamassassin(path: str) -> None:
    if not path:
        raise FileNotFoundError("no spamassassin in PATH")


ASK: dict[str, Callable[[str], None]] = {
    "PostgreSQL": _ask_postgresql,
    "Redis": _ask_redis,
    "RabbitMQ": _ask_rabbitmq,
    "Chromium": _ask_chromium,
    "SpamAssassin": _ask_spamassassin,
}


@functools.cache
def missing(name: str) -> str:
    """Why that server cannot be used, in a few words; empty if it can."""
    try:
        ASK[name](URLS[name])
    except Exception as error:  # whatever it is, the server cannot be used
        return (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
    return ""


def needed(name: str) -> str:
    """The server's URL (or path); where it is missing the test is skipped, or fails with REQUIRE_SERVICES=1."""
    reason = missing(name)
    if not reason:
        return URLS[name]
    said = f"{name} not found: {reason}"
    if os.environ.get("REQUIRE_SERVICES") == "1":
        pytest.fail(said)
    pytest.skip(said)


@pytest.fixture(scope="session")
def postgres_url() -> str:
    return needed("PostgreSQL")


@pytest.fixture(scope="session")
def redis_url() -> str:
    return needed("Redis")


@pytest.fixture(scope="session")
def amqp_url() -> str:
    return needed("RabbitMQ")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser."""
    return needed("Chromium")


@pytest.fixture(scope="session")
def chromium_shell(chromium: str) -> str:
    """The same without windows, where Debian's package of it is there: about twice as fast."""
    return shutil.which("chromium-headless-shell") or chromium


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database-only", action="store_true", help="only what a database can change")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests that start processes run in turn, as they measure seconds; `--database-only` drops what cannot differ."""
    for item in items:
        if item.get_closest_marker("processes"):
            item.add_marker(pytest.mark.xdist_group("processes"))
    if config.getoption("--database-only"):
        dropped = [item for item in items if not _can_differ(item)]
        items[:] = [item for item in items if _can_differ(item)]
        config.hook.pytest_deselected(items=dropped)


def _can_differ(item: pytest.Item) -> bool:
    from django.test import TransactionTestCase

    if item.get_closest_marker("any_database"):
        return False
    kind: type[object] = getattr(item, "cls", None) or TestCase
    wanted = set(getattr(item, "fixturenames", ()))
    return bool(
        item.get_closest_marker("django_db") or DATABASE_FIXTURES & wanted or issubclass(kind, TransactionTestCase)
    )


def main() -> None:
    names = sys.argv[1:] or list(ASK)
    for name in names:
        reason = missing(name)
        print(f"{name}: {'its tests are skipped, ' + reason if reason else 'found'}")
    sys.exit(any(missing(name) for name in names))


if __name__ == "__main__":
    main()
