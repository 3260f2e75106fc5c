"""Mail as rows: the states of the sending protocol and the statements that move between them.

ready → claimed → sending → sent, with skipped, failed, bounced and unknown as the other ends. Every move is one
conditional UPDATE that names the state it leaves, so a worker that lost its lease changes nothing, with one exception:
that the server took the mail, which nobody else can know. It is marked as long as no worker began to send it again.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from operator import attrgetter
from typing import Any, ClassVar, Self, TypeVar

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SkipReason(models.TextChoices):
    """Why a row was skipped; COMPLAINED also stands in a sent row whose recipient complained."""

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
DOUBTFUL_ATTEMPTS_AT_MOST = 2
REFUSED_RECIPIENT = "recipient refused: "  # prefix of the status detail of a row that failed by its address

# Raw SQL, as the ORM does not return which of two rows an UPDATE changed; one round trip a mail instead of four.
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
    def for_mail(self) -> Self:
        """The rows that go by mail, with the related rows that their guard and their composer read."""
        return self.select_related(*self.model.related_paths)

    def unsettled(self) -> Self:
        return self.filter(state__in=OPEN)

    def claim(self, now: dt.datetime, lease: dt.timedelta, most: int) -> list[Row]:
        """Take at most ``most`` due rows for this worker alone, oldest first; others skip them.

        Rows with failed attempts come last, so that one which makes the server hang up does not delay the others.

        ``lease`` is how long this worker holds them: after it :meth:`release_expired` releases them.
        """
        key = uuid.uuid4()
        with transaction.atomic():
            due = self.filter(state=State.READY, try_at__lte=now).order_by("try_at")
            ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:most])
            self.filter(pk__in=ids, state=State.READY).update(state=State.CLAIMED, lease=key, try_at=now + lease)
        return list(self.filter(lease=key, state=State.CLAIMED).order_by("attempts", "due_at", "pk")) if ids else []

    def with_lease(self, row: OutboxMessage, state: State) -> Self:
        """The row, if it is still in ``state`` under the lease that this worker holds."""
        return self.filter(pk=row.pk, lease=row.lease, state=state)

    def begin(self, row: OutboxMessage, until: dt.datetime | None = None) -> bool:
        """claimed → sending. False: the lease is lost, leave the row alone.

        ``until`` is when its lease ends from now on: a slow server gets it whole for each mail. None: as it was.
        """
        lease = {} if until is None else {"try_at": until}
        rows = self.with_lease(row, State.CLAIMED)
        return bool(rows.update(state=State.SENDING, attempts=F("attempts") + 1, **lease))

    def mark_sent_and_begin_next(
        self, sent: OutboxMessage, row: OutboxMessage, now: dt.datetime, until: dt.datetime
    ) -> tuple[bool, bool]:
        """In one statement, so in one commit: ``sent`` sending → sent, ``row`` claimed → sending until ``until``.

        Returns for each whether it moved; one moves without the other. For ``sent`` see :meth:`mark_sent`.
        """
        connection, meta = connections[self.db], self.model._meta
        leases: models.UUIDField[Any, Any] = models.UUIDField()
        params = {
            "now": connection.ops.adapt_datetimefield_value(now), "sent": sent.pk, "row": row.pk,
            "until": connection.ops.adapt_datetimefield_value(until),
            "sent_attempts": sent.attempts + 1,  # as begin() left it: nobody has begun to send it since
            "sent_lease": leases.get_db_prep_value(sent.lease, connection),
            "row_lease": leases.get_db_prep_value(row.lease, connection),
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_MARK_SENT_AND_BEGIN_NEXT.format(table=connection.ops.quote_name(meta.db_table)), params)
            moved = {pk for (pk,) in cursor.fetchall()}
        return sent.pk in moved, row.pk in moved

    def settle(self, row: OutboxMessage, state: State, end: State, now: dt.datetime, status_detail: str = "") -> bool:
        """claimed or sending → one of the ends, with the reason in at most 300 characters."""
        changes = {"state": end, "settled_at": now, "lease": None, "status_detail": status_detail[:300]}
        if end == State.SENT:
            changes["sent_at"] = now
        return bool(self.with_lease(row, state).update(**changes))

    def mark_sent(self, row: OutboxMessage, now: dt.datetime) -> bool:
        """sending → sent: the server took the mail that this worker began.

        Also when its lease ended meanwhile and it waits as doubtful or was given up, as long as no worker began to send
        it again: a late 250 is better than a second mail. False: another worker began, or it is settled.
        """
        waiting = Q(state__in=[State.READY, State.CLAIMED, State.UNKNOWN], attempts=row.attempts + 1)
        rows = self.filter(Q(state=State.SENDING, lease=row.lease) | waiting, pk=row.pk)
        return bool(rows.update(state=State.SENT, sent_at=now, settled_at=now, lease=None))

    def skip(self, rows: Collection[OutboxMessage], now: dt.datetime, reason: SkipReason) -> int:
        """claimed → skipped for one reason, where the lease still holds; returns how many."""
        leases = {row.lease for row in rows}
        claimed = self.filter(pk__in=[row.pk for row in rows], lease__in=leases, state=State.CLAIMED)
        return claimed.update(state=State.SKIPPED, settled_at=now, lease=None, status_detail=reason)

    def release(self, row: OutboxMessage, state: State, try_at: dt.datetime, *, uncounted: bool = False) -> bool:
        """``state`` → ready, to be tried at ``try_at``; ``uncounted``: the attempt does not count."""
        changes: Mapping[str, Any] = {"attempts": F("attempts") - 1} if uncounted else {}
        return bool(self.with_lease(row, state).update(state=State.READY, lease=None, try_at=try_at, **changes))

    def mark_doubtful(self, row: OutboxMessage, try_at: dt.datetime, now: dt.datetime) -> list[str]:
        """The server fell silent after it may have taken the mail: :meth:`retry_or_give_up`. Returns the end or []."""
        given_up, _retried = self.with_lease(row, State.SENDING).retry_or_give_up(try_at, now)
        return [State.UNKNOWN.value] * given_up

    def retry_or_give_up(self, try_at: dt.datetime, now: dt.datetime) -> tuple[int, int]:
        """sending → ready at the first doubtful attempt, unknown at the second. Returns how many: unknown, ready."""
        sending = self.filter(state=State.SENDING)
        changes: dict[str, Any] = {"doubtful_attempts": F("doubtful_attempts") + 1, "lease": None}
        last = sending.filter(doubtful_attempts__gte=DOUBTFUL_ATTEMPTS_AT_MOST - 1)
        given_up = last.update(state=State.UNKNOWN, settled_at=now, **changes)
        return given_up, sending.update(state=State.READY, try_at=try_at, **changes)

    def mark_bounced(self, message_id: str, now: dt.datetime, status_detail: str) -> bool:
        """sent, sending, unknown or doubtful → bounced: a mail that a server had taken came back.

        A doubtful one did reach a server, so it is not sent again. False: no such row.
        """
        taken = Q(state__in=[State.SENT, State.UNKNOWN, State.SENDING]) | Q(doubtful_attempts__gt=0)
        rows = self.filter(taken, message_id=message_id).exclude(state=State.BOUNCED)
        detail = status_detail[:300] or "came back"
        return bool(rows.update(state=State.BOUNCED, settled_at=now, lease=None, status_detail=detail))

    def mark_complained(self, message_id: str) -> bool:
        """Record that the recipient of a sent mail complained. False: no such row, or recorded before."""
        rows = self.filter(message_id=message_id, state__in=[State.SENT, State.UNKNOWN])
        return bool(rows.exclude(status_detail=SkipReason.COMPLAINED).update(status_detail=SkipReason.COMPLAINED))

    def release_expired(self, now: dt.datetime, patience: dt.timedelta = dt.timedelta(0)) -> int:
        """Release the rows whose lease ended: claimed → ready; sending → ready or unknown. Returns how many.

        A row that a stopped worker has locked is left for later and does not delay the others.

        ``patience`` is how long a doubtful row waits: its worker may only be cut off, and still :meth:`mark_sent`.
        """
        with transaction.atomic():
            expired = self.filter(state__in=[State.CLAIMED, State.SENDING], try_at__lte=now)
            rows = self.filter(pk__in=list(expired.select_for_update(skip_locked=True).values_list("pk", flat=True)))
            released = rows.filter(state=State.CLAIMED).update(state=State.READY, lease=None, try_at=now)
            return released + sum(rows.retry_or_give_up(now + patience, now))


class OutboxMessage(models.Model):
    """One mail to one person: when it is due, how far it got, and how it ended.

    Each concrete subclass is a kind of mail and states these facts; :meth:`kinds` serves all code that goes through the
    kinds, so that a further kind needs no other list.

    Attributes:
        kind: its name in metrics, in /readyz and in `manage.py send_due`.
        urgency: kinds with a lower number are sent first.
        recipient_path: lookup of the recipient; its last name is ``client``, ``practitioner`` or ``registrant``.
        related_paths: what guard and composer read of a row, for ``select_related``.
        composer: dotted path of a function (row) → EmailMultiAlternatives.
        guard: dotted path of a function (rows, now) → the skip reason, by primary key, of each row that may not be
            sent; empty: every row may.
        fallback: dotted path of a function (row, now) that is called when the mail did not reach its recipient.
        marks_undeliverable: whether an unknown mailbox marks the recipient as undeliverable.
        is_watched: whether late rows make /readyz complain; not where a stranger chooses the address.
    """

    kind: ClassVar[str]
    urgency: ClassVar[int]
    recipient_path: ClassVar[str]
    related_paths: ClassVar[tuple[str, ...]]
    composer: ClassVar[str]
    guard: ClassVar[str] = ""
    fallback: ClassVar[str] = ""
    marks_undeliverable: ClassVar[bool] = True
    is_watched: ClassVar[bool] = True

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

    objects = OutboxQuerySet[Self].as_manager()

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

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @staticmethod
    def kinds() -> list[type[OutboxMessage]]:
        """Every kind of mail, the most urgent first."""
        kinds = [model for model in apps.get_models() if issubclass(model, OutboxMessage)]
        return sorted(kinds, key=lambda kind: kind.urgency)

    @classmethod
    def client_path(cls) -> str | None:
        """Lookup of the client to whom this kind goes; None: it goes to somebody else."""
        return cls.recipient_path if cls.recipient_path.rpartition("__")[2] == "client" else None

    @classmethod
    def clinic_path(cls) -> str:
        return f"{cls.recipient_path}__clinic"

    @classmethod
    def address_path(cls) -> str:
        """Lookup of the recipient's mail address; a practitioner's stands in the user."""
        if cls.recipient_path == "practitioner":
            return f"practitioner__user__{get_user_model().get_email_field_name()}"
        return f"{cls.recipient_path}__email"

    @property
    def recipient(self) -> Any:
        """The client, practitioner or registrant."""
        return attrgetter(self.recipient_path.replace("__", "."))(self)

    def mark_recipient_undeliverable(self, now: dt.datetime) -> None:
        """The mail server knows no such mailbox: later mails of kinds that heed the mark are skipped."""
        if self.marks_undeliverable:
            type(self.recipient).objects.mark_undeliverable(self.recipient.pk, now)
