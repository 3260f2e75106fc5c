"""Schedules of a plan and their reminders; also notices to practitioners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import ClassVar

from django.db import models
from django.db.models import Count, F, Q
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Person, Practitioner
from clinic.models.fields import TimeZoneField
from clinic.models.outbox import OutboxMessage, OutboxQuerySet, SkipReason, State
from clinic.models.prescription import Prescription
from clinic.models.report import PainReport


class ScheduleQuerySet(models.QuerySet["Schedule"]):
    def due(self, now: dt.datetime) -> ScheduleQuerySet:
        return self.filter(active=True, next_due_at__lte=now).order_by("next_due_at")


class Schedule(models.Model):
    """One local time of one prescription, and the slot that comes next. Each tick reads due rows."""

    prescription = models.ForeignKey(Prescription, on_delete=models.CASCADE, related_name="schedules")
    local_time = models.TimeField(_("time"))
    time_zone = TimeZoneField(_("time zone"))
    active = models.BooleanField(default=True)
    next_slot = models.DateField(null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)

    objects = ScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("schedule")
        verbose_name_plural = _("schedules")
        ordering = ["prescription", "local_time"]
        indexes = [models.Index(fields=["next_due_at"], condition=Q(active=True), name="active_schedule_by_next_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["prescription", "local_time"], name="one_schedule_per_prescription_and_time"
            ),
            models.CheckConstraint(
                condition=Q(next_slot__isnull=True, next_due_at__isnull=True)
                | Q(next_slot__isnull=False, next_due_at__isnull=False),
                name="next_slot_and_instant_go_together",
            ),
        ]

    def __str__(self) -> str:
        return f"schedule {self.pk}"


class ReminderQuerySet(OutboxQuerySet["Reminder"]):
    def for_mail(self) -> ReminderQuerySet:
        return super().for_mail().exclude(channel=Reminder.Channel.PHONE)

    def visible_to(self, user: Person) -> ReminderQuerySet:
        return self.filter(schedule__prescription__in=Prescription.objects.visible_to(user))

    def requeue_as_mail(
        self, row: Reminder, held: State, now: dt.datetime, channel: str, *, response: str = "", accepted: bool = False
    ) -> bool:
        """Move a row from the queue of phones to that of mails, as one without attempts.

        Args:
            response: text of the push services; at most 300 characters are stored.
            accepted: a push service accepted it.
        """
        sent = {"sent_at": now} if accepted else {}
        fresh = {"state": State.READY, "lease": None, "try_at": now, "attempts": 0, "doubtful_attempts": 0}
        return bool(self.with_lease(row, held).update(channel=channel, push_response=response[:300], **fresh, **sent))

    def skip(self, rows: Collection[OutboxMessage], now: dt.datetime, reason: SkipReason) -> int:
        """As for every kind; but rows that a phone accepted count as sent. Returns the number skipped."""
        on_phone = {row.pk for row in rows if isinstance(row, Reminder) and row.channel == Reminder.Channel.BOTH}
        accepted = self.filter(pk__in=on_phone, lease__in={row.lease for row in rows}, state=State.CLAIMED)
        accepted.update(state=State.SENT, settled_at=now, lease=None, channel=Reminder.Channel.PHONE)
        return super().skip([row for row in rows if row.pk not in on_phone], now, reason)

    def count_unanswered(self, prescriptions: Collection[int]) -> Mapping[int, int]:
        """How many were sent since the last report, by prescription; zero is no entry."""
        return dict(self.unanswered(prescriptions).values_list("schedule__prescription").annotate(count=Count("pk")))

    def unanswered(self, prescriptions: Collection[int]) -> ReminderQuerySet:
        """Those sent since the last report of their plan."""
        sent = self._after_last_report("sent_at").filter(schedule__prescription__in=prescriptions, state=State.SENT)
        return sent.order_by()

    def skipped_as_ignored(self, since: dt.datetime) -> ReminderQuerySet:
        """Those skipped after ``since`` for lack of answers, without a report since."""
        return self._after_last_report("settled_at").filter(
            state=State.SKIPPED, status_detail=SkipReason.IGNORED, settled_at__gte=since
        )

    def _after_last_report(self, moment: str) -> ReminderQuerySet:
        """Those with ``moment`` after the last report, the last resumption and the last restart of reminders."""
        plan = "schedule__prescription"
        began = F(f"{plan}__state_since")
        answered_at = Greatest(
            began,
            Coalesce(f"{plan}__trend__last_report_at", began),
            Coalesce(f"{plan}__client__reminders_since", began),
        )
        # The day narrows it to the end of each ledger, by the index on (schedule, slot); zones differ by a day or two.
        recent = self.filter(slot__gte=TruncDate(answered_at - dt.timedelta(days=2), tzinfo=dt.UTC))
        return recent.filter(**{f"{moment}__gt": answered_at})


class Reminder(OutboxMessage):
    """One slot of one schedule: exactly one row, sent or not. These rows are the ledger."""

    kind = "reminder"
    urgency = 70
    recipient_path = "schedule__prescription__client"
    related_paths = ("schedule__prescription__client__clinic", "schedule__prescription__trend")
    composer = "clinic.reminders.sending.compose"
    guard = "clinic.reminders.sending.guard"

    class Channel(models.TextChoices):
        """How it is or was sent; to the phone first, where the client wants both."""

        MAIL = "mail", _("by mail")
        PHONE = "phone", _("on the phone")
        BOTH = "both", _("by mail and on the phone")
        FALLBACK = "fallback", _("by mail, as no phone could be reached")

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="reminders")
    slot = models.DateField(_("day"))
    channel = models.CharField(_("way"), max_length=10, choices=Channel, default=Channel.MAIL)
    push_response = models.CharField(_("the push service said"), max_length=300, blank=True)
    answered_by = models.OneToOneField(
        PainReport, on_delete=models.SET_NULL, null=True, blank=True, related_name="reminder"
    )
    plan_changed = False  # not stored: set by the guard of clinic.reminders.sending

    objects: ClassVar = ReminderQuerySet.as_manager()

    class Meta(OutboxMessage.Meta):
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            *OutboxMessage.Meta.constraints,
            models.UniqueConstraint(fields=["schedule", "slot"], name="one_reminder_per_slot"),
            models.CheckConstraint(
                condition=Q(channel__in=["mail", "phone", "both", "fallback"]), name="reminder_channel_is_known"
            ),
        ]


class Notice(OutboxMessage):
    """A mail to a practitioner that a client needs a look; it names no health data."""

    kind = "notice"
    urgency = 10
    recipient_path = "practitioner"
    related_paths = ("practitioner__user", "practitioner__clinic", "flag")
    composer = "clinic.flags.notice_mail.compose"
    guard = "clinic.flags.notice_mail.guard"
    fallback = "clinic.flags.notice_recipients.notify_owners_instead"

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="notices")
    flag = models.ForeignKey("clinic.Flag", on_delete=models.CASCADE, related_name="notices")

    class Meta(OutboxMessage.Meta):
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            *OutboxMessage.Meta.constraints,
            models.UniqueConstraint(
                fields=["practitioner", "flag", "due_at"], name="one_notice_per_practitioner_flag_and_time"
            ),
        ]
