"""The models and their migrations say the same, and the way back is as open as the way there."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection

OURS = ["exercises", "clinic"]
ROOT = Path(__file__).resolve().parent.parent
TABLES = tuple(f"{app}_" for app in OURS)


@pytest.mark.django_db
def test_no_change_of_a_model_waits_for_its_migration():
    told = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=told)
    except SystemExit:
        pytest.fail(told.getvalue())


def shape() -> dict[str, set[str]]:
    """Each of our tables with the names of its columns and constraints."""
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name.startswith(TABLES)]
        return {
            name: {column.name for column in connection.introspection.get_table_description(cursor, name)}
            | {one for one in connection.introspection.get_constraints(cursor, name) if not one.startswith("__")}
            for name in names
        }


@pytest.mark.django_db(transaction=True)
def test_an_empty_database_goes_back_to_zero_and_forward_again():
    there = shape()
    assert "clinic_client" in there
    assert "one_client_per_clinic_and_email" in there["clinic_client"]
    try:
        for app in reversed(OURS):
            call_command("migrate", app, "zero", verbosity=0)
        assert shape() == {}
    finally:
        call_command("migrate", verbosity=0)
    assert shape() == there


@pytest.mark.processes
def test_migrate_alone_makes_every_table_that_the_project_uses(tmp_path):
    """The cache's too, which the limits on sign-in count in; the test runner makes that one of its own accord."""
    plain = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=plain | {"PLUMBLINE_VAR": str(tmp_path)}, check=True)
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {model._meta.db_table for model in apps.get_models()} <= tables
    assert settings.CACHES["default"]["LOCATION"] in tables
