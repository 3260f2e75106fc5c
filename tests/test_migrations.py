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
from django.db.migrations.recorder import MigrationRecorder

from clinic import checks

OURS = ["exercises", "clinic"]
ROOT = Path(__file__).resolve().parent.parent
BEFORE_0_1_0 = {
    "exercises": ["0001_initial", "0002_figures_and_phases"],
    "clinic": ["0001_initial", "0002_registrants", "0003_judgement", "0016_names_to_search_by"],
}
TABLES = tuple(f"{app}_" for app in OURS)


@pytest.mark.django_db
def test_no_change_of_a_model_waits_for_its_migration():
    output = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=output)
    except SystemExit:
        pytest.fail(output.getvalue())


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
    before = shape()
    assert "clinic_client" in before
    assert "one_client_per_clinic_and_email" in before["clinic_client"]
    try:
        for app in reversed(OURS):
            call_command("migrate", app, "zero", verbosity=0)
        assert shape() == {}
    finally:
        call_command("migrate", verbosity=0)
    assert shape() == before


def run(var, *command):
    """Run Python in the project's folder with an embedded database under `var`."""
    plain = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    env = plain | {"PLUMBLINE_VAR": str(var)}
    return subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.processes
def test_migrate_alone_makes_every_table_that_the_project_uses(tmp_path):
    """The cache's too, which the limits on sign-in count in; the test runner makes that one of its own accord."""
    assert run(tmp_path, "manage.py", "migrate", "--verbosity=0").returncode == 0
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {model._meta.db_table for model in apps.get_models()} <= tables
    assert settings.CACHES["default"]["LOCATION"] in tables
    again = run(tmp_path, "manage.py", "migrate", "--verbosity=0")
    assert (again.returncode, again.stderr) == (0, "")


@pytest.fixture
def old_database(tmp_path):
    """A database with the tables and migrations of the last version before 0.1.0, as far as `migrate` reads them."""
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database, database:
        database.execute(
            "CREATE TABLE django_migrations "
            "(id integer PRIMARY KEY AUTOINCREMENT, app varchar(255), name varchar(255), applied datetime)"
        )
        for app, names in BEFORE_0_1_0.items():
            rows = [(app, name, "2026-11-29 10:00:00") for name in names]
            database.executemany("INSERT INTO django_migrations (app, name, applied) VALUES (?, ?, ?)", rows)
        database.execute("CREATE TABLE clinic_client (id integer PRIMARY KEY, name varchar(120), told varchar(10))")
    return tmp_path


@pytest.mark.processes
def test_migrate_refuses_a_database_from_before_the_first_version(old_database):
    refused = run(old_database, "manage.py", "migrate", "--verbosity=0")
    assert refused.returncode == 1
    (line,) = [line for line in refused.stderr.splitlines() if "clinic.E009" in line]
    assert "was made by a version of Plumbline before 0.1.0" in line
    assert "clinic.0002_registrants" in line
    assert "empty database" in refused.stderr
    assert "var/" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.processes
def test_make_run_says_so_in_one_line_and_ends(old_database):
    refused = run(old_database, "-m", "config.local_run.prepare")
    assert refused.returncode == 1
    assert refused.stdout == ""
    (line,) = refused.stderr.splitlines()
    assert "was made by a version of Plumbline before 0.1.0" in line
    assert "delete the folder var/" in line


@pytest.mark.django_db
def test_e009_a_database_of_this_version_passes_and_one_with_other_migrations_does_not():
    assert checks.check_database_version(databases=["default"]) == []
    assert checks.check_database_version(databases=None) == []
    MigrationRecorder(connection).record_applied("exercises", "0002_figures_and_phases")
    (error,) = checks.check_database_version(databases=["default"])
    assert error.id == "clinic.E009"
    assert "exercises.0002_figures_and_phases" in error.msg
    MigrationRecorder(connection).record_applied("clinic", "0002_registrants")
    (error,) = checks.check_database_version(databases=["default"])
    assert "clinic.0002_registrants" in error.msg


@pytest.mark.django_db
def test_migrations_of_a_hosts_own_apps_are_its_own():
    MigrationRecorder(connection).record_applied("shop", "0007_anything")
    assert checks.check_database_version(databases=["default"]) == []
