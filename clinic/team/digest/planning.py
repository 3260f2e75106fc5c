"""Create the rows of daily mails that are due, and store when the next one is."""

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
CATCH_UP_PERIOD = dt.timedelta(days=8)  # after a long outage, a row for the last missed day alone is created
MOMENT = dt.timedelta(microseconds=1)


def create_due_digests(now: dt.datetime) -> int:
    """Create the row of every daily mail that is due; returns how many. Running it twice creates nothing twice.

    A row past the lateness limit is created as ``skipped: late``. A practitioner without a next time, or with changed
    hours, gets the next time without a row.
    """
    count = 0
    while True:
        handled, created = _create_batch(now)
        count += created
        if not handled:
            return count


@transaction.atomic
def _create_batch(now: dt.datetime) -> tuple[int, int]:
    due = Practitioner.objects.digest_due(now).select_for_update(skip_locked=True, of=("self",))
    batch = list(due.select_related("clinic")[:BATCH])
    slots = [
        (practitioner, slot)
        for practitioner in batch
        if practitioner.is_clinical and (slot := _newest_due_slot(practitioner, now)) is not None
    ]
    Digest.objects.bulk_create(
        [_build_digest(practitioner, slot, now) for practitioner, slot in slots], ignore_conflicts=True
    )
    for practitioner in batch:
        upcoming = _next_slot(practitioner, now)
        # The end of the calendar stands for "never": a row without a date is due at each tick.
        practitioner.next_digest_at = upcoming.due_at if upcoming else dt.datetime.max.replace(tzinfo=dt.UTC)
    Practitioner.objects.bulk_update(batch, ["next_digest_at"], batch_size=100)
    return len(batch), len(slots)


def _newest_due_slot(practitioner: Practitioner, now: dt.datetime) -> Slot | None:
    """The newest due slot without a row; None when the practitioner's hours have changed since."""
    planned_at = practitioner.next_digest_at
    if planned_at is None:
        return None
    slot = _next_slot(practitioner, planned_at - MOMENT)
    if slot is None or slot.due_at != planned_at:  # hour, days or zone changed since
        return None
    later = _next_slot(practitioner, max(slot.due_at, now - CATCH_UP_PERIOD))
    while later is not None and later.due_at <= now:
        slot, later = later, _next_slot(practitioner, later.due_at)
    return slot


def _next_slot(practitioner: Practitioner, after: dt.datetime) -> Slot | None:
    days = frozenset(WEEKDAYS.index(day) for day in practitioner.digest_day_names)
    plan = Plan(days=days, times=(practitioner.digest_at,), starts_on=dt.date.min)
    return next_slot(plan, practitioner.digest_at, zone(practitioner.clinic.time_zone), after)


def _build_digest(practitioner: Practitioner, slot: Slot, now: dt.datetime) -> Digest:
    expires_at = slot.due_at + conf.lateness_limit
    row = Digest(
        practitioner=practitioner, day=slot.date, due_at=slot.due_at, try_at=slot.due_at, expires_at=expires_at,
        message_id=f"digest.{uuid.uuid4().hex}@{conf.mail_domain}",
    )  # fmt: skip
    if expires_at <= now:
        row.state, row.status_detail, row.settled_at = State.SKIPPED, SkipReason.LATE, now
    return row
