"""What several commands share: arguments, of which a bad one ends the command with a line that names it, and beats."""

from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable

from django.utils.dateparse import parse_datetime

from clinic.models import Heartbeat
from clinic.models.outbox import database_now

EXAMPLE = "2026-03-01T18:00:00+01:00"
MOST_ID = 2**63 - 1  # what a row number can be


def instant(text: str) -> dt.datetime:
    """``2026-03-01T18:00:00+01:00`` as an aware datetime. Raises ArgumentTypeError."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ArgumentTypeError(
            f"“{text[:60]}” is not an instant. Write it with its offset: 2026-03-01T18:00:00+01:00."
        )
    return moment


def whole(least: int, most: int) -> Callable[[str], int]:
    """A whole number from ``least`` to ``most``."""

    def parse(text: str) -> int:
        if text.isascii() and text.isdigit() and len(text) <= len(str(most)) and least <= int(text) <= most:
            return int(text)
        raise ArgumentTypeError(f"“{text[:60]}” is not a whole number from {least} to {most}.")

    return parse


def add_now(parser: ArgumentParser) -> None:
    """``--now ISO``: the instant to act for, instead of the database's clock."""
    parser.add_argument(
        "--now", type=instant, metavar="ISO", help="act as at this instant, such as 2026-03-01T18:00:00Z"
    )


def beat(acted_for: dt.datetime | None, *names: str) -> None:
    """Leave the heartbeats of ticks that ran by a command; none where ``--now`` named another instant."""
    if acted_for is None:
        for name in names:
            Heartbeat.objects.beat(name, database_now())
