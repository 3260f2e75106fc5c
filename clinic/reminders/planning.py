"""Due schedules become reminder rows and move on to their next slot; the clock only ticks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from clinic.conf import conf
from clinic.models import Client, Prescription, PrescriptionVersion, Reminder, Schedule, Why
from clinic.models.fields import WEEKDAYS, zone
from clinic.models.outbox import State
from clinic.reminders.schedule import Plan, Slot, next_slot

BATCH = 500
LEDGER_REACHES_BACK = dt.timedelta(days=7)  # after an outage: a ledger of the last week, not a burst


def plan_of(version: PrescriptionVersion, client: Client) -> Plan:
    """What the pure scheduler needs to know of one version for one client."""
    quiet = (client.quiet_from, client.quiet_until)
    return Plan(
        days=frozenset(WEEKDAYS.index(day) for day in version.day_names),
        times=tuple(version.local_times),
        starts_on=version.starts_on,
        ends_on=version.ends_on,
        quiet=None if quiet[0] is None or quiet[1] is None else (quiet[0], quiet[1]),
        wakes_at=client.wakes_at,
        mornings_allowed=version.mornings_allowed,
    )


def set_schedules(prescription: Prescription, now: dt.datetime | None = None) -> None:
    """Make the schedules say what the newest version says; times dropped stay as rows, inactive, for the ledger.

    Call it, inside the transaction, after a plan, a zone, a waking time, quiet hours or a state changed.
    """
    now = now or timezone.now()
    locked = Prescription.objects.select_for_update(of=("self",)).select_related("client").get(pk=prescription.pk)
    version, client = locked.dose, locked.client
    plan = plan_of(version, client)
    stand = {schedule.local_time: schedule for schedule in prescription.schedules.select_for_update()}
    running = locked.state != Prescription.State.ENDED
    for time in sorted({*stand, *version.local_times}):
        schedule = stand.get(time) or Schedule(prescription=prescription, local_time=time)
        waits = schedule.active and schedule.next_due_at is not None and schedule.next_due_at <= now
        waits = waits and schedule.time_zone == client.time_zone
        schedule.time_zone = client.time_zone
        schedule.active = running and time in version.local_times
        if not (waits and schedule.active):  # a slot that is due and waits for the next tick is not jumped over
            _point_at(schedule, next_slot(plan, time, zone(client.time_zone), now) if schedule.active else None)
        schedule.save()


def plan_due(now: dt.datetime) -> int:
    """One tick: write the reminder of every due slot and point each schedule at its next; returns rows written.

    Slots already past the lateness limit are written as ``skipped: late``. Running it twice writes nothing twice.
    """
    written = 0
    while batch := _plan_batch(now):
        written += batch
    return written


@transaction.atomic
def _plan_batch(now: dt.datetime) -> int:
    due = list(
        Schedule.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("prescription__client")[:BATCH]
    )
    versions = _newest_versions({schedule.prescription_id for schedule in due})
    rows: list[Reminder] = []
    for schedule in due:
        client = schedule.prescription.client
        plan = plan_of(versions[schedule.prescription_id], client)
        rows += _rows_until(schedule, plan, now)
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    Schedule.objects.bulk_update(due, ["next_slot", "next_due_at"])
    return len(due)


def _newest_versions(prescriptions: set[int]) -> dict[int, PrescriptionVersion]:
    found = PrescriptionVersion.objects.filter(prescription__in=prescriptions).order_by("number")
    return {version.prescription_id: version for version in found}  # the last of each wins


def _rows_until(schedule: Schedule, plan: Plan, now: dt.datetime) -> Iterable[Reminder]:
    rows = []
    while schedule.next_due_at is not None and schedule.next_slot is not None and schedule.next_due_at <= now:
        if schedule.next_due_at > now - LEDGER_REACHES_BACK:
            rows.append(_row(schedule, schedule.next_slot, schedule.next_due_at, now))
        after = max(schedule.next_due_at, now - LEDGER_REACHES_BACK)
        _point_at(schedule, next_slot(plan, schedule.local_time, zone(schedule.time_zone), after))
    return rows


def _row(schedule: Schedule, slot: dt.date, due_at: dt.datetime, now: dt.datetime) -> Reminder:
    expires_at = due_at + conf.lateness_limit
    reminder = Reminder(
        schedule=schedule,
        slot=slot,
        due_at=due_at,
        try_at=due_at,
        expires_at=expires_at,
        message_id=f"reminder.{schedule.pk}.{slot:%Y%m%d}@{conf.mail_domain}",
    )
    if expires_at <= now:
        reminder.state, reminder.why, reminder.settled_at = State.SKIPPED, Why.LATE, now
    return reminder


def _point_at(schedule: Schedule, slot: Slot | None) -> None:
    schedule.next_slot = slot.date if slot else None
    schedule.next_due_at = slot.due_at if slot else None
