"""Databases for the benchmarks that need one: PostgreSQL where it answers (TEST_DATABASE_URL), else SQLite in a folder.

They are made for the run and dropped after it. Modules of the product may be imported once `ready()` has run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import django

SERVER = os.environ.get("TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
_VAR = tempfile.TemporaryDirectory(prefix="plumbline-bench-")  # gone when the program ends


def ready() -> None:
    """Set Django up for a measurement: no DEBUG (it keeps every statement), nothing of the operator's own.

    Under a Django that is set up already it stays as it is.
    """
    from django.apps import apps

    if apps.ready:
        return
    url = SERVER if _postgres_answers() else "sqlite:////nowhere"
    os.environ.update(
        DJANGO_SETTINGS_MODULE="config.settings", DEBUG="0", SECRET_KEY="for benchmarks", DATABASE_URL=url,
        BASE_URL="https://clinic.example", PLUMBLINE_VAR=_VAR.name, TWO_FACTOR="0",  # signing in is not measured
    )  # fmt: skip
    django.setup()


def _postgres_answers() -> bool:
    try:
        import psycopg

        psycopg.connect(SERVER, connect_timeout=3).close()
    except Exception as error:
        print(f"no PostgreSQL at {urlsplit(SERVER).hostname} ({type(error).__name__}): on SQLite", file=sys.stderr)
        return False
    return True


@contextmanager
def fresh(*purposes: str) -> Iterator[dict[str, str]]:
    """Yield the names of as many empty, migrated databases, by purpose, for `use`; they are dropped in the end."""
    from django.core.management import call_command
    from django.db import connection

    before = connection.settings_dict["NAME"]
    with ExitStack() as at_the_end:
        at_the_end.callback(use, before)
        folder = at_the_end.enter_context(tempfile.TemporaryDirectory(prefix="plumbline-bench-"))
        names: dict[str, str] = {}
        for purpose in purposes:
            name = f"plumb_bench_{os.getpid()}_{purpose}"
            if connection.vendor == "postgresql":
                _on_server(f"CREATE DATABASE {name} TEMPLATE {next(iter(names.values()), 'template0')}")
                at_the_end.callback(_on_server, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            else:
                name = str(Path(folder, f"{purpose}.sqlite3"))
            use(name)
            call_command("migrate", verbosity=0)
            use(before)
            names[purpose] = name
        at_the_end.callback(use, before)
        yield names


def use(name: str) -> None:
    """Let every statement from now on go to the database of that name."""
    from django.db import connection

    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()
    connection.settings_dict["NAME"] = name


def _on_server(statement: str) -> None:
    import psycopg

    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement)
