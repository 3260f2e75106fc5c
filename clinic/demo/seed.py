"""The past, played in the order of time: scenes from the stories, and between them the beat that plans and sends.

Reminders of the past are settled as sent or skipped by the same guards, but no mail is written: those hours are over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from django.db.models import Min

from clinic.clients import messages as client_messages
from clinic.flags import escalation, inactivity
from clinic.flags import notice_mail as notices
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
from clinic.reminders import planning
from clinic.reminders import sending as reminders

LEASE = dt.timedelta(minutes=1)
BATCH = 100
STILL_NEWS = dt.timedelta(hours=22)  # younger notices are left to the real beat, which mails them

Act = Callable[[dt.datetime], object]


@dataclass
class Stage:
    """``now`` is where the past ends; nothing on the stage happens after it."""

    clinic: Clinic
    now: dt.datetime
    scenes: list[tuple[dt.datetime, Act]] = field(default_factory=list)
    _beats: bool = False

    def at(self, when: dt.datetime, act: Act) -> None:
        """Let ``act`` happen at ``when``; it is given that instant."""
        if when > self.now:
            raise ValueError(f"a scene at {when} is not in the past")
        self.scenes.append((when, act))

    def play(self) -> None:
        """All scenes in order; those at the same instant in the order in which they were told."""
        for when, act in sorted(self.scenes, key=lambda scene: scene[0]):
            self._beat_until(when)
            act(when)

    def watch_for_silence(self, days: int) -> None:
        """Look for silent clients, and for flags that nobody looked at, once a day, from ``days`` ago on."""
        for days_ago in range(days, -1, -1):
            self.at(self.now - dt.timedelta(days=days_ago), inactivity.flag_silent_clients)
            self.at(self.now - dt.timedelta(days=days_ago), escalation.escalate_flags)

    def invitations_go_out(self, when: dt.datetime) -> None:
        """Those posted until now count as sent."""
        _settle(Invitation.objects.filter(client__clinic=self.clinic), lambda _rows, _now: {}, when)

    def confirmations_go_out(self, when: dt.datetime) -> None:
        """The same of the mails to those who registered."""
        _settle(Confirmation.objects.filter(registrant__clinic=self.clinic), lambda _rows, _now: {}, when)

    def messages_go_out(self, when: dt.datetime) -> None:
        """And of those to clients."""
        _settle(
            Message.objects.filter(client__clinic=self.clinic).select_related("client"), client_messages.guard, when
        )

    def start_reminders(self, days: int) -> None:
        """The beat runs from ``days`` ago on; no reminder before that: a longer ledger only takes longer to make."""

        def begin(when: dt.datetime) -> None:
            self._beats = True
            ours = Schedule.objects.filter(prescription__client__clinic=self.clinic)
            ours.update(next_slot=None, next_due_at=None)  # what came due before is nobody's ledger
            for prescription in Prescription.objects.filter(client__clinic=self.clinic):
                planning.set_schedules(prescription, when)

        self.at(self.now - dt.timedelta(days=days), begin)

    def _beat_until(self, when: dt.datetime) -> None:
        if not self._beats:
            return
        ours = Schedule.objects.filter(active=True, prescription__client__clinic=self.clinic)
        mine = Reminder.objects.filter(schedule__prescription__client__clinic=self.clinic)
        while (due := ours.aggregate(first=Min("next_due_at"))["first"]) is not None and due <= when:
            planning.create_due_reminders(due)
            _settle(mine.select_related(*Reminder.related_paths), reminders.guard, due)
            if due < self.now - STILL_NEWS:
                _settle(Notice.objects.filter(practitioner__clinic=self.clinic), notices.guard, due)


def _settle(
    rows: OutboxQuerySet[Row],
    guard: Callable[[list[Row], dt.datetime], Mapping[int, SkipReason]],
    now: dt.datetime,
) -> None:
    """Claim → guard → settle, as delivery does it, without a mail."""
    while rows.filter(state=State.READY, try_at__lte=now).exists() and (batch := rows.claim(now, LEASE, BATCH)):
        unwanted = guard(batch, now)
        for row in batch:
            if row.pk in unwanted:
                rows.settle(row, State.CLAIMED, State.SKIPPED, now, unwanted[row.pk])
            elif rows.begin(row):
                rows.settle(row, State.SENDING, State.SENT, now)
