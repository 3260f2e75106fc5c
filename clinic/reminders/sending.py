"""The reminder mail: reasons to skip it, checked just before it is sent, and its text."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.mail import EmailMultiAlternatives

from clinic.conf import conf
from clinic.mail import signed_links
from clinic.mail.compose import build_email
from clinic.mail.signed_links import Purpose
from clinic.models import Client, Prescription, PrescriptionVersion, Reminder, SkipReason
from clinic.models.fields import WORST_PAIN, zone
from clinic.models.outbox import State
from clinic.reminders import planning
from clinic.reminders.schedule import Plan

SCORES = [str(score) for score in range(WORST_PAIN + 1)]
SECOND_ROW = 6  # on a narrow phone 0 to 5 stand above 6 to 10
COMBINE_WITHIN = dt.timedelta(minutes=30)  # one mail for all exercises of a client due in this period
PLAN_CHANGE_PERIOD = dt.timedelta(days=7)  # how long a changed dose is announced to a client without a reminder since


def guard(reminders: list[Reminder], now: dt.datetime) -> Mapping[int, SkipReason]:
    """The reasons to skip some of these rows, by primary key. The rows and their related ones are freshly read."""
    prescriptions = {row.schedule.prescription_id for row in reminders}
    versions, choices = planning.newest_versions(prescriptions), planning.reminder_choices(prescriptions)
    unanswered, recent = Reminder.objects.count_unanswered(prescriptions), _recent_reminders(reminders)
    newest = {row.prescription: row.due_at for row in recent}  # the last of each wins
    for row in reminders:
        row.plan_changed = _has_plan_changed(versions[row.schedule.prescription_id], row, recent)
    reasons = {
        row.pk: _reason(
            row,
            planning.build_plan(versions[plan_pk], row.schedule.prescription.client, choices.get(plan_pk)),
            now,
            wanted=plan_pk not in choices or choices[plan_pk].wanted,
            overtaken=newest[plan_pk] > row.due_at,
            ignored=unanswered.get(plan_pk, 0) >= conf.max_ignored_reminders,
        )
        for row in reminders
        for plan_pk in [row.schedule.prescription_id]
    }
    skipped = {pk: reason for pk, reason in reasons.items() if reason is not None}
    sendable = [row for row in reminders if row.pk not in skipped]
    return skipped | dict.fromkeys(_find_already_mailed(sendable, recent), SkipReason.TOGETHER)


class RecentReminder(NamedTuple):
    """The columns that the guard reads of other reminders of the same clients."""

    client: int
    prescription: int
    due_at: dt.datetime
    state: str


def _recent_reminders(reminders: Collection[Reminder]) -> list[RecentReminder]:
    """The newest reminders of these clients: rows are written only for slots that have come."""
    plan = "schedule__prescription"
    clients = {row.schedule.prescription.client_id for row in reminders}
    # The days narrow it to the end of each ledger, by the index on (schedule, slot); zones differ by a day or two.
    since = min((row.slot for row in reminders), default=dt.date.max) - dt.timedelta(days=2)
    rows = Reminder.objects.filter(**{f"{plan}__client__in": clients}, slot__gte=since).order_by("due_at")
    return [RecentReminder(*row) for row in rows.values_list(f"{plan}__client", plan, "due_at", "state")]


def _has_plan_changed(version: PrescriptionVersion, reminder: Reminder, recent: Collection[RecentReminder]) -> bool:
    """Whether the plan was amended or resumed since its last reminder, as far back as ``recent`` goes."""
    due_at = reminder.due_at
    sent = [row.due_at for row in recent if (row.prescription, row.state) == (version.prescription_id, State.SENT)]
    last = max((at for at in sent if at < due_at), default=due_at - PLAN_CHANGE_PERIOD)
    began = reminder.schedule.prescription.state_since  # an active plan's: when it was prescribed, or resumed
    is_new = version.number == 1 and began <= version.created_at
    return not is_new and max(version.created_at, began) > last


def _find_already_mailed(sendable: Collection[Reminder], recent: Collection[RecentReminder]) -> set[int]:
    """The rows whose client has just had a mail about another exercise: that mail leads to these too."""
    mails_by_client: dict[int, list[tuple[int, dt.datetime]]] = defaultdict(list)
    for other in recent:
        if other.state in (State.SENDING, State.SENT, State.UNKNOWN):
            mails_by_client[other.client].append((other.prescription, other.due_at))
    mailed = set()
    for row in sorted(sendable, key=lambda row: (row.due_at, row.pk)):
        plan = row.schedule.prescription
        mails = mails_by_client[plan.client_id]
        if any(pk != plan.pk and abs(row.due_at - due_at) <= COMBINE_WITHIN for pk, due_at in mails):
            mailed.add(row.pk)
        else:
            mails.append((plan.pk, row.due_at))
    return mailed


def _reason(
    reminder: Reminder, plan: Plan, now: dt.datetime, *, wanted: bool, overtaken: bool, ignored: bool
) -> SkipReason | None:
    schedule, prescription = reminder.schedule, reminder.schedule.prescription
    client, last_report_at = prescription.client, prescription.trend.last_report_at
    time_zone = zone(client.time_zone)
    day_began = dt.datetime.combine(reminder.slot, dt.time.min, time_zone)
    state = Prescription.State
    conditions = {
        SkipReason.ENDED: prescription.state == state.ENDED or client.state == Client.State.LEFT,
        SkipReason.HELD: prescription.state == state.HELD,
        SkipReason.NO_CONSENT: client.consented_at is None,
        SkipReason.UNSUBSCRIBED: not client.reminders_wanted,
        SkipReason.UNDELIVERABLE: client.undeliverable_since is not None,
        SkipReason.PAUSED: plan.paused_until is not None and reminder.slot < plan.paused_until,
        SkipReason.ALREADY_REPORTED: last_report_at is not None and last_report_at >= day_began,
        SkipReason.CHANGED: not schedule.active,
        SkipReason.NOT_WANTED: not wanted or not plan.is_wanted(reminder.slot, schedule.local_time),
        SkipReason.MORNING: plan.is_too_early(schedule.local_time),
        SkipReason.QUIET_HOURS: plan.is_quiet(schedule.local_time) or plan.is_quiet(now.astimezone(time_zone).time()),
        SkipReason.LATE: overtaken,  # after an outage one mail and not one for each time of the day
        SkipReason.IGNORED: ignored,
    }
    return next((reason for reason, holds in conditions.items() if holds), None)


@dataclass(frozen=True)
class ReminderLinks:
    """The links in one reminder."""

    report: str
    scores: Sequence[str]  # of the report with 0 chosen, 1, up to 10
    stop: str


def compose(reminder: Reminder) -> EmailMultiAlternatives:
    """The mail of one reminder; its links are for this slot alone."""
    client = reminder.schedule.prescription.client
    local_time, changed = reminder.schedule.local_time, reminder.plan_changed
    return _compose(client, local_time, reminder.message_id, build_links(reminder), changed=changed)


def build_links(reminder: Reminder) -> ReminderLinks:
    """The links of one reminder."""
    report, tags = signed_links.build_url(Purpose.REPORT, reminder.pk), signed_links.build_score_tags(reminder.pk)
    stop = signed_links.build_url(Purpose.STOP_REMINDERS, reminder.schedule.prescription.client_id)
    return ReminderLinks(report, [f"{report}?{signed_links.SCORE}={tag}" for tag in tags], stop)


def build_context(client: Client, at: dt.time, links: ReminderLinks, *, changed: bool = False) -> dict[str, Any]:
    """The context of the templates for the local time ``at``; ``changed``: the plan, since the last reminder."""
    scores = list(zip(SCORES, links.scores, strict=True))
    return {
        "client": client,
        "time": at,
        "plan_changed": changed,
        "report_url": links.report,
        "number_rows": [scores[:SECOND_ROW], scores[SECOND_ROW:]],
        "stop_url": links.stop,
    }


def preview_reminder(client: Client, at: dt.time, *, changed: bool = False) -> EmailMultiAlternatives:
    """The mail as this client would get it for the local time ``at``, with links that lead nowhere."""
    nowhere = signed_links.build_preview_url()
    links = ReminderLinks(nowhere, [nowhere] * len(SCORES), nowhere)
    return _compose(client, at, f"preview@{conf.mail_domain}", links, changed=changed)


def _compose(
    client: Client, at: dt.time, message_id: str, links: ReminderLinks, *, changed: bool = False
) -> EmailMultiAlternatives:
    return build_email(
        "reminder",
        to=(client.name, client.email),
        clinic=client.clinic,
        language=client.language,
        message_id=message_id,
        context=build_context(client, at, links, changed=changed),
        headers={
            "List-Id": f"<reminders.{client.clinic.slug}.{conf.mail_domain}>",
            "List-Unsubscribe": f"<{links.stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
