"""Run the events of the past in order, and between them the planning and sending of reminders.

Reminders of the past are settled as sent or skipped by the same guards, but no mail is sent.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import Min

from clinic.clients import messages as client_messages
from clinic.flags import escalation, inactivity, notice_mail as notices
from clinic.models import (
    Clinic,
    Confirmation,
    Invitation,
    Message,
    Notice,
    Prescription,
    Reminder,
    Schedule,
    SkipReason,
)
from clinic.models.outbox import OutboxQuerySet, Row, State
from clinic.reminders import planning, sending as reminders

LEASE = dt.timedelta(minutes=1)
BATCH = 100
RECENT = dt.timedelta(hours=22)  # younger notices are left to the real beat, which mails them

Action = Callable[[dt.datetime], object]


@dataclass
class DemoHistory:
    """Events up to ``now``, the end of the history."""

    clinic: Clinic
    now: dt.datetime
    events: list[tuple[dt.datetime, Action]] = field(default_factory=list)
    _has_reminders: bool = False

    def add(self, when: dt.datetime, action: Action) -> None:
        """Add an action that is called with ``when`` at that instant."""
        if when > self.now:
            raise ValueError(f"an event at {when} is not in the past")
        self.events.append((when, action))

    def run(self) -> None:
        """Run all events in order; those at the same instant in the order in which they were added."""
        for when, action in sorted(self.events, key=lambda event: event[0]):
            self._send_reminders_until(when)
            action(when)

    def add_daily_checks(self, days: int) -> None:
        """Flag silent clients and escalate flags once a day, from ``days`` ago on."""
        for days_ago in range(days, -1, -1):
            self.add(self.now - dt.timedelta(days=days_ago), inactivity.flag_silent_clients)
            self.add(self.now - dt.timedelta(days=days_ago), escalation.escalate_flags)

    def send_invitations(self, when: dt.datetime) -> None:
        """Mark the invitations due by ``when`` as sent."""
        _settle(Invitation.objects.filter(client__clinic=self.clinic), lambda _rows, _now: {}, when)

    def send_confirmations(self, when: dt.datetime) -> None:
        """Mark the mails to registrants due by ``when`` as sent."""
        _settle(Confirmation.objects.filter(registrant__clinic=self.clinic), lambda _rows, _now: {}, when)

    def send_messages(self, when: dt.datetime) -> None:
        """Mark the mails about messages due by ``when`` as sent."""
        _settle(
            Message.objects.filter(client__clinic=self.clinic).select_related("client"), client_messages.guard, when
        )

    def start_reminders(self, days: int) -> None:
        """Create and settle reminders from ``days`` ago on; a longer ledger would only take longer."""

        def begin(when: dt.datetime) -> None:
            self._has_reminders = True
            schedules = Schedule.objects.filter(prescription__client__clinic=self.clinic)
            schedules.update(next_slot=None, next_due_at=None)  # no ledger of earlier slots
            for prescription in Prescription.objects.filter(client__clinic=self.clinic):
                planning.set_schedules(prescription, when)

        self.add(self.now - dt.timedelta(days=days), begin)

    def _send_reminders_until(self, when: dt.datetime) -> None:
        if not self._has_reminders:
            return
        schedules = Schedule.objects.filter(active=True, prescription__client__clinic=self.clinic)
        sent = Reminder.objects.filter(schedule__prescription__client__clinic=self.clinic)
        while (due := schedules.aggregate(first=Min("next_due_at"))["first"]) is not None and due <= when:
            planning.create_due_reminders(due)
            _settle(sent.select_related(*Reminder.related_paths), reminders.guard, due)
            if due < self.now - RECENT:
                _settle(Notice.objects.filter(practitioner__clinic=self.clinic), notices.guard, due)


def _settle(
    rows: OutboxQuerySet[Row], guard: Callable[[list[Row], dt.datetime], Mapping[int, SkipReason]], now: dt.datetime
) -> None:
    """Claim, guard and settle rows as the sending does, without a mail."""
    while rows.filter(state=State.READY, try_at__lte=now).exists() and (batch := rows.claim(now, LEASE, BATCH)):
        unwanted = guard(batch, now)
        for row in batch:
            if row.pk in unwanted:
                rows.settle(row, State.CLAIMED, State.SKIPPED, now, unwanted[row.pk])
            elif rows.begin(row):
                rows.settle(row, State.SENDING, State.SENT, now)
