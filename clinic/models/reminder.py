"""When a plan is next due, and the mails that follow from it; also the mails to practitioners."""

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
    """One local time of one prescription, and the slot that comes next. The clock only ticks."""

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
        self, row: Reminder, held: State, now: dt.datetime, channel: str, *, said: str = "", shown: bool = False
    ) -> bool:
        """From the phones' queue to the mails', as a row nobody tried yet.

        Args:
            said: what the push services answered, kept in at most 300 characters.
            shown: a push service took it.
        """
        sent = {"sent_at": now} if shown else {}
        fresh = {"state": State.READY, "lease": None, "try_at": now, "attempts": 0, "doubtful_attempts": 0}
        return bool(self.with_lease(row, held).update(channel=channel, push_response=said[:300], **fresh, **sent))

    def skip(self, rows: Collection[OutboxMessage], now: dt.datetime, reason: SkipReason) -> int:
        """As ever; but what a phone had got by then was sent, whatever becomes of its mail. Returns the others."""
        got = {row.pk for row in rows if isinstance(row, Reminder) and row.channel == Reminder.Channel.BOTH}
        shown = self.filter(pk__in=got, lease__in={row.lease for row in rows}, state=State.CLAIMED)
        shown.update(state=State.SENT, settled_at=now, lease=None, channel=Reminder.Channel.PHONE)
        return super().skip([row for row in rows if row.pk not in got], now, reason)

    def count_unanswered(self, prescriptions: Collection[int]) -> Mapping[int, int]:
        """How many were sent since the client was last heard of, by prescription; none is no entry."""
        return dict(self.unanswered(prescriptions).values_list("schedule__prescription").annotate(count=Count("pk")))

    def unanswered(self, prescriptions: Collection[int]) -> ReminderQuerySet:
        """Those that were sent since the client was last heard of."""
        sent = self._since_heard("sent_at").filter(schedule__prescription__in=prescriptions, state=State.SENT)
        return sent.order_by()

    def skipped_as_ignored(self, since: dt.datetime) -> ReminderQuerySet:
        """Those that did not go, after ``since``, as nobody answers, where that has not changed."""
        return self._since_heard("settled_at").filter(
            state=State.SKIPPED, status_detail=SkipReason.IGNORED, settled_at__gte=since
        )

    def _since_heard(self, moment: str) -> ReminderQuerySet:
        """Those with ``moment`` after the last report, the last resumption and the last time they were started anew."""
        about = "schedule__prescription"
        began = F(f"{about}__state_since")
        heard_at = Greatest(
            began,
            Coalesce(f"{about}__trend__last_report_at", began),
            Coalesce(f"{about}__client__reminders_since", began),
        )
        # The day narrows it to the end of each ledger, by the index on (schedule, slot); zones differ by a day or two.
        days_of_it = self.filter(slot__gte=TruncDate(heard_at - dt.timedelta(days=2), tzinfo=dt.UTC))
        return days_of_it.filter(**{f"{moment}__gt": heard_at})


class Reminder(OutboxMessage):
    """One slot of one schedule: exactly one row, whatever becomes of it. The ledger is these rows."""

    kind = "reminder"
    urgency = 70
    recipient_path = "schedule__prescription__client"
    related_paths = ("schedule__prescription__client__clinic", "schedule__prescription__trend")
    composer = "clinic.reminders.sending.compose"
    guard = "clinic.reminders.sending.guard"

    class Channel(models.TextChoices):
        """Which way it goes or went; by phone first, where the client wants both."""

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
    plan_changed = False  # not stored: reminders.sending finds it out at the last moment

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
