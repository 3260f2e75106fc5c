"""The three URLs of the environment, each turned into Django's or Celery's settings: database, broker, mail."""

import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote

from config.environment import BadSetting, Variables, split_url

DATABASE_MUST = "sqlite:///path/to/file or postgres://user:password@host:port/name"
BROKER_MUST = "embedded://, redis://host:port/0, rediss://…, amqp://user:password@host:port/vhost or amqps://…"
EMAIL_MUST = "files://, files:///folder, smtp://user:password@host:port, smtp+tls://… or smtp+ssl://…"

# WAL lets pages be read while one process writes; IMMEDIATE makes a writer queue at BEGIN, where waiting works, and not
# fail in the middle of its transaction.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA busy_timeout=20000; PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON"
    ),
}
# Connections of one process; a request waits at most `timeout` seconds for one.
POSTGRES_POOL = {"min_size": 1, "max_size": 12, "timeout": 10}

SMTP_PORTS = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
EMAIL_TIMEOUT = 20


def database(variables: Variables, var: Path) -> dict[str, Any]:
    """One entry of DATABASES from DATABASE_URL (default: an SQLite file in `var`)."""
    text = variables.get("DATABASE_URL", "").strip() or f"sqlite:///{var / 'db.sqlite3'}"
    parts = split_url("DATABASE_URL", text, DATABASE_MUST)
    if parts.scheme == "sqlite":
        return _sqlite(parts)
    if parts.scheme in {"postgres", "postgresql"}:
        return _postgres(parts)
    raise BadSetting("DATABASE_URL", DATABASE_MUST)


def _sqlite(parts: SplitResult) -> dict[str, Any]:
    path = unquote(parts.path[1:])
    if parts.netloc or not path:
        raise BadSetting("DATABASE_URL", DATABASE_MUST)
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": dict(SQLITE_OPTIONS),
        # A file as in the real run, since a database in memory has other locks; one for each test process.
        "TEST": {"NAME": str(Path(tempfile.gettempdir(), f"plumbline-test-{os.getpid()}.sqlite3"))},
    }


def _postgres(parts: SplitResult) -> dict[str, Any]:
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    name = unquote(parts.path[1:])
    if not name or "/" in name:
        raise BadSetting("DATABASE_URL", DATABASE_MUST)
    host = options.pop("host", unquote(parts.hostname or ""))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "OPTIONS": {**options, "pool": dict(POSTGRES_POOL)},
        # The pool hands out only connections that answer, so a restarted server costs nobody an error page.
        "CONN_HEALTH_CHECKS": True,
    }


def broker(variables: Variables) -> str:
    """Celery's broker (CELERY_BROKER_URL, default the embedded one that needs no server)."""
    text = variables.get("CELERY_BROKER_URL", "").strip() or "embedded://"
    parts = split_url("CELERY_BROKER_URL", text, BROKER_MUST)
    if parts.scheme == "embedded" and not (parts.netloc or parts.path):
        return text
    if parts.scheme in {"redis", "rediss", "amqp", "amqps"} and parts.hostname:
        return text
    raise BadSetting("CELERY_BROKER_URL", BROKER_MUST)


def broker_options(url: str, var: Path) -> dict[str, Any]:
    """Kombu's transport options for that broker."""
    if url.startswith("embedded:"):
        return {"folder": str(var / "broker")}
    if url.startswith("redis"):
        # Redis hands a task out again after this many seconds without acknowledgement: longer than the longest tick,
        # so none runs twice at once; a tick handed out again is past its expiry and is dropped.
        return {"visibility_timeout": 600}
    return {}


def email(variables: Variables, var: Path) -> dict[str, Any]:
    """Django's EMAIL_… settings from EMAIL_URL (default: one .eml file per mail under `var`/mail)."""
    text = variables.get("EMAIL_URL", "").strip() or "files://"
    parts = split_url("EMAIL_URL", text, EMAIL_MUST)
    if parts.scheme == "files" and not parts.netloc:
        folder = unquote(parts.path) if parts.path.strip("/") else str(var / "mail")
        return {"EMAIL_BACKEND": "config.local_run.mail_files.FileBackend", "EMAIL_FILE_PATH": folder}
    if parts.scheme not in SMTP_PORTS or not parts.hostname or parts.path.strip("/"):
        raise BadSetting("EMAIL_URL", EMAIL_MUST)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or SMTP_PORTS[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
        "EMAIL_TIMEOUT": EMAIL_TIMEOUT,
    }


def mail_from(variables: Variables, base: SplitResult) -> str:
    """The sender of every mail (MAIL_FROM, as `Clinic <care@clinic.example>`); default: no-reply at BASE_URL's host."""
    host = base.hostname or ""
    named = not (host.replace(".", "").isdigit() or ":" in host)
    text = variables.get("MAIL_FROM", "").strip() or f"Plumbline <no-reply@{host if named else 'localhost'}>"
    if text.count("@") != 1 or "\n" in text:
        raise BadSetting("MAIL_FROM", "one address, as in Clinic <care@clinic.example>")
    return text
