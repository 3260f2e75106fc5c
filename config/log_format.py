"""Log lines of `key=value` without personal or health data.

The clinic's own code logs numbers and ids; this formatter redacts the messages of libraries: email addresses, link
tokens in paths, and the DETAIL of a database error, which quotes the row.
"""

import json
import logging
import re
from datetime import UTC, datetime

ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*")
TOKEN_PATH = re.compile(
    r"(/(?:m|calendar|join|invitations?|accounts/confirm-email|accounts/password/reset/key)/)[^\s/\"']+"
)
# To the next exception of the chain, since the quoted row may have several lines.
DETAIL = re.compile(
    r"\n?(?:DETAIL|CONTEXT|PARAMETERS):.*?(?=\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL
)
STANDARD_FIELDS = set(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName", "request", "data"}


def redact(text: str) -> str:
    """Remove email addresses, link tokens and quoted rows."""
    return TOKEN_PATH.sub(r"\1…", ADDRESS.sub("<address>", DETAIL.sub("", text)))


class LineFormatter(logging.Formatter):
    """`ts=… level=… logger=… msg="…" extra=…`; a traceback follows as `exc="…"` on the same line unless `multiline`."""

    def __init__(self, multiline: bool = False) -> None:
        super().__init__()
        self.multiline = multiline

    def format(self, record: logging.LogRecord) -> str:
        when = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        fields = {"ts": when, "level": record.levelname.lower(), "logger": record.name, "msg": record.getMessage()}
        fields |= {
            key: str(value) for key, value in record.__dict__.items() if key not in STANDARD_FIELDS and key[0] != "_"
        }
        trace = self.formatException(record.exc_info) if record.exc_info else ""
        if trace and not self.multiline:
            fields["exc"] = trace
        line = " ".join(f"{key}={_value(redact(value))}" for key, value in fields.items())
        return f"{line}\n{redact(trace)}" if trace and self.multiline else line


def _value(text: str) -> str:
    """The bare text where it is one word, else a JSON string, so that no value can start a line of its own."""
    return text if re.fullmatch(r"[^\s\"=]+", text) else json.dumps(text, ensure_ascii=False)


def logging_settings(debug: bool) -> dict[str, object]:
    """Django's LOGGING: everything to standard error, warnings of libraries, INFO of the project."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": LineFormatter, "multiline": debug}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {
            "clinic": {"level": "INFO"},
            "exercises": {"level": "INFO"},
            "config": {"level": "INFO"},
            # Django gives these their own handlers, which would print everything twice.
            "django": {"handlers": [], "level": "INFO"},
            # Scanners try host names all day; each is answered with 400.
            "django.security.DisallowedHost": {"level": "CRITICAL"},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        },
    }
