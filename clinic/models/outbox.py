"""Mail as rows: the states of the sending protocol and the statements that move between them.

ready → claimed → sending → sent, with skipped, failed, bounced and unknown as the other ends. Every move is one
conditional UPDATE that names the state it leaves, so a worker that lost its lease changes nothing, but for one thing
that nobody else can know: that the server said yes. It says so as long as nobody has begun to send the mail again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from typing import Any, Self, TypeVar

from django.db import connections, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SkipReason(models.TextChoices):
    """Reasons of a skipped row, and what the recipient of a sent one said of it."""

    HELD = "held", _("the exercise is held")
    ENDED = "ended", _("the exercise has ended")
    PAUSED = "paused", _("the client paused reminders")
    ALREADY_REPORTED = "already_reported", _("the client had already reported that day")
    UNSUBSCRIBED = "unsubscribed", _("the client does not want reminders")
    NOT_WANTED = "not_wanted", _("the client chose not to be reminded of this time")
    UNDELIVERABLE = "undeliverable", _("mail to the client comes back")
    QUIET_HOURS = "quiet_hours", _("quiet hours")
    MORNING = "morning", _("within two hours of getting up")
    IGNORED = "ignored", _("reminders stopped, as nobody answered them")
    TOGETHER = "together", _("one mail for several exercises")
    CHANGED = "changed", _("the plan has this time no more")
    LATE = "late", _("too late to be of use")
    NO_CONSENT = "no_consent", _("the client has not joined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    SETTLED = "settled", _("seen before the mail was sent")
    COMPLAINED = "complained", _("the client's mail program reported it as unwanted")
    INACTIVE = "inactive", _("works here no more")
    ABSENT = "absent", _("away, and covered by a colleague")
    NOTHING = "nothing", _("nothing to tell")


class State(models.TextChoices):
    READY = "ready", _("waiting")
    CLAIMED = "claimed", _("being prepared")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    SKIPPED = "skipped", _("not sent")
    FAILED = "failed", _("refused")
    BOUNCED = "bounced", _("came back")
    UNKNOWN = "unknown", _("unclear whether it arrived")


OPEN = (State.READY, State.CLAIMED, State.SENDING)
AMBIGUOUS_AT_MOST = 2
REFUSED_RECIPIENT = "recipient refused: "  # how the words of a failed row begin where it was about the address

# Written out, since the ORM cannot say which of two rows an UPDATE reached; one round trip a mail instead of four.
_MARK_SENT_AND_BEGIN_NEXT = """
    UPDATE {table} SET
        state = CASE id WHEN %(sent)s THEN 'sent' ELSE 'sending' END,
        sent_at = CASE id WHEN %(sent)s THEN %(now)s ELSE sent_at END,
        settled_at = CASE id WHEN %(sent)s THEN %(now)s ELSE settled_at END,
        lease = CASE id WHEN %(sent)s THEN NULL ELSE lease END,
        try_at = CASE id WHEN %(sent)s THEN try_at ELSE %(until)s END,
        attempts = CASE id WHEN %(sent)s THEN attempts ELSE attempts + 1 END
    WHERE (id = %(sent)s AND (state = 'sending' AND lease = %(sent_lease)s
            OR attempts = %(sent_attempts)s AND state IN ('ready', 'claimed', 'unknown')))
        OR (id = %(row)s AND state = 'claimed' AND lease = %(row_lease)s)
    RETURNING id"""

Row = TypeVar("Row", bound="OutboxMessage", covariant=True)


def database_now(using: str = "default") -> dt.datetime:
    """The database's clock, so that a worker with a wrong one does no harm."""
    connection = connections[using]
    if connection.vendor != "postgresql":
        return timezone.now()  # an embedded database has no clock but this machine's
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: dt.datetime = cursor.fetchone()[0]
    return now


