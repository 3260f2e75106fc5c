"""One line for each event, and nothing in it that tells who somebody is."""

from __future__ import annotations

import logging
import sys
from typing import Any

import pytest
from django.conf import settings

from config.log_format import LineFormatter, redact


def record(message: str, *arguments: object, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord(
        {"name": "clinic.mail.outbox", "levelname": "INFO", "msg": message, "args": arguments, **extra}
    )
    made.created = 0.5
    return made


def test_a_line_is_pairs_that_a_program_can_read() -> None:
    line = LineFormatter().format(record("sent %d of %d", 3, 5, reminder=17))
    assert line == 'ts=1970-01-01T00:00:00.500Z level=info logger=clinic.mail.outbox msg="sent 3 of 5" reminder=17'


def test_a_value_cannot_start_a_line_of_its_own() -> None:
    assert LineFormatter().format(record("one\ntwo ts=1")).count("\n") == 0


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("refused: {'dana@c.example': (550, b'no')}", "refused: {'<address>': (550, b'no')}"),
        ("Not Found: /m/eyJhbGci:1tX:abc_-/", "Not Found: /m/…/"),
        ("Not Found: /calendar/k3y.s1g-_.ics", "Not Found: /calendar/…"),
        ("Gone: /accounts/password/reset/key/3-xyz/", "Gone: /accounts/password/reset/key/…/"),
        ("Not Found: /portal/report/", "Not Found: /portal/report/"),
        ("violates check\nDETAIL:  Failing row contains (7, 8, it hurts\nat night).", "violates check"),
    ],
)
def test_names_tokens_and_rows_are_taken_out(said: str, kept: str) -> None:
    assert redact(said) == kept


@pytest.mark.parametrize("multiline", [True, False])
def test_a_traceback_is_cleaned_too(multiline: bool) -> None:
    try:
        raise ValueError("dana@c.example\nDETAIL:  Failing row contains (9, it hurts)")
    except ValueError:
        line = LineFormatter(multiline).format(record("failed", exc_info=sys.exc_info()))
    assert "Traceback" in line
    assert "<address>" in line
    assert "hurts" not in line
    assert (line.count("\n") > 0) is multiline


def test_everything_goes_to_one_handler_once() -> None:
    named: Any = settings.LOGGING["loggers"]
    assert all(not logger.get("handlers") for logger in named.values())
    root: Any = settings.LOGGING["root"]
    assert root["handlers"] == ["stderr"]
