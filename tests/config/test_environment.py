"""Variables of the environment: what a good value becomes, and the one line that a bad one gets."""

from __future__ import annotations

import multiprocessing
import stat
from pathlib import Path
from typing import Any

import pytest

from config import environment, service_urls
from config.environment import BadSetting

HERE = Path("/nowhere")


def bad(call: Any, *arguments: Any) -> str:
    with pytest.raises(BadSetting) as caught:
        call(*arguments)
    line = str(caught.value.code)
    assert "\n" not in line
    assert line.startswith(f"{caught.value.name} must be ")
    return line


@pytest.mark.parametrize(
    ("word", "truth"),
    [
        ("1", True),
        ("true", True),
        ("YES", True),
        (" on ", True),
        ("0", False),
        ("False", False),
        ("no", False),
        ("off", False),
    ],
)
def test_a_switch_knows_the_usual_words(word: str, truth: bool) -> None:
    assert environment.flag({"DEBUG": word}, "DEBUG", not truth) is truth


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_variable_counts_as_unset(default: bool) -> None:
    assert environment.flag({}, "DEBUG", default) is default
    assert environment.flag({"DEBUG": ""}, "DEBUG", default) is default
    assert environment.time_zone({"TIME_ZONE": ""}) == "UTC"


@pytest.mark.parametrize("word", ["maybe", "2", "wahr", "truee"])
def test_a_switch_takes_no_other_word(word: str) -> None:
    assert "DEBUG must be 1 or 0" in bad(environment.flag, {"DEBUG": word}, "DEBUG", True)


def test_links_in_mail_begin_with_the_address_of_the_run() -> None:
    assert environment.base_url({}).geturl() == "http://127.0.0.1:8000"
    assert environment.base_url({"PORT": "8123"}).geturl() == "http://127.0.0.1:8123"
    assert environment.base_url({"PORT": "8123", "BASE_URL": "https://c.example/"}).geturl() == "https://c.example"


@pytest.mark.parametrize(
    "text",
    ["clinic.example", "//clinic.example", "ftp://clinic.example", "https://", "https://c.example/app", "https://c.example:x",
     "https://c.example?a=1", "https://me:secret@c.example", "https://[::1"],
)  # fmt: skip
def test_a_base_url_has_a_scheme_and_a_host_and_nothing_else(text: str) -> None:
    line = bad(environment.base_url, {"BASE_URL": text})
    assert "http:// or https://" in line
    assert "secret" not in line


@pytest.mark.parametrize("text", ["0", "65536", "-1", "80a", "٨"])
def test_a_port_is_a_number_that_can_be_one(text: str) -> None:
    bad(environment.port, {"PORT": text})


def test_hosts_are_this_machine_and_the_one_of_the_base_url_unless_named() -> None:
    base = environment.base_url({"BASE_URL": "https://c.example"})
    assert environment.hosts({}, base) == ["127.0.0.1", "localhost", "[::1]", "c.example"]
    assert environment.hosts({"ALLOWED_HOSTS": "a.example, .b.example,[::1]"}, base) == [
        "a.example",
        ".b.example",
        "[::1]",
    ]


@pytest.mark.parametrize("text", ["https://a.example", "a.example:80", "a.example b.example", "a.example/x"])
def test_hosts_are_bare_names(text: str) -> None:
    bad(environment.hosts, {"ALLOWED_HOSTS": text}, environment.base_url({}))


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "/etc/localtime", "Europe", "CET+1", "\0"])
def test_a_time_zone_must_exist(name: str) -> None:
    assert "zone name" in bad(environment.time_zone, {"TIME_ZONE": name})


def test_a_time_zone_that_exists_is_taken() -> None:
    assert environment.time_zone({"TIME_ZONE": "Pacific/Apia"}) == "Pacific/Apia"


