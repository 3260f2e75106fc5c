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
        raw = _taken_in(sys.stdin.buffer)
        try:
            said = self._act(raw)
        except CommandError:
            raise
        except Exception as error:  # the database is away, or worse: the mail server keeps it and asks again
            raise CommandError(f"not now: {type(error).__name__}", returncode=TRY_AGAIN) from None
        self.stdout.write(said)

    def _act(self, raw: bytes) -> str:
        report, now = bounce_parser.read(raw), database_now()
        if report is None:
            return "nothing to do: not a report of a mail that came back for good"
        mail = handling.find_message(report.message_ids, report.recipient, now=now)
        if mail is None:
            raise CommandError("this report is about no mail of ours", returncode=UNKNOWN)
        if report.complaint:
            news = handling.record_complaint(mail, now=now)
        else:
            news = handling.record_bounce(mail, report.words, hard=report.hard, now=now)
        what = "complaint" if report.complaint else "hard bounce" if report.hard else "soft bounce"
        return f"{mail._meta.model_name} {mail.pk}: {what}{'' if news else ', known already'}"


def _taken_in(stream: BinaryIO) -> bytes:
    """As much as is looked at; the rest is read and dropped, lest the mail server's pipe breaks."""
    kept = stream.read(bounce_parser.LONGEST)
    while stream.read(CHUNK):
        pass
    return kept