class OutboxQuerySet(models.QuerySet[Row]):
    def unsettled(self) -> Self:
        return self.filter(state__in=OPEN)

    def claim(self, now: dt.datetime, lease: dt.timedelta, most: int) -> list[Row]:
        """Take at most ``most`` due rows for this worker alone, oldest first; others skip them.

        Those that met trouble before come last, so that one which makes the server hang up keeps nobody waiting.

        ``lease`` is how long they are ours: past it :meth:`reap` gives them back.
        """
        key = uuid.uuid4()
        with transaction.atomic():
            due = self.filter(state=State.READY, try_at__lte=now).order_by("try_at")
            ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
            self.filter(pk__in=ids, state=State.READY).update(state=State.CLAIMED, lease=key, try_at=now + lease)
        return list(self.filter(lease=key, state=State.CLAIMED).order_by("attempts", "due_at", "pk")) if ids else []

    def ours(self, row: OutboxMessage, state: State) -> Self:
        """The row, if it is still in ``state`` under the lease we hold."""
        return self.filter(pk=row.pk, lease=row.lease, state=state)

    def begin(self, row: OutboxMessage, until: dt.datetime | None = None) -> bool:
        """claimed → sending. False: the lease is no longer ours, leave the row alone.

        ``until`` is when its lease ends from now on: a slow server gets it whole for each mail. None: as it was.
        """
        lease = {} if until is None else {"try_at": until}
        return bool(self.ours(row, State.CLAIMED).update(state=State.SENDING, attempts=F("attempts") + 1, **lease))

    def mark_sent_and_begin_next(
        self, sent: OutboxMessage, row: OutboxMessage, now: dt.datetime, until: dt.datetime
    ) -> tuple[bool, bool]:
        """In one statement, so in one commit: ``sent`` sending → sent, ``row`` claimed → sending until ``until``.

        Returns which of the two moved; the other goes its way all the same. For ``sent`` see :meth:`arrived`.
        """
        connection, meta = connections[self.db], self.model._meta
        leases: models.UUIDField[Any, Any] = models.UUIDField()
        told = {
            "now": connection.ops.adapt_datetimefield_value(now), "sent": sent.pk, "row": row.pk,
            "until": connection.ops.adapt_datetimefield_value(until),
            "sent_attempts": sent.attempts + 1,  # as begin() left it: nobody has begun to send it since
            "sent_lease": leases.get_db_prep_value(sent.lease, connection),
            "row_lease": leases.get_db_prep_value(row.lease, connection),
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_MARK_SENT_AND_BEGIN_NEXT.format(table=connection.ops.quote_name(meta.db_table)), told)
            moved = {pk for (pk,) in cursor.fetchall()}
        return sent.pk in moved, row.pk in moved

    def settle(self, row: OutboxMessage, held: State, end: State, now: dt.datetime, why: str = "") -> bool:
        """claimed or sending → one of the ends, with the reason in at most 300 characters."""
        sent = {"sent_at": now} if end == State.SENT else {}
        return bool(self.ours(row, held).update(state=end, settled_at=now, lease=None, status_detail=why[:300], **sent))

    def arrived(self, row: OutboxMessage, now: dt.datetime) -> bool:
        """sending → sent: the server said yes to the mail that we began.

        Also when its lease ended meanwhile and it waits in doubt or was given up, as long as nobody began to send it
        again: a yes that comes late is better than a second mail. False: somebody did, or it is settled.
        """
        waiting = Q(state__in=[State.READY, State.CLAIMED, State.UNKNOWN], attempts=row.attempts + 1)
        ours = self.filter(Q(state=State.SENDING, lease=row.lease) | waiting, pk=row.pk)
        return bool(ours.update(state=State.SENT, sent_at=now, settled_at=now, lease=None))

    def skip(self, rows: Collection[OutboxMessage], now: dt.datetime, why: SkipReason) -> int:
        """claimed → skipped, as many as are still ours, for one reason; returns how many."""
        leases = {row.lease for row in rows}
        mine = self.filter(pk__in=[row.pk for row in rows], lease__in=leases, state=State.CLAIMED)
        return mine.update(state=State.SKIPPED, settled_at=now, lease=None, status_detail=why)

    def release(self, row: OutboxMessage, held: State, again_at: dt.datetime, *, uncounted: bool = False) -> bool:
        """Back to ready, to be tried at ``again_at``; ``uncounted`` takes the attempt back (nobody's fault)."""
        changes: Mapping[str, Any] = {"attempts": F("attempts") - 1} if uncounted else {}
        return bool(self.ours(row, held).update(state=State.READY, lease=None, try_at=again_at, **changes))

    def doubt(self, row: OutboxMessage, again_at: dt.datetime, now: dt.datetime) -> list[str]:
        """The server went silent after it may have taken the mail: once more, then unknown. Returns the end, if any."""
        mine = self.ours(row, State.SENDING)
        given_up = mine.filter(doubtful_attempts__gte=AMBIGUOUS_AT_MOST - 1).update(
            state=State.UNKNOWN, doubtful_attempts=F("doubtful_attempts") + 1, settled_at=now, lease=None
        )
        mine.update(state=State.READY, doubtful_attempts=F("doubtful_attempts") + 1, lease=None, try_at=again_at)
        return [State.UNKNOWN.value] * given_up

    def bounce(self, message_id: str, now: dt.datetime, why: str) -> bool:
        """A mail that a server had taken came back: sent, being sent, unknown or in doubt → bounced.

        One that was in doubt arrived somewhere after all, so it is not sent again. False: no such row.
        """
        taken = Q(state__in=[State.SENT, State.UNKNOWN, State.SENDING]) | Q(doubtful_attempts__gt=0)
        mine = self.filter(taken, message_id=message_id).exclude(state=State.BOUNCED)
        return bool(
            mine.update(state=State.BOUNCED, settled_at=now, lease=None, status_detail=why[:300] or "came back")
        )

    def unwanted(self, message_id: str) -> bool:
        """Keep of a mail that went out that its recipient complained. False: no such row, or it is known."""
        mine = self.filter(message_id=message_id, state__in=[State.SENT, State.UNKNOWN])
        return bool(mine.exclude(status_detail=SkipReason.COMPLAINED).update(status_detail=SkipReason.COMPLAINED))

    def reap(self, now: dt.datetime, patience: dt.timedelta = dt.timedelta(0)) -> int:
        """Give back what a dead worker held: claimed → ready; sending → in doubt. Returns how many rows.

        A row that a worker which stands still has locked is left for later and keeps no other waiting.

        ``patience`` is how long one in doubt waits: its worker may only be cut off, and tell that it :meth:`arrived`.
        """
        with transaction.atomic():
            held = self.filter(state__in=[State.CLAIMED, State.SENDING], try_at__lte=now)
            over = self.filter(pk__in=list(held.select_for_update(skip_locked=True).values_list("pk", flat=True)))
            lost = over.filter(state=State.CLAIMED).update(state=State.READY, lease=None, try_at=now)
            doubtful = over.filter(state=State.SENDING)
            lost += doubtful.filter(doubtful_attempts__gte=AMBIGUOUS_AT_MOST - 1).update(
                state=State.UNKNOWN, doubtful_attempts=F("doubtful_attempts") + 1, settled_at=now, lease=None
            )
            again = {
                "state": State.READY,
                "doubtful_attempts": F("doubtful_attempts") + 1,
                "lease": None,
                "try_at": now + patience,
            }
            return lost + doubtful.update(**again)


class OutboxMessage(models.Model):
    """One mail to one person: when it is due, how far it got, and how it ended."""

    due_at = models.DateTimeField(_("due"))
    expires_at = models.DateTimeField(_("of no use after"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READY)
    try_at = models.DateTimeField(_("not before"))  # claimed or sending: when the lease ends
    lease = models.UUIDField(null=True, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    doubtful_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    message_id = models.CharField(max_length=200, unique=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    status_detail = models.CharField(_("why"), max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering = ["-due_at", "-pk"]
        indexes = [
            models.Index(fields=["try_at"], condition=Q(state__in=OPEN), name="%(class)s_open"),
            models.Index(fields=["settled_at"], name="%(class)s_settled"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="%(class)s_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state=State.SENT) | Q(sent_at__isnull=False), name="%(class)s_sent_says_when"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.SKIPPED, State.FAILED, State.BOUNCED]) | ~Q(status_detail=""),
                name="%(class)s_unsent_says_why",
            ),
        ]
