"""The settings as a program meets them: one line for a bad value everywhere, and stricter without DEBUG."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.template import engines

from tests.config.running import free_port, python, run_to_end

SHOW = """
import json, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
from django.conf import settings
print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))
"""
PROGRAMS = {
    "manage.py": python("manage.py", "check"),
    "worker": python("-m", "celery", "-A", "config", "worker"),
    "beat": python("-m", "celery", "-A", "config", "beat"),
}
BAD = {"DEBUG": "maybe", "DATABASE_URL": "mysql://h/db", "CELERY_BROKER_URL": "kafka://h", "EMAIL_URL": "pop://h",
       "TIME_ZONE": "Mars/Olympus", "BASE_URL": "clinic.example", "ALLOWED_HOSTS": "https://h", "PORT": "http",
       "TRUST_PROXY": "x", "MAIL_FROM": "nobody", "PLUMBLINE_VAR": "/proc/plumbline"}  # fmt: skip


def shown(var: Path, *names: str, **env: str) -> dict[str, object]:
    result = run_to_end(python("-c", SHOW, *names), PLUMBLINE_VAR=str(var), **env)
    assert result.returncode == 0, result.stderr
    found: dict[str, object] = json.loads(result.stdout)
    return found


@pytest.mark.processes
@pytest.mark.parametrize("name", BAD)
def test_a_bad_value_stops_the_command_line_in_one_line(tmp_path: Path, name: str) -> None:
    result = run_to_end(PROGRAMS["manage.py"], **{"PLUMBLINE_VAR": str(tmp_path), name: BAD[name]})
    assert result.returncode == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) == 1
    assert result.stderr.startswith(f"{name} must be ")


@pytest.mark.processes
@pytest.mark.parametrize("program", ["worker", "beat"])
def test_a_bad_value_stops_celery_in_one_line(tmp_path: Path, program: str) -> None:
    result = run_to_end(PROGRAMS[program], PLUMBLINE_VAR=str(tmp_path), TIME_ZONE="Mars/Olympus")
    assert result.returncode == 1
    assert (result.stdout + result.stderr).splitlines() == [
        "TIME_ZONE must be a zone name such as Europe/Madrid, not 'Mars/Olympus'"
    ]


@pytest.mark.processes
def test_a_bad_value_stops_the_web_server_without_a_traceback(tmp_path: Path) -> None:
    server = python(
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(free_port()),
        "--log-level",
        "critical",
        "config.wsgi:application",
    )
    result = run_to_end(server, PLUMBLINE_VAR=str(tmp_path), TIME_ZONE="Mars/Olympus")
    assert result.returncode != 0
    assert (result.stdout + result.stderr).splitlines() == [
        "TIME_ZONE must be a zone name such as Europe/Madrid, not 'Mars/Olympus'"
    ]


@pytest.mark.processes
def test_without_debug_the_secret_must_be_given(tmp_path: Path) -> None:
    result = run_to_end(PROGRAMS["manage.py"], PLUMBLINE_VAR=str(tmp_path), DEBUG="0")
    assert result.returncode == 1
    assert result.stderr.startswith("SECRET_KEY must be set")


@pytest.mark.processes
def test_without_debug_cookies_and_transport_are_strict(tmp_path: Path) -> None:
    names = (
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
        "SECURE_HSTS_SECONDS",
        "SECURE_PROXY_SSL_HEADER",
        "WHITENOISE_USE_FINDERS",
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN",
    )
    strict = shown(tmp_path, *names, DEBUG="0", SECRET_KEY="x" * 50)
    assert strict == dict(zip(names, (True, True, 31_536_000, None, False, False), strict=True))
    assert not (tmp_path / "secret_key").exists()
    behind = shown(
        tmp_path,
        "SECURE_PROXY_SSL_HEADER",
        "ALLAUTH_TRUSTED_PROXY_COUNT",
        DEBUG="0",
        SECRET_KEY="x" * 50,
        TRUST_PROXY="1",
    )
    assert behind == {"SECURE_PROXY_SSL_HEADER": ["HTTP_X_FORWARDED_PROTO", "https"], "ALLAUTH_TRUSTED_PROXY_COUNT": 1}


@pytest.mark.processes
def test_djangos_own_deployment_check_has_nothing_to_say(tmp_path: Path) -> None:
    secret = "".join(chr(33 + number % 90) for number in range(60))
    result = run_to_end(
        python("manage.py", "check", "--deploy", "--fail-level", "WARNING"),
        PLUMBLINE_VAR=str(tmp_path),
        DEBUG="0",
        SECRET_KEY=secret,
        BASE_URL="https://c.example",
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.processes
def test_static_files_are_hashed_and_compressed_without_debug(tmp_path: Path) -> None:
    env = {"PLUMBLINE_VAR": str(tmp_path), "DEBUG": "0", "SECRET_KEY": "x" * 50}
    result = run_to_end(
        python("manage.py", "collectstatic", "--noinput", "--verbosity", "0", "--ignore", "drf_spectacular_sidecar"),
        **env,
    )
    assert result.returncode == 0, result.stderr
    kept = {path.name for path in (tmp_path / "static" / "config").iterdir()}
    assert any(name.startswith("dev_mail.") and name.endswith(".css.br") for name in kept)


@pytest.mark.processes
def test_the_base_url_follows_the_port_and_reaches_the_plugin(tmp_path: Path) -> None:
    assert shown(tmp_path, "PLUMBLINE_BASE_URL", "CSRF_TRUSTED_ORIGINS", PORT="8123") == {
        "PLUMBLINE_BASE_URL": "http://127.0.0.1:8123",
        "CSRF_TRUSTED_ORIGINS": ["http://127.0.0.1:8123"],
    }


@pytest.mark.django_db
@pytest.mark.skipif(settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="of SQLite")
def test_sqlite_runs_as_the_settings_promise() -> None:
    with connection.cursor() as cursor:
        found = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1, "busy_timeout": 20_000}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="of SQLite")
def test_a_transaction_on_sqlite_has_the_write_lock_from_its_first_moment() -> None:
    name = connection.settings_dict["NAME"]
    with transaction.atomic():
        other = sqlite3.connect(name, timeout=0, isolation_level=None)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


@pytest.mark.django_db
@pytest.mark.skipif(not settings.DATABASES["default"]["ENGINE"].endswith("postgresql"), reason="of PostgreSQL")
def test_postgresql_is_reached_through_a_pool() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert connection.pool.get_stats()["pool_size"] >= 1  # type: ignore[attr-defined]


def test_the_practitioner_engine_prefers_unfold_and_the_sites_own_does_not() -> None:
    theirs = engines["plumbline_admin"].get_template("admin/base.html").template  # type: ignore[attr-defined]
    ours = engines.all()[0].get_template("admin/base.html").template  # type: ignore[attr-defined]
    assert "/unfold/templates/" in theirs.origin.name
    assert "/django/contrib/admin/templates/" in ours.origin.name
