"""Sends mail: claim → guard → compose → send → settle; and releases the rows that a dead worker held.

Exactly once cannot be had by SMTP: after a crash between the server's 250 and our commit the attempt is doubtful. Such
a row is sent once more with the same Message-ID, then left as unknown: at most one double for each such crash, none
lost. No transaction is open while SMTP talks.
"""

from __future__ import annotations

import datetime as dt
import logging
import smtplib
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils.module_loading import import_string

from clinic.conf import conf
from clinic.mail.bounce_parser import is_mailbox_unknown
from clinic.models import Heartbeat, OutboxMessage, SkipReason
from clinic.models.outbox import REFUSED_RECIPIENT, State, database_now

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=OutboxMessage)
BACK_OFF = dt.timedelta(minutes=1)
ATTEMPTS_AT_MOST = 8
CONFIRM_EVERY = 0.5  # seconds
CONFIRM_AT_MOST = dt.timedelta(hours=1)  # the server's 250 is in no row while the database is away
END_OF_MAIL = b"\r\n.\r\n"


def send_due(kind: type[OutboxMessage], now: dt.datetime | None = None) -> Counter[str]:
    """Send all rows of a kind that are due, a batch at a time; returns how many ended in each state.

    Args:
        kind: the class of the rows.
        now: the instant to act for; None: the database's clock.
    """
    tally: Counter[str] = Counter()
    # Each batch reads the clock: a machine that slept would go on with an hour long gone.
    while rows := kind.objects.for_mail().claim((clock := Clock(now))(), conf.lease_duration, conf.batch_size):
        batch = _Batch(kind, clock)
        batch.send(skip_unwanted(kind, rows, clock(), batch.tally))
        tally += batch.tally
        Heartbeat.objects.beat("send", database_now())  # a long send is no dead one
        if batch.server_unavailable:
            break
    return tally


def skip_unwanted(kind: type[OutboxMessage], rows: list[Row], now: dt.datetime, tally: Counter[str]) -> list[Row]:
    """Settle and count the rows of a claimed batch that are late or that the guard stops; returns the others."""
    unwanted = {row.pk: SkipReason.LATE for row in rows if row.expires_at <= now}
    if kind.guard:
        guard: Callable[[list[Row], dt.datetime], Mapping[int, SkipReason]] = import_string(kind.guard)
        unwanted |= guard([row for row in rows if row.pk not in unwanted], now)
    for reason in set(unwanted.values()):
        skipped = [row for row in rows if unwanted.get(row.pk) == reason]
        tally.update([State.SKIPPED.value] * kind.objects.skip(skipped, now, reason))
    return [row for row in rows if row.pk not in unwanted]


def one_at_a_time(send: Callable[[], object]) -> Callable[[], None]:
    """The same for one thread of this process at a time; a second one that comes meanwhile returns at once."""
    lock = threading.Lock()

    def only_one() -> None:
        if lock.acquire(blocking=False):
            try:
                send()
            finally:
                lock.release()

    return only_one


def release_expired(now: dt.datetime) -> int:
    """Release, in every kind of mail, the rows that a dead worker held; returns how many."""
    return sum(kind.objects.release_expired(now, patience=conf.lease_duration) for kind in OutboxMessage.kinds())


