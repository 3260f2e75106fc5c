"""Schedules of a plan: create the reminder rows of due slots and store the next slot of each schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from clinic.conf import conf
from clinic.models import Client, Prescription, PrescriptionVersion, Reminder, ReminderChoice, Schedule, SkipReason
from clinic.models.fields import WEEKDAYS, zone
from clinic.models.outbox import State
from clinic.reminders.schedule import (
    AVOID_MORNING,
    Plan,
    Slot,
    first_slot,
    has_only_quiet_slots,
    next_slot,
    slot_after_zone_change,
    window_conflicts,
)

BATCH = 500
CATCH_UP_PERIOD = dt.timedelta(days=7)  # after an outage, rows of the last week alone are created


def build_plan(version: PrescriptionVersion, client: Client, choice: ReminderChoice | None = None) -> Plan:
    """Build the pure scheduler's plan of one version for one client.

    Args:
        choice: the slots that the client wants reminders of; None: all.
    """
    days_off, times_off = choice.find_exclusions(version) if choice else ([], [])
    return Plan(
        days=frozenset(WEEKDAYS.index(day) for day in version.day_names),
        times=tuple(version.local_times),
        starts_on=version.starts_on,
        ends_on=version.ends_on,
        paused_until=client.paused_until,
        quiet=client.quiet_hours,
        wakes_at=client.wakes_at,
        mornings_allowed=version.mornings_allowed,
        days_off=frozenset(WEEKDAYS.index(day) for day in days_off),
        times_off=frozenset(times_off),
    )


def next_reminder(prescription: Prescription, version: PrescriptionVersion, now: dt.datetime) -> Slot | None:
    """The next reminder that will be sent if nothing changes, to display to client and practitioner; or None.

    Args:
        prescription: with its client; of many, with ``reminder_choice`` selected too.
        version: its newest.
    """
    plan, time_zone = _active_plan(prescription, version), zone(prescription.client.time_zone)
    return first_slot(plan, time_zone, now) if plan else None


def is_silenced_by_quiet_hours(prescription: Prescription, version: PrescriptionVersion, now: dt.datetime) -> bool:
    """Whether quiet hours alone leave no next reminder. Arguments as for :func:`next_reminder`."""
    plan, time_zone = _active_plan(prescription, version), zone(prescription.client.time_zone)
    return plan is not None and has_only_quiet_slots(plan, time_zone, now)


def _active_plan(prescription: Prescription, version: PrescriptionVersion) -> Plan | None:
    """The plan that reminders follow; None while none is sent at any hour."""
    client = prescription.client
    is_reminded = client.reminders_wanted and client.undeliverable_since is None and client.state != Client.State.LEFT
    choice = getattr(prescription, "reminder_choice", None)
    if prescription.state != Prescription.State.ACTIVE or not is_reminded or (choice and not choice.wanted):
        return None
    return build_plan(version, client, choice)


def morning_ends_at(dose: PrescriptionVersion, client: Client, local: dt.datetime) -> dt.time | None:
    """The end of the morning in which this exercise is avoided; None: ``local``, the client's time, is outside it."""
    if dose.mornings_allowed or not window_conflicts([local.time()], client.wakes_at):
        return None
    return (dt.datetime.combine(local.date(), client.wakes_at) + AVOID_MORNING).time()


def reminder_choices(prescriptions: Collection[int]) -> Mapping[int, ReminderChoice]:
    """The choices of clients by prescription, in one query; no entry: reminders of all slots."""
    return {row.prescription_id: row for row in ReminderChoice.objects.filter(prescription__in=prescriptions)}


def set_schedules(prescription: Prescription, now: dt.datetime | None = None) -> None:
    """Set the schedules of the newest version; those of removed times stay inactive, for the ledger.

    Call it inside the transaction that changes a plan, a zone or a state. A pause, a hold, quiet hours and the time
    of getting up move no slot: the guard checks them just before sending, and the ledger keeps the reason.
    """
    now = now or timezone.now()
    locked = (
        Prescription.objects.select_for_update(of=("self",)).select_related("client__clinic").get(pk=prescription.pk)
    )
    version, client = locked.dose, locked.client
    plan = build_plan(version, client).prescribed
    existing = {schedule.local_time: schedule for schedule in prescription.schedules.select_for_update()}
    _create_due(list(existing.values()), plan, now)  # slots due before the next tick
    is_running = locked.state != Prescription.State.ENDED
    for time in sorted({*existing, *version.local_times}):
        schedule = existing.get(time) or Schedule(
            prescription=prescription, local_time=time, time_zone=client.time_zone
        )
        schedule.active = is_running and time in version.local_times
        slot = _next_slot(schedule, plan, client, now) if schedule.active else None
        schedule.time_zone = client.time_zone
        _set_next_slot(schedule, slot)
        schedule.save()


