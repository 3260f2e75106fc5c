"""The baselines of sending: Django's own loop without rows, and raw SQL with a prepared mail."""

from __future__ import annotations

import smtplib
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection
from django.template.loader import render_to_string

CLAIM = """
    UPDATE clinic_reminder SET state = 'claimed', lease = %(lease)s, try_at = now() + interval '2 minutes'
    WHERE id IN (SELECT id FROM clinic_reminder WHERE state = 'ready' AND try_at <= now()
                 ORDER BY try_at LIMIT 50 FOR UPDATE SKIP LOCKED)
    RETURNING id"""
BEGIN = "UPDATE clinic_reminder SET state = 'sending', attempts = attempts + 1 WHERE id = %s AND state = 'claimed'"
SETTLE = """
    UPDATE clinic_reminder SET state = 'sent', sent_at = now(), settled_at = now(), lease = NULL
    WHERE id = %s AND state = 'sending'"""

Letter = dict[str, Any]


def django_loop(letters: Sequence[Letter]) -> int:
    """Render, build and send each over one connection: what a view would do, without row, guard or signed link."""
    with get_connection() as sender:
        return sum(sender.send_messages([_built(letter)]) for letter in letters)


def _built(letter: Letter) -> EmailMultiAlternatives:
    context = letter["context"]
    subject, text, html = (
        render_to_string(f"clinic/email/reminder/{part}", context) for part in ("subject.txt", "body.txt", "body.html")
    )
    mail = EmailMultiAlternatives(subject.strip(), text, **letter["envelope"])
    mail.attach_alternative(html, "text/html")
    return mail


def letters(reminders: Sequence[Any]) -> Iterator[Letter]:
    """The data of each reminder, prepared: addresses, headers and the context of the templates."""
    from clinic.mail.compose import build_frame_context
    from clinic.reminders.sending import build_context, build_links, compose

    for reminder in reminders:
        client, mail = reminder.schedule.prescription.client, compose(reminder)
        context = {
            **build_frame_context(client.clinic, client.language),
            **build_context(client, reminder.schedule.local_time, build_links(reminder)),
        }
        envelope = {name: getattr(mail, name) for name in ("from_email", "to", "reply_to")}
        yield {"context": context, "envelope": {**envelope, "headers": mail.extra_headers}}


def raw_loop(ready_made: bytes, sender: str, recipient: str, port: int) -> int:
    """Claim by raw SQL, send the same bytes over and over, one commit a mail; returns how many rows it sent."""
    count = 0
    with smtplib.SMTP("127.0.0.1", port) as smtp, connection.cursor() as cursor:
        while ids := _claimed(cursor):
            before: int | None = None
            for row in ids:
                cursor.execute("BEGIN")
                if before is not None:
                    cursor.execute(SETTLE, [before])
                cursor.execute(BEGIN, [row])
                cursor.execute("COMMIT")
                smtp.sendmail(sender, [recipient], ready_made)
                before = row
            cursor.execute(SETTLE, [before])
            count += len(ids)
    return count


def _claimed(cursor: Any) -> list[int]:
    cursor.execute(CLAIM, {"lease": uuid.uuid4()})
    return [row for (row,) in cursor.fetchall()]
