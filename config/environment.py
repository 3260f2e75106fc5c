"""Read the environment: each function takes the variables and returns a checked value, or ends the start with one line.

An empty variable counts as unset, as container tools write `DEBUG=` for that.
"""

import importlib.util
import os
import secrets
import zoneinfo
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn
from urllib.parse import SplitResult, urlsplit

from clinic.reminders import web_push

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off"}

BASE_URL_MUST = "http:// or https:// and a host, without a path, as in https://clinic.example"

Variables = Mapping[str, str]


class BadSetting(SystemExit):
    """Ends any program that loads the settings with exit code 1 and one line on standard error.

    It is a SystemExit so that manage.py, celery and granian alike show that line and no traceback. The line never holds
    the value of a URL, which may carry a password.
    """

    def __init__(self, name: str, must: str) -> None:
        super().__init__(f"{name} must be {must}")
        self.name = name


def flag(variables: Variables, name: str, default: bool) -> bool:
    """The truth of a switch such as DEBUG; anything but the eight known words is a BadSetting."""
    word = variables.get(name, "").strip().lower()
    if not word:
        return default
    if word in TRUE | FALSE:
        return word in TRUE
    raise BadSetting(name, f"1 or 0 (true/false, yes/no, on/off), not {word!r}")


def words(variables: Variables, name: str) -> list[str]:
    """The parts of a list that is written with commas; empty if unset."""
    return [part.strip() for part in variables.get(name, "").split(",") if part.strip()]


def port(variables: Variables) -> int:
    """The TCP port that `make run` listens on (PORT, default 8000)."""
    word = variables.get("PORT", "").strip() or "8000"
    if word.isascii() and word.isdigit() and 1 <= int(word) <= 65535:
        return int(word)
    raise BadSetting("PORT", f"a number from 1 to 65535, not {word!r}")


def base_url(variables: Variables) -> SplitResult:
    """Scheme and host that links in mail begin with (BASE_URL), without path; the default follows PORT."""
    text = variables.get("BASE_URL", "").strip() or f"http://127.0.0.1:{port(variables)}"
    parts = split_url("BASE_URL", text, BASE_URL_MUST)
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in {"http", "https"} or not parts.hostname or extra:
        raise BadSetting("BASE_URL", BASE_URL_MUST)
    return parts._replace(path="")


def hosts(variables: Variables, base: SplitResult) -> list[str]:
    """The host names this site answers to (ALLOWED_HOSTS, by commas); default: this machine and BASE_URL's host."""
    names = words(variables, "ALLOWED_HOSTS")
    if not names:
        return list(dict.fromkeys(["127.0.0.1", "localhost", "[::1]", base.hostname or "localhost"]))
    for name in names:
        bare = name.startswith("[") and name.endswith("]")
        if not bare and (":" in name or "/" in name or " " in name):
            raise BadSetting("ALLOWED_HOSTS", f"host names separated by commas, without scheme or port, not {name!r}")
    return names


def time_zone(variables: Variables) -> str:
    """The clinic's own zone (TIME_ZONE, default UTC), a name of the IANA database."""
    name = variables.get("TIME_ZONE", "").strip() or "UTC"
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise BadSetting("TIME_ZONE", f"a zone name such as Europe/Madrid, not {name!r}") from None
    return name


def secret_key(variables: Variables, debug: bool, var: Path) -> str:
    """SECRET_KEY; for the embedded run one is generated once into var/secret_key, readable by its owner alone."""
    given = variables.get("SECRET_KEY", "").strip()
    if given:
        return given
    if not debug:
        raise BadSetting("SECRET_KEY", "set to a long random text when DEBUG is off")
    kept = var / "secret_key"
    try:
        if not kept.exists():
            _write_once(kept, secrets.token_urlsafe(48))
        return kept.read_text().strip()
    except OSError as error:
        refuse_folder(var, error)


def vapid_keys(variables: Variables, debug: bool, var: Path) -> tuple[str, str]:
    """The keys for reminders on phones, private and public; for the embedded run made once, into var/vapid_key.

    Two empty texts where there are none, or pywebpush is not installed: no reminders on phones then.
    """
    names = "PLUMBLINE_VAPID_PRIVATE_KEY", "PLUMBLINE_VAPID_PUBLIC_KEY"
    private, public = (variables.get(name, "").strip() for name in names)
    if private or public or not debug or importlib.util.find_spec("pywebpush") is None:
        return private, public
    kept = var / "vapid_key"
    try:
        if not kept.exists():
            _write_once(kept, web_push.generate_keys()[0])
        private = kept.read_text().strip()
    except OSError as error:
        refuse_folder(var, error)
    return private, web_push.derive_public_key(private)


def refuse_folder(var: Path, error: OSError) -> NoReturn:
    """End the start because the folder for databases, mails and secrets cannot be used."""
    raise BadSetting("PLUMBLINE_VAR", f"a folder that can be written, and {var} is not ({error.strerror})") from None


def split_url(name: str, text: str, must: str) -> SplitResult:
    """`urlsplit` that also reads the port, so that a bad one shows here and not at the first connection."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  reading it checks it
    except ValueError:
        raise BadSetting(name, must) from None
    return parts


def _write_once(path: Path, text: str) -> None:
    """Write a private file whole or not at all; when two processes race, the first one's text stays."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    own = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
