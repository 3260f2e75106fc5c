"""Read a TOML file key by key, each with a check of its value.

The author of an exercise is a practitioner, not a programmer: each error is one line with the file, the key and what
it must be. An unknown key is an error, since it is a typing error whose text would silently be missing.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.db import models

CODE = re.compile(r"[a-z][a-z0-9_]*")


class ExerciseFileError(ValueError):
    """An error in an exercise's file or folder, in one line: the path, the key, what it must be."""

    def __init__(self, path: Path, key: str, must: str) -> None:
        super().__init__(f"{path}: {key}: must {must}")
        self.path, self.key, self.must = path, key, must


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file, with the line breaks and indents inside its texts as single spaces.

    Args:
        path: the file.

    Returns:
        The top table.

    Raises:
        ExerciseFileError: the file cannot be read, is not UTF-8, or is not TOML (with the line that is not).
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ExerciseFileError(path, "file", "be UTF-8 text") from None
    except OSError as error:
        raise ExerciseFileError(path, "file", f"be readable: {error.strerror}") from None
    except tomllib.TOMLDecodeError as error:
        raise ExerciseFileError(path, "file", f"be TOML: {error}") from None
    table: dict[str, Any] = one_line(content)
    return table


def one_line(value: Any) -> Any:
    """Return the value with line breaks and indents inside its texts as single spaces."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, dict):
        return {key: one_line(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [one_line(inner) for inner in value]
    return value


class Table:
    """One table of the file, for one model; each method raises ExerciseFileError about its key."""

    def __init__(self, path: Path, values: dict[str, Any], model: type[models.Model], place: str = "") -> None:
        self.path = path
        self._model = model
        self._place = place
        self._unread = dict(values)
        self._read_keys: list[str] = []

    def error(self, key: str, must: str) -> ExerciseFileError:
        """The error to raise about a key of this table."""
        return ExerciseFileError(self.path, f"{self._place}{key}", must)

    def text(self, key: str, *, required: bool = True) -> str:
        """A non-empty text that fits the column of the same name; "" for an optional key that is missing."""
        if not required and self._is_missing(key):
            return ""
        must = "words between quotes"
        value = self._take(key, must)
        if not isinstance(value, str):
            raise self.error(key, f"be {must}")
        if not value:
            raise self.error(key, "not be empty")
        # SQLite stores any length and PostgreSQL refuses it: with this check both refuse.
        limit = getattr(self._model._meta.get_field(key), "max_length", None)
        if limit is not None and len(value) > limit:
            raise self.error(key, f"have {limit} characters at most, not {len(value)}")
        return value

    def code(self, used: Sequence[str]) -> str:
        """The code of this row, which must not be among those used before."""
        value = self.text("code")
        if not CODE.fullmatch(value):
            raise self.error("code", "be small letters, digits and underscores, beginning with a letter")
        if value in used:
            raise self.error("code", f'be used once: "{value}" is there already')
        return value

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """One of the allowed values; `default` for a missing key."""
        if default is not None and self._is_missing(key):
            return default
        value = self.text(key)
        if value not in allowed:
            raise self.error(key, "be " + " or ".join(f'"{one}"' for one in allowed))
        return value

    def number(self, key: str, *, least: int = 1, most: int = 32767, default: int | None = None) -> int:
        """A whole number, by default as large as every database stores; `default` as in `choice`."""
        if default is not None and self._is_missing(key):
            return default
        must = f"a whole number from {least} to {most}"
        value = self._take(key, must)
        # In Python TOML's true is an int too.
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.error(key, f"be {must}")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        must = "true or false"
        value = self._take(key, must)
        if not isinstance(value, bool):
            raise self.error(key, f"be {must}")
        return value

    def rows(self, key: str, model: type[models.Model], *, required: bool = True) -> Iterator[Table]:
        """Yield the tables under `[[key]]`; each is finished before the next one."""
        must = f"one or more [[{key}]] tables"
        if not required and self._is_missing(key):
            return
        rows = self._take(key, must)
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            raise self.error(key, f"be {must}")
        for number, row in enumerate(rows, start=1):
            table = Table(self.path, row, model, f"{key}[{number}].")
            yield table
            table.finish()

    def finish(self) -> None:
        """Raise for a key that was not read."""
        for key in self._unread:
            raise self.error(key, "be left out: the keys here are " + ", ".join(self._read_keys))

    def _is_missing(self, key: str) -> bool:
        if key in self._unread:
            return False
        self._read_keys.append(key)
        return True

    def _take(self, key: str, must: str) -> Any:
        self._read_keys.append(key)
        if key not in self._unread:
            raise self.error(key, f"be given: {must}")
        return self._unread.pop(key)
