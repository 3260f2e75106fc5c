"""`manage.py read_bounce < mail`: what came back, piped by the mail server from the address that bounces go to.

Exit codes, for the mail server: 0 done or nothing to do, 1 about no mail of ours, 75 (EX_TEMPFAIL) try again later.
"""

from __future__ import annotations

import sys
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError

from clinic.bounces import handling
from clinic.mail import bounce_parser
from clinic.models.outbox import database_now

UNKNOWN, TRY_AGAIN = 1, 75
CHUNK = 1 << 16


class Command(BaseCommand):
    help = (
        "Read one bounce (RFC 3464, Exim's, qmail's) or complaint (RFC 5965) from standard input and settle the mail "
        "that it is about. Exit codes: 0 done or nothing to do, 1 about no mail of ours, 75 try again later."
    )
    requires_system_checks = []  # the mail server waits

    def handle(self, *args: Any, **options: Any) -> None:
        raw = _read_all(sys.stdin.buffer)
        try:
            result = self._record(raw)
        except CommandError:
            raise
        except Exception as error:  # the database is away, or worse: the mail server keeps it and asks again
            raise CommandError(f"not now: {type(error).__name__}", returncode=TRY_AGAIN) from None
        self.stdout.write(result)

    def _record(self, raw: bytes) -> str:
        report, now = bounce_parser.parse_report(raw), database_now()
        if report is None:
            return "nothing to do: not a report of a mail that came back for good"
        mail = handling.find_message(report.message_ids, report.recipient, now=now)
        if mail is None:
            raise CommandError("this report is about no mail of ours", returncode=UNKNOWN)
        if report.complaint:
            new = handling.record_complaint(mail, now=now)
        else:
            new = handling.record_bounce(mail, report.diagnostic, hard=report.hard, now=now)
        name = "complaint" if report.complaint else "hard bounce" if report.hard else "soft bounce"
        return f"{mail.kind} {mail.pk}: {name}{'' if new else ', known already'}"


def _read_all(stream: BinaryIO) -> bytes:
    """The bytes that are parsed; the rest is read and dropped, lest the mail server's pipe breaks."""
    kept = stream.read(bounce_parser.BYTES_AT_MOST)
    while stream.read(CHUNK):
        pass
    return kept