def _next_slot(schedule: Schedule, plan: Plan, client: Client, now: dt.datetime) -> Slot | None:
    time_zone = zone(client.time_zone)
    if schedule.pk is not None:  # the zone may have changed since the last slot
        last = schedule.reminders.order_by("-due_at").values_list("slot", "due_at").first()
        if last is not None:
            previous = Slot(last[0], schedule.local_time, last[1])
            return slot_after_zone_change(plan, schedule.local_time, time_zone, now, previous)
    return next_slot(plan, schedule.local_time, time_zone, now)


def _create_due(schedules: Iterable[Schedule], plan: Plan, now: dt.datetime) -> None:
    due = [row for row in schedules if row.active and row.next_due_at is not None and row.next_due_at <= now]
    rows = [reminder for schedule in due for reminder in _build_due(schedule, plan, now)]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)


def create_due_reminders(now: dt.datetime) -> int:
    """Create the reminder of every due slot and store the next slot of its schedule; returns the schedules handled.

    Slots past the lateness limit are created as ``skipped: late``. Running it twice creates nothing twice.
    """
    count = 0
    while batch := _create_batch(now):
        count += batch
    return count


@transaction.atomic
def _create_batch(now: dt.datetime) -> int:
    due = list(
        Schedule.objects.due(now)
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("prescription__client__clinic")[:BATCH]
    )
    versions = newest_versions({schedule.prescription_id for schedule in due})
    rows: list[Reminder] = []
    for schedule in due:
        client = schedule.prescription.client
        plan = build_plan(versions[schedule.prescription_id], client).prescribed
        rows += _build_due(schedule, plan, now)
    Reminder.objects.bulk_create(rows, ignore_conflicts=True)
    _store_next_slots(due)
    return len(due)


def _store_next_slots(schedules: Iterable[Schedule]) -> None:
    """Store the next slots, one statement for all schedules with the same one."""
    by_next: dict[tuple[dt.date | None, dt.datetime | None], list[int]] = {}
    for schedule in schedules:
        by_next.setdefault((schedule.next_slot, schedule.next_due_at), []).append(schedule.pk)
    for (slot, due_at), pks in by_next.items():
        Schedule.objects.filter(pk__in=pks).update(next_slot=slot, next_due_at=due_at)


def newest_versions(prescriptions: set[int]) -> Mapping[int, PrescriptionVersion]:
    """The newest version of each prescription, in one query."""
    versions = PrescriptionVersion.objects.filter(prescription__in=prescriptions).order_by("number")
    return {version.prescription_id: version for version in versions}  # the last of each wins


def _build_due(schedule: Schedule, plan: Plan, now: dt.datetime) -> Iterable[Reminder]:
    rows = []
    while schedule.next_due_at is not None and schedule.next_slot is not None and schedule.next_due_at <= now:
        if schedule.next_due_at > now - CATCH_UP_PERIOD:
            rows.append(_build_reminder(schedule, schedule.next_slot, schedule.next_due_at, now))
        after = max(schedule.next_due_at, now - CATCH_UP_PERIOD)
        _set_next_slot(schedule, next_slot(plan, schedule.local_time, zone(schedule.time_zone), after))
    return rows


def _build_reminder(schedule: Schedule, slot: dt.date, due_at: dt.datetime, now: dt.datetime) -> Reminder:
    expires_at = due_at + conf.lateness_limit
    reminder = Reminder(
        schedule=schedule,
        slot=slot,
        due_at=due_at,
        try_at=due_at,
        expires_at=expires_at,
        message_id=_message_id(schedule.pk, slot),
        channel=_channel(schedule.prescription.client),
    )
    if expires_at <= now:
        reminder.state, reminder.status_detail, reminder.settled_at = State.SKIPPED, SkipReason.LATE, now
    return reminder


def _channel(client: Client) -> Reminder.Channel:
    is_mail = client.reminder_channel == Client.ReminderChannel.MAIL
    return Reminder.Channel.MAIL if is_mail else Reminder.Channel.PHONE


def _message_id(schedule: int, slot: dt.date) -> str:
    """The same for the same slot, and not guessable: whoever knows it can report a bounce of the mail."""
    digest = salted_hmac("clinic.reminders", f"{schedule}.{slot:%Y%m%d}").hexdigest()[:16]
    return f"reminder.{schedule}.{slot:%Y%m%d}.{digest}@{conf.mail_domain}"


def _set_next_slot(schedule: Schedule, slot: Slot | None) -> None:
    schedule.next_slot = slot.date if slot else None
    schedule.next_due_at = slot.due_at if slot else None
