"""The one way a mail leaves: claim → guard → compose → send → settle; and reap what a dead worker held.

Exactly once cannot be had by SMTP: a crash between the server's 250 and our commit is in doubt. So a row in doubt is
sent once more with the same Message-ID, then left as unknown: at most one double for each such crash, none lost.
No transaction is open while SMTP talks.
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
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from clinic.conf import conf
from clinic.mail.bounce_parser import no_such_mailbox
from clinic.models import (
    Confirmation,
    Digest,
    Heartbeat,
    Invitation,
    Message,
    Notice,
    Reminder,
    SecondFactorReset,
    Welcome,
)
from clinic.models.outbox import REFUSED_RECIPIENT, OutboxMessage, OutboxQuerySet, SkipReason, State, database_now

log = logging.getLogger(__name__)

Row = TypeVar("Row", bound=OutboxMessage)
Guard = Callable[[list[Row], dt.datetime], Mapping[int, SkipReason]]
BACK_OFF = dt.timedelta(minutes=1)
ATTEMPTS_AT_MOST = 8
LOOK_FOR_DATABASE_EVERY = 0.5  # seconds
HOLD_ON = dt.timedelta(hours=1)  # to a yes while the database is away; nobody else knows of it
END_OF_MAIL = b"\r\n.\r\n"
KINDS = (Notice, Confirmation, Invitation, Welcome, SecondFactorReset, Message, Reminder, Digest)


@dataclass(frozen=True)
class Mailbag(Generic[Row]):
    """One kind of mail: its rows, who must not get it after all, and how it is written.

    ``out_of_reach``: what to do at once where the server knows no such mailbox.
    """

    rows: OutboxQuerySet[Row]
    guard: Guard[Row]
    compose: Callable[[Row], EmailMultiAlternatives]
    out_of_reach: Callable[[Row, dt.datetime], object] | None = None


def deliver(bag: Mailbag[Row], now: dt.datetime | None = None) -> Counter[str]:
    """Send all that is due, a batch at a time; returns how many rows ended in each state.

    Args:
        bag: what to send.
        now: the instant to act for; None: the database's clock.
    """
    tally: Counter[str] = Counter()
    # The clock is looked at for each batch: a machine that slept would go on with an hour long gone.
    while rows := bag.rows.claim((clock := Clock(now))(), conf.lease, conf.batch):
        batch = _Batch(bag, clock)
        batch.send(batch.wanted(rows))
        tally += batch.tally
        Heartbeat.objects.beat("send", database_now())  # a long send is no dead one
        if batch.turned_away:
            break
    return tally


def still_wanted(
    rows: list[Row], queue: OutboxQuerySet[Row], guard: Guard[Row], now: dt.datetime, tally: Counter[str]
) -> list[Row]:
    """Settle those of a claimed batch that must not go after all and count them; the others are returned."""
    unwanted = {row.pk: SkipReason.LATE for row in rows if row.expires_at <= now}
    unwanted |= guard([row for row in rows if row.pk not in unwanted], now)
    for why in set(unwanted.values()):
        skipped = [row for row in rows if unwanted.get(row.pk) == why]
        tally.update([State.SKIPPED.value] * queue.skip(skipped, now, why))
    return [row for row in rows if row.pk not in unwanted]


def one_at_a_time(send: Callable[[], object]) -> Callable[[], None]:
    """The same for one thread of this process at a time; a second one that comes meanwhile leaves at once."""
    alone = threading.Lock()

    def only_one() -> None:
        if alone.acquire(blocking=False):
            try:
                send()
            finally:
                alone.release()

    return only_one


def reap(now: dt.datetime) -> int:
    """Give back, in every kind of mail, what a dead worker held; returns how many rows."""
    return sum(kind.objects.reap(now, patience=conf.lease) for kind in KINDS)


class _Batch(Generic[Row]):
    """One claimed batch on its way over one connection."""

    def __init__(self, bag: Mailbag[Row], clock: Clock) -> None:
        self.bag, self.now = bag, clock
        self.tally: Counter[str] = Counter()
        self.turned_away = False  # the server wants no more for now
        self._unconfirmed: Row | None = None  # accepted by the server, not yet committed as sent
        self._stop_at = time.monotonic() + conf.lease.total_seconds() / 2

    def wanted(self, rows: list[Row]) -> list[Row]:
        return still_wanted(rows, self.bag.rows, self.bag.guard, self.now(), self.tally)

    def send(self, rows: list[Row]) -> None:
        """Send each; whatever is left over goes back to ready."""
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
            for place, row in enumerate(rows):
                if time.monotonic() >= self._stop_at:
                    self._release(rows[place:], self.now())
                    break
                self._send_one(connection, dot, row)
                if self.turned_away:
                    self._put_off(rows[place + 1 :])
                    break
        finally:
            self._confirm()
            with suppress(OSError):  # every row is settled: a server that will not say goodbye changes nothing
                connection.close()

    def _send_one(self, connection: BaseEmailBackend, dot: _FinalDot, row: Row) -> None:
        try:
            mail = self.bag.compose(row)
            mail.message()  # a header that cannot be written shows here, before the row counts as being sent
        except DatabaseError:
            raise  # says nothing about this row: the lease ends and it is tried again
        except Exception as error:  # one row that cannot be written must not keep the others waiting
            log.exception("%s %d cannot be written", type(row).__name__, row.pk)
            self._settle(row, State.CLAIMED, State.FAILED, f"cannot be written: {type(error).__name__}")
            return
        if not self._begin(row):
            return
        dot.reset()
        try:
            taken = connection.send_messages([mail])
        except OSError as error:
            self._trouble(row, error, dot)
        else:
            if taken == 0:
                self._settle(row, State.SENDING, State.FAILED, "the mail backend took nothing")
            else:
                self._unconfirmed = row

    def _begin(self, row: Row) -> bool:
        """One commit: the mail before is sent, this one is being sent. False: it is not ours any more."""
        until = self.now() + conf.lease
        if self._unconfirmed is None:
            return self.bag.rows.begin(row, until)
        noted, begun = self.bag.rows.mark_sent_and_begin_next(self._unconfirmed, row, self.now(), until)
        self._forget_sent(noted)  # not before the commit, which may fail
        return begun

    def _forget_sent(self, noted: bool) -> None:
        self._unconfirmed = None
        self.tally.update([State.SENT.value] * noted)

    def _confirm(self) -> None:
        """Note the last mail as sent, also when the database is away for a while.

        Back within `HOLD_ON`, it is told within a second, long before the patience of :func:`reap` ends.
        """
        give_up_at = time.monotonic() + HOLD_ON.total_seconds()
        while self._unconfirmed is not None:
            try:
                self._forget_sent(self.bag.rows.arrived(self._unconfirmed, self.now()))
            except (OperationalError, InterfaceError):
                if time.monotonic() >= give_up_at:
                    raise
                connection.close_if_unusable_or_obsolete()
                time.sleep(LOOK_FOR_DATABASE_EVERY)

    def _trouble(self, row: Row, error: OSError, dot: _FinalDot) -> None:
        code, words = _answer(error)
        name, kind, last = type(row).__name__.lower(), type(error).__name__, row.attempts + 1 >= ATTEMPTS_AT_MOST
        later = self.now() + BACK_OFF * 2 ** min(row.attempts, 6)
        sender_refused = isinstance(error, smtplib.SMTPSenderRefused) and code >= 500
        if code == 421 or sender_refused or isinstance(error, smtplib.SMTPHeloError):
            # It is about us, not about this mail, which goes last, lest it blocks the others.
            log.error("the mail server turns us away (%s, %d)", kind, code)
            self.turned_away = True
            self.bag.rows.release(row, State.SENDING, self.now() + 2 * BACK_OFF, uncounted=True)
        elif code >= 500 or (code and later >= row.expires_at):
            log.warning("%s %d refused by the mail server with %d", name, row.pk, code)
            self._refused(row, f"{code} {words}", recipient=isinstance(error, smtplib.SMTPRecipientsRefused))
        elif code:
            self.bag.rows.release(row, State.SENDING, later)
        elif dot.handed_over:  # no answer after the whole mail: the server may or may not have taken it
            self.turned_away = True
            log.warning("mail server fell silent (%s) after %s %d", kind, name, row.pk)
            self.tally.update(self.bag.rows.doubt(row, later, self.now()))
        elif last:
            self.turned_away = True
            self._settle(row, State.SENDING, State.FAILED, f"the mail server broke off each time: {kind}")
        else:
            self.turned_away = True
            log.warning("mail server broke off (%s) at %s %d", kind, name, row.pk)
            self.bag.rows.release(row, State.SENDING, later)

    def _refused(self, row: Row, words: str, *, recipient: bool) -> None:
        """failed. Refused at RCPT it is about the mailbox, after DATA about this one mail (RFC 5321, 4.2.4)."""
        self._settle(row, State.SENDING, State.FAILED, f"{REFUSED_RECIPIENT if recipient else ''}{words}")
        if recipient and self.bag.out_of_reach and no_such_mailbox(words):
            self.bag.out_of_reach(row, self.now())

    def _settle(self, row: Row, held: State, end: State, why: str = "") -> None:
        if self.bag.rows.settle(row, held, end, self.now(), why):
            self.tally[end.value] += 1

    def _put_off(self, rows: list[Row]) -> None:
        self.turned_away = True
        self._release(rows, self.now() + BACK_OFF)

    def _release(self, rows: list[Row], again_at: dt.datetime) -> None:
        for row in rows:
            self.bag.rows.release(row, State.CLAIMED, again_at)


class Clock:
    """The database's time, carried on from one look at it; or one instant that stands still."""

    def __init__(self, given: dt.datetime | None) -> None:
        self._stands = given is not None
        self._start, self._ticks = given or database_now(), time.monotonic()

    def __call__(self) -> dt.datetime:
        passed = 0.0 if self._stands else time.monotonic() - self._ticks
        return self._start + dt.timedelta(seconds=passed)


class _FinalDot:
    """Whether the mail now being sent was handed over whole. A backend that is not SMTP does not tell: then it may."""

    def __init__(self, connection: BaseEmailBackend) -> None:
        smtp = getattr(connection, "connection", None)
        self._tells = isinstance(smtp, smtplib.SMTP)
        if isinstance(smtp, smtplib.SMTP):
            self._send = smtp.send
            smtp.send = self._watched  # type: ignore[method-assign]
        self.reset()

    def reset(self) -> None:
        self.handed_over = not self._tells

    def _watched(self, s: Any) -> None:
        self._send(s)
        if isinstance(s, bytes) and s.endswith(END_OF_MAIL):
            self.handed_over = True


def _answer(error: OSError) -> tuple[int, str]:
    """The server's refusal, 400 to 599, and its words; 0 when it gave none that can be understood."""
    said: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()), (550, b"refused"))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, said = error.smtp_code, error.smtp_error
    else:
        return 0, ""
    return code if 400 <= code < 600 else 0, said.decode("utf-8", "replace") if isinstance(said, bytes) else said