class _Batch:
    """One claimed batch sent over one connection."""

    def __init__(self, kind: type[OutboxMessage], clock: Clock) -> None:
        self.rows, self.now = kind.objects, clock
        self.compose: Callable[[OutboxMessage], EmailMultiAlternatives] = import_string(kind.composer)
        self.tally: Counter[str] = Counter()
        self.server_unavailable = False  # it takes no more mail for now
        self._unconfirmed: OutboxMessage | None = None  # accepted by the server, not yet committed as sent
        self._stop_at = time.monotonic() + conf.lease_duration.total_seconds() / 2

    def send(self, rows: list[OutboxMessage]) -> None:
        """Send each; the rows that are left over go back to ready."""
        if not rows:
            return
        connection = get_connection(fail_silently=False)
        try:
            connection.open()
        except OSError as error:  # smtplib's errors are OSErrors too
            log.warning("mail server does not answer (%s): %d mails wait", type(error).__name__, len(rows))
            self._put_off(rows)
            return
        dot = _FinalDot(connection)
        try:
            for position, row in enumerate(rows):
                if time.monotonic() >= self._stop_at:
                    self._release(rows[position:], self.now())
                    break
                self._send_one(connection, dot, row)
                if self.server_unavailable:
                    self._put_off(rows[position + 1 :])
                    break
        finally:
            self._confirm()
            with suppress(OSError):  # every row is settled: a server that will not say goodbye changes nothing
                connection.close()

    def _send_one(self, connection: BaseEmailBackend, dot: _FinalDot, row: OutboxMessage) -> None:
        try:
            mail = self.compose(row)
            mail.message()  # a header that cannot be written shows here, before the row counts as being sent
        except DatabaseError:
            raise  # says nothing about this row: the lease ends and it is tried again
        except Exception as error:  # one row that cannot be written must not delay the others
            log.exception("%s %d cannot be written", row.kind, row.pk)
            self._settle(row, State.CLAIMED, State.FAILED, f"cannot be written: {type(error).__name__}")
            return
        if not self._begin(row):
            return
        dot.reset()
        try:
            taken = connection.send_messages([mail])
        except OSError as error:
            self._handle_error(row, error, dot)
        else:
            if taken == 0:
                self._settle(row, State.SENDING, State.FAILED, "the mail backend took nothing")
            else:
                self._unconfirmed = row

    def _begin(self, row: OutboxMessage) -> bool:
        """One commit: the mail before is sent, this one is being sent. False: the lease of this one is lost."""
        until = self.now() + conf.lease_duration
        if self._unconfirmed is None:
            return self.rows.begin(row, until)
        marked, begun = self.rows.mark_sent_and_begin_next(self._unconfirmed, row, self.now(), until)
        self._count_sent(marked)  # not before the commit, which may fail
        return begun

    def _count_sent(self, marked: bool) -> None:
        self._unconfirmed = None
        self.tally.update([State.SENT.value] * marked)

    def _confirm(self) -> None:
        """Mark the last mail as sent, also when the database is away for a while.

        Once it is back, within `CONFIRM_AT_MOST`, that takes a second: :func:`release_expired` is more patient.
        """
        give_up_at = time.monotonic() + CONFIRM_AT_MOST.total_seconds()
        while self._unconfirmed is not None:
            try:
                self._count_sent(self.rows.mark_sent(self._unconfirmed, self.now()))
            except (OperationalError, InterfaceError):
                if time.monotonic() >= give_up_at:
                    raise
                connection.close_if_unusable_or_obsolete()
                time.sleep(CONFIRM_EVERY)

    def _handle_error(self, row: OutboxMessage, error: OSError, dot: _FinalDot) -> None:
        code, answer = _parse_refusal(error)
        name, last = type(error).__name__, row.attempts + 1 >= ATTEMPTS_AT_MOST
        later = self.now() + BACK_OFF * 2 ** min(row.attempts, 6)
        sender_refused = isinstance(error, smtplib.SMTPSenderRefused) and code >= 500
        if code == 421 or sender_refused or isinstance(error, smtplib.SMTPHeloError):
            # It is about us, not about this mail, which goes last, lest it blocks the others.
            log.error("the mail server turns us away (%s, %d)", name, code)
            self.server_unavailable = True
            self.rows.release(row, State.SENDING, self.now() + 2 * BACK_OFF, uncounted=True)
        elif code >= 500 or (code and later >= row.expires_at):
            log.warning("%s %d refused by the mail server with %d", row.kind, row.pk, code)
            self._refuse(row, f"{code} {answer}", recipient=isinstance(error, smtplib.SMTPRecipientsRefused))
        elif code:
            self.rows.release(row, State.SENDING, later)
        elif dot.handed_over:  # no answer after the whole mail: the server may or may not have taken it
            self.server_unavailable = True
            log.warning("mail server fell silent (%s) after %s %d", name, row.kind, row.pk)
            self.tally.update(self.rows.mark_doubtful(row, later, self.now()))
        elif last:
            self.server_unavailable = True
            self._settle(row, State.SENDING, State.FAILED, f"the mail server broke off each time: {name}")
        else:
            self.server_unavailable = True
            log.warning("mail server broke off (%s) at %s %d", name, row.kind, row.pk)
            self.rows.release(row, State.SENDING, later)

    def _refuse(self, row: OutboxMessage, answer: str, *, recipient: bool) -> None:
        """failed. Refused at RCPT it is about the mailbox, after DATA about this one mail (RFC 5321, 4.2.4)."""
        self._settle(row, State.SENDING, State.FAILED, f"{REFUSED_RECIPIENT if recipient else ''}{answer}")
        if recipient and is_mailbox_unknown(answer):
            row.mark_recipient_undeliverable(self.now())
            if row.fallback:
                import_string(row.fallback)(row, self.now())

    def _settle(self, row: OutboxMessage, state: State, end: State, status_detail: str = "") -> None:
        if self.rows.settle(row, state, end, self.now(), status_detail):
            self.tally[end.value] += 1

    def _put_off(self, rows: list[OutboxMessage]) -> None:
        self.server_unavailable = True
        self._release(rows, self.now() + BACK_OFF)

    def _release(self, rows: list[OutboxMessage], try_at: dt.datetime) -> None:
        for row in rows:
            self.rows.release(row, State.CLAIMED, try_at)


class Clock:
    """The database's time, read once and carried on by this machine's; or one fixed instant."""

    def __init__(self, fixed: dt.datetime | None) -> None:
        self._is_fixed = fixed is not None
        self._start, self._ticks = fixed or database_now(), time.monotonic()

    def __call__(self) -> dt.datetime:
        passed = 0.0 if self._is_fixed else time.monotonic() - self._ticks
        return self._start + dt.timedelta(seconds=passed)


class _FinalDot:
    """Whether the mail being sent was handed over whole. A backend other than SMTP shows nothing: then it may be."""

    def __init__(self, connection: BaseEmailBackend) -> None:
        smtp = getattr(connection, "connection", None)
        self._is_smtp = isinstance(smtp, smtplib.SMTP)
        if isinstance(smtp, smtplib.SMTP):
            self._send = smtp.send
            smtp.send = self._send_and_watch  # type: ignore[method-assign]
        self.reset()

    def reset(self) -> None:
        self.handed_over = not self._is_smtp

    def _send_and_watch(self, s: Any) -> None:
        self._send(s)
        if isinstance(s, bytes) and s.endswith(END_OF_MAIL):
            self.handed_over = True


def _parse_refusal(error: OSError) -> tuple[int, str]:
    """The server's code, 400 to 599, and its text; 0 when it gave no code that can be understood."""
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()), (550, b"refused"))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return 0, ""
    return code if 400 <= code < 600 else 0, text.decode("utf-8", "replace") if isinstance(text, bytes) else text
