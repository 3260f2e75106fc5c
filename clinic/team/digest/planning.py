"""Whose daily mail is due gets its row and is pointed at the next day; the clock only ticks."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from clinic.conf import conf
from clinic.models import Digest, Practitioner, SkipReason
from clinic.models.fields import WEEKDAYS, zone
from clinic.models.outbox import State
from clinic.reminders.schedule import Plan, Slot, next_slot

BATCH = 500
CATCH_UP_PERIOD = dt.timedelta(days=8)  # after a long outage: a row for the last day that was missed, and no more
MOMENT = dt.timedelta(microseconds=1)


def create_due_digests(now: dt.datetime) -> int:
    """One tick: write the row of every daily mail that is due; returns how many. Run twice, it writes nothing twice.

    One past the lateness limit is written as ``skipped: late``. Whoever was never pointed at a day, or chose another
    hour, is pointed at the next without a row.
    """
    written = 0
    while True:
        found, rows = _create_batch(now)
        written += rows
        if not found:
            return written


@transaction.atomic
def _create_batch(now: dt.datetime) -> tuple[int, int]:
    due = Practitioner.objects.digest_due(now).select_for_update(skip_locked=True, of=("self",))
    batch = list(due.select_related("clinic")[:BATCH])
    treating = [who for who in batch if who.is_clinical]
    slots = [(who, slot) for who in treating if (slot := _newest_due_slot(who, now)) is not None]
    Digest.objects.bulk_create([_build_digest(who, slot, now) for who, slot in slots], ignore_conflicts=True)
    for who in batch:
        coming = _next_slot(who, now)
        # The end of the calendar stands for "never": empty would be looked at again at each tick.
        who.next_digest_at = coming.due_at if coming else dt.datetime.max.replace(tzinfo=dt.UTC)
    Practitioner.objects.bulk_update(batch, ["next_digest_at"], batch_size=100)
    return len(batch), len(slots)


def _newest_due_slot(who: Practitioner, now: dt.datetime) -> Slot | None:
    """The last day that has come and was not planned; None where it is not this practitioner's hour any more."""
    pointed_at = who.next_digest_at
    if pointed_at is None:
        return None
    slot = _next_slot(who, pointed_at - MOMENT)
    if slot is None or slot.due_at != pointed_at:  # another hour, other days or another zone since
        return None
    later = _next_slot(who, max(slot.due_at, now - CATCH_UP_PERIOD))
    while later is not None and later.due_at <= now:
        slot, later = later, _next_slot(who, later.due_at)
    return slot


def _next_slot(who: Practitioner, after: dt.datetime) -> Slot | None:
    days = frozenset(WEEKDAYS.index(day) for day in who.digest_day_names)
    plan = Plan(days=days, times=(who.digest_at,), starts_on=dt.date.min)
    return next_slot(plan, who.digest_at, zone(who.clinic.time_zone), after)


def _build_digest(who: Practitioner, slot: Slot, now: dt.datetime) -> Digest:
    expires_at = slot.due_at + conf.lateness_limit
    row = Digest(
        practitioner=who, day=slot.date, due_at=slot.due_at, try_at=slot.due_at, expires_at=expires_at,
        message_id=f"digest.{uuid.uuid4().hex}@{conf.mail_domain}",
    )  # fmt: skip
    if expires_at <= now:
        row.state, row.status_detail, row.settled_at = State.SKIPPED, SkipReason.LATE, now
    return row
