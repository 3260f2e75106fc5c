"""A TOML file whose keys are taken one by one, each taking saying what the key must be.

Whoever writes an exercise is a practitioner, not a programmer: whatever is wrong is said in one line that
names the file, the key and what it must be. A key that nobody takes is refused, for it is a typing error
whose text would be missing in silence.
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
    """What is wrong with an exercise's file or folder, in one line: the path, the key, what it must be."""

    def __init__(self, path: Path, key: str, must: str) -> None:
        super().__init__(f"{path}: {key}: must {must}")
        self.path, self.key, self.must = path, key, must


def read_toml(path: Path) -> dict[str, Any]:
    """The content of a TOML file, with the line breaks and indents inside its texts as single spaces.

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
    """The same with the line breaks and indents inside its texts as single spaces."""
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, dict):
        return {key: one_line(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [one_line(inner) for inner in value]
    return value


class Table:
    """One table of the file, destined for one model; each method raises ExerciseFileError about its key."""

    def __init__(self, path: Path, values: dict[str, Any], model: type[models.Model], place: str = "") -> None:
        self.path = path
        self._model = model
        self._place = place
        self._left = dict(values)
        self._taken: list[str] = []

    def bad(self, key: str, must: str) -> ExerciseFileError:
        """The error to raise about a key of this table."""
        return ExerciseFileError(self.path, f"{self._place}{key}", must)

    def text(self, key: str, *, needed: bool = True) -> str:
        """Words that are not empty and fit the column of the same name; "" for a key that may be left out and is."""
        if not needed and self._left_out(key):
            return ""
        must = "words between quotes"
        value = self._take(key, must)
        if not isinstance(value, str):
            raise self.bad(key, f"be {must}")
        if not value:
            raise self.bad(key, "not be empty")
        # SQLite stores any length and PostgreSQL refuses it: said here, both refuse alike.
        limit = getattr(self._model._meta.get_field(key), "max_length", None)
        if limit is not None and len(value) > limit:
            raise self.bad(key, f"have {limit} characters at most, not {len(value)}")
        return value

    def code(self, used: Sequence[str]) -> str:
        """The name by which programs know this row; none of those used before it."""
        value = self.text("code")
        if not CODE.fullmatch(value):
            raise self.bad("code", "be small letters, digits and underscores, beginning with a letter")
        if value in used:
            raise self.bad("code", f'be used once: "{value}" is there already')
        return value

    def choice(self, key: str, allowed: Sequence[str], otherwise: str | None = None) -> str:
        """One of the words allowed; `otherwise` stands for a key that is left out."""
        if otherwise is not None and self._left_out(key):
            return otherwise
        value = self.text(key)
        if value not in allowed:
            raise self.bad(key, "be " + " or ".join(f'"{one}"' for one in allowed))
        return value

    def number(self, key: str, *, least: int = 1, most: int = 32767, otherwise: int | None = None) -> int:
        """A whole number, unless said else as far up as every database stores it; `otherwise` as in `choice`."""
        if otherwise is not None and self._left_out(key):
            return otherwise
        must = f"a whole number from {least} to {most}"
        value = self._take(key, must)
        # To Python TOML's true is an int too.
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.bad(key, f"be {must}")
        return value

    def flag(self, key: str) -> bool:
        """True or false."""
        must = "true or false"
        value = self._take(key, must)
        if not isinstance(value, bool):
            raise self.bad(key, f"be {must}")
        return value

    def rows(self, key: str, model: type[models.Model], *, needed: bool = True) -> Iterator[Table]:
        """The tables under `[[key]]`, each finished as soon as the next one is asked for."""
        must = f"one or more [[{key}]] tables"
        if not needed and self._left_out(key):
            return
        rows = self._take(key, must)
        if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
            raise self.bad(key, f"be {must}")
        for number, row in enumerate(rows, start=1):
            table = Table(self.path, row, model, f"{key}[{number}].")
            yield table
            table.finish()

    def finish(self) -> None:
        """Refuse a key that nobody took."""
        for key in self._left:
            raise self.bad(key, "be left out: the keys here are " + ", ".join(self._taken))

    def _left_out(self, key: str) -> bool:
        if key in self._left:
            return False
        self._taken.append(key)
        return True

    def _take(self, key: str, must: str) -> Any:
        self._taken.append(key)
        if key not in self._left:
            raise self.bad(key, f"be given: {must}")
        return self._left.pop(key)