def test_a_secret_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    var = tmp_path / "var"
    first = environment.secret_key({}, True, var)
    assert len(first) >= 50
    assert environment.secret_key({}, True, var) == first
    assert stat.S_IMODE((var / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in var.iterdir()] == ["secret_key"]
    assert environment.secret_key({}, True, tmp_path / "other") != first


def _make_secret(var: Path) -> str:
    return environment.secret_key({}, True, var)


def test_processes_that_start_together_agree_on_the_secret(tmp_path: Path) -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool:
        assert len(set(pool.map(_make_secret, [tmp_path] * 16, chunksize=1))) == 1


def test_a_secret_that_is_given_is_taken_and_none_is_made(tmp_path: Path) -> None:
    assert environment.secret_key({"SECRET_KEY": "given"}, False, tmp_path) == "given"
    assert list(tmp_path.iterdir()) == []


def test_without_debug_a_secret_must_be_given(tmp_path: Path) -> None:
    assert "SECRET_KEY must be set" in bad(environment.secret_key, {}, False, tmp_path)


def test_a_folder_for_the_secret_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    a_file = tmp_path / "file"
    a_file.touch()
    assert str(a_file) in bad(environment.secret_key, {}, True, a_file)


def test_the_embedded_database_waits_for_writers_and_keeps_what_it_promised(tmp_path: Path) -> None:
    found = service_urls.database({}, tmp_path)
    assert found["ENGINE"] == "django.db.backends.sqlite3"
    assert found["NAME"] == str(tmp_path / "db.sqlite3")
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_postgresql_url_gives_a_pool_and_keeps_odd_characters() -> None:
    found = service_urls.database(
        {"DATABASE_URL": "postgres://me%40x:p%2Fw%3A@db.example:5433/plumb%20line?sslmode=require"}, HERE
    )
    assert found["ENGINE"] == "django.db.backends.postgresql"
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("me@x", "p/w:", "plumb line")
    assert (found["HOST"], found["PORT"]) == ("db.example", "5433")
    assert found["OPTIONS"]["sslmode"] == "require"
    assert found["OPTIONS"]["pool"]["max_size"] >= 4
    assert found["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize(
    "url", ["postgres:///plumbline?host=/run/postgresql", "postgresql://%2Frun%2Fpostgresql/plumbline"]
)
def test_postgresql_can_be_reached_by_its_socket(url: str) -> None:
    found = service_urls.database({"DATABASE_URL": url}, HERE)
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("/run/postgresql", "", "plumbline")
    assert "host" not in found["OPTIONS"]


@pytest.mark.parametrize(
    "url",
    ["mysql://me:secret@h/db", "postgres://me:secret@h:port/db", "postgres://me:secret@h", "postgres://me:secret@h/", "sqlite://",
     "sqlite:///", "sqlite://db.sqlite3", "secret", "/srv/secret.db", "postgres://[secret/db", "postgres://h/a/b"],
)  # fmt: skip
def test_a_database_url_that_is_none_is_refused_without_showing_it(url: str) -> None:
    line = bad(service_urls.database, {"DATABASE_URL": url}, HERE)
    assert "DATABASE_URL must be sqlite:///path/to/file or postgres://" in line
    assert "secret" not in line


@pytest.mark.parametrize(
    "url", ["redis://127.0.0.1:6379/0", "rediss://h/1", "amqp://guest:guest@h:5672//", "amqps://h/v", "embedded://"]
)
def test_a_broker_url_of_a_known_kind_is_taken_as_it_is(url: str) -> None:
    assert service_urls.broker({"CELERY_BROKER_URL": url}) == url


@pytest.mark.parametrize(
    "url", ["kafka://h", "redis://", "amqp://", "redis://h:secret/0", "embedded:///folder", "memory", "filesystem://"]
)
def test_any_other_broker_url_is_refused(url: str) -> None:
    line = bad(service_urls.broker, {"CELERY_BROKER_URL": url})
    assert "embedded://" in line
    assert "secret" not in line


def test_each_broker_gets_the_options_it_needs() -> None:
    assert service_urls.broker({}) == "embedded://"
    assert service_urls.broker_options("embedded://", HERE) == {"folder": "/nowhere/broker"}
    assert service_urls.broker_options("redis://h/0", HERE) == {"visibility_timeout": 600}
    assert service_urls.broker_options("amqp://h", HERE) == {}


def test_mail_goes_into_files_unless_told_otherwise() -> None:
    found = service_urls.email({}, HERE)
    assert found == {"EMAIL_BACKEND": "config.local_run.mail_files.FileBackend", "EMAIL_FILE_PATH": "/nowhere/mail"}
    assert service_urls.email({"EMAIL_URL": "files:///srv/my%20mail"}, HERE)["EMAIL_FILE_PATH"] == "/srv/my mail"


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://h", 25, False, False),
        ("smtp+tls://h", 587, True, False),
        ("smtp+ssl://h", 465, False, True),
        ("smtp://h:2525", 2525, False, False),
    ],
)
def test_a_mail_url_says_how_the_connection_is_protected(url: str, port: int, tls: bool, ssl: bool) -> None:
    found = service_urls.email({"EMAIL_URL": url}, HERE)
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("h", port)
    assert (found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (tls, ssl)
    assert found["EMAIL_TIMEOUT"] == 20


def test_a_mail_user_may_hold_an_at_sign() -> None:
    found = service_urls.email({"EMAIL_URL": "smtp+tls://care%40c.example:p%40ss@smtp.example"}, HERE)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("care@c.example", "p@ss")


@pytest.mark.parametrize(
    "url", ["pop://h", "smtp://", "smtp://h:secret", "h:25", "files://folder/mail", "smtps://h", "smtp://h/x"]
)
def test_a_mail_url_that_is_none_is_refused(url: str) -> None:
    line = bad(service_urls.email, {"EMAIL_URL": url}, HERE)
    assert "smtp+tls://" in line
    assert "secret" not in line


def test_mail_has_a_sender_and_only_one() -> None:
    base = environment.base_url({"BASE_URL": "https://c.example"})
    assert service_urls.mail_from({}, base) == "Plumbline <no-reply@c.example>"
    assert service_urls.mail_from({"MAIL_FROM": "Care <care@c.example>"}, base) == "Care <care@c.example>"
    for text in ("Care", "a@b.example, c@d.example", "a@b.example\nBcc: c"):
        bad(service_urls.mail_from, {"MAIL_FROM": text}, base)
    assert service_urls.mail_from({}, environment.base_url({})) == "Plumbline <no-reply@localhost>", (
        "not at a bare address"
    )
