"""The reminder mail: who must not get it after all, and how it is written."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.core.mail import EmailMultiAlternatives

from clinic.conf import conf
from clinic.mail import signed_links
from clinic.mail.compose import letter
from clinic.mail.signed_links import Purpose
from clinic.models import Client, Prescription, PrescriptionVersion, Reminder, SkipReason
from clinic.models.fields import WORST_PAIN, zone
from clinic.models.outbox import State
from clinic.reminders import planning
from clinic.reminders.schedule import Plan

SCORES = [str(score) for score in range(WORST_PAIN + 1)]
SECOND_ROW = 6  # on a narrow phone 0 to 5 stand above 6 to 10
COMBINE_WITHIN = dt.timedelta(minutes=30)  # one mail for all that one client is to do in so long a time
PLAN_CHANGE_PERIOD = dt.timedelta(days=7)  # a changed dose is news to whoever had no reminder meanwhile


def guard(reminders: list[Reminder], now: dt.datetime) -> Mapping[int, SkipReason]:
    """Which of these must not go, and why, by primary key. They were read, with their related rows, at the last moment."""
    prescriptions = {row.schedule.prescription_id for row in reminders}
    versions, choices = planning.newest_versions(prescriptions), planning.reminder_choices(prescriptions)
    unanswered, beside = Reminder.objects.count_unanswered(prescriptions), _recent_reminders(reminders)
    newest = {row.prescription: row.due_at for row in beside}  # the last of each wins
    for row in reminders:
        row.plan_changed = _has_plan_changed(versions[row.schedule.prescription_id], row, beside)
    reasons = {
        row.pk: _reason(
            row,
            planning.build_plan(versions[about], row.schedule.prescription.client, choices.get(about)),
            now,
            wanted=about not in choices or choices[about].wanted,
            overtaken=newest[about] > row.due_at,
            ignored=unanswered.get(about, 0) >= conf.ignored_at_most,
        )
        for row in reminders
        for about in [row.schedule.prescription_id]
    }
    unwanted = {pk: why for pk, why in reasons.items() if why is not None}
    going = [row for row in reminders if row.pk not in unwanted]
    return unwanted | dict.fromkeys(_find_already_mailed(going, beside), SkipReason.TOGETHER)


class RecentReminder(NamedTuple):
    """What one needs of the other reminders of the same clients."""

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
    ours = Reminder.objects.filter(**{f"{plan}__client__in": clients}, slot__gte=since).order_by("due_at")
    return [RecentReminder(*row) for row in ours.values_list(f"{plan}__client", plan, "due_at", "state")]


def _has_plan_changed(version: PrescriptionVersion, reminder: Reminder, beside: Collection[RecentReminder]) -> bool:
    """Whether it was amended or resumed since the client's last reminder of it, as far back as ``beside`` goes."""
    about, due_at = version.prescription_id, reminder.due_at
    sent = [row.due_at for row in beside if row.prescription == about and row.state == State.SENT]
    last = max((at for at in sent if at < due_at), default=due_at - PLAN_CHANGE_PERIOD)
    began = reminder.schedule.prescription.state_since  # an active plan's: when it was prescribed, or resumed
    first = version.number == 1 and began <= version.created_at
    return not first and max(version.created_at, began) > last


def _find_already_mailed(going: Collection[Reminder], beside: Collection[RecentReminder]) -> set[int]:
    """Those whose client has a mail about another exercise just before: that one leads to them too."""
    build_context: dict[int, list[tuple[int, dt.datetime]]] = defaultdict(list)
    for other in beside:
        if other.state in (State.SENDING, State.SENT, State.UNKNOWN):
            build_context[other.client].append((other.prescription, other.due_at))
    found = set()
    for row in sorted(going, key=lambda row: (row.due_at, row.pk)):
        plan = row.schedule.prescription
        mails = build_context[plan.client_id]
        if any(about != plan.pk and abs(row.due_at - due_at) <= COMBINE_WITHIN for about, due_at in mails):
            found.add(row.pk)
        else:
            mails.append((plan.pk, row.due_at))
    return found


def _reason(
    reminder: Reminder, plan: Plan, now: dt.datetime, *, wanted: bool, overtaken: bool, ignored: bool
) -> SkipReason | None:
    schedule, prescription = reminder.schedule, reminder.schedule.prescription
    client, heard_at = prescription.client, prescription.trend.last_report_at
    here = zone(client.time_zone)
    day_began = dt.datetime.combine(reminder.slot, dt.time.min, here)
    state = Prescription.State
    because = {
        SkipReason.ENDED: prescription.state == state.ENDED or client.state == Client.State.LEFT,
        SkipReason.HELD: prescription.state == state.HELD,
        SkipReason.NO_CONSENT: client.consented_at is None,
        SkipReason.UNSUBSCRIBED: not client.reminders_wanted,
        SkipReason.UNDELIVERABLE: client.undeliverable_since is not None,
        SkipReason.PAUSED: plan.paused_until is not None and reminder.slot < plan.paused_until,
        SkipReason.ALREADY_REPORTED: heard_at is not None and heard_at >= day_began,
        SkipReason.CHANGED: not schedule.active,
        SkipReason.NOT_WANTED: not wanted or not plan.is_wanted(reminder.slot, schedule.local_time),
        SkipReason.MORNING: plan.is_too_early(schedule.local_time),
        SkipReason.QUIET_HOURS: plan.is_quiet(schedule.local_time) or plan.is_quiet(now.astimezone(here).time()),
        SkipReason.LATE: overtaken,  # after an outage one mail and not one for each time of the day
        SkipReason.IGNORED: ignored,
    }
    return next((why for why, holds in because.items() if holds), None)


@dataclass(frozen=True)
class ReminderLinks:
    """The addresses in one reminder."""

    report: str
    scores: Sequence[str]  # of the report with 0 chosen, 1, up to 10
    stop: str


def compose(reminder: Reminder) -> EmailMultiAlternatives:
    """The mail of one reminder; its links are for this slot alone."""
    client = reminder.schedule.prescription.client
    mail_id, changed = reminder.message_id, reminder.plan_changed
    return _mail(client, reminder.schedule.local_time, mail_id, build_links(reminder), changed=changed)


def build_links(reminder: Reminder) -> ReminderLinks:
    """The links of one reminder."""
    report, tags = signed_links.url(Purpose.REPORT, reminder.pk), signed_links.score_tags(reminder.pk)
    stop = signed_links.url(Purpose.STOP_REMINDERS, reminder.schedule.prescription.client_id)
    return ReminderLinks(report, [f"{report}?{signed_links.SCORE}={tag}" for tag in tags], stop)


def build_context(client: Client, at: dt.time, ways: ReminderLinks, *, changed: bool = False) -> dict[str, Any]:
    """What the templates are told of a reminder for the local time ``at``; ``changed``: the plan, since the last."""
    scores = list(zip(SCORES, ways.scores, strict=True))
    return {
        "client": client,
        "time": at,
        "plan_changed": changed,
        "report_url": ways.report,
        "number_rows": [scores[:SECOND_ROW], scores[SECOND_ROW:]],
        "stop_url": ways.stop,
    }


def preview_reminder(client: Client, at: dt.time, *, changed: bool = False) -> EmailMultiAlternatives:
    """The mail as this client would get it for the local time ``at``, with links that lead nowhere."""
    nowhere = signed_links.nowhere()
    ways = ReminderLinks(nowhere, [nowhere] * len(SCORES), nowhere)
    return _mail(client, at, f"preview@{conf.mail_domain}", ways, changed=changed)


def _mail(
    client: Client, at: dt.time, message_id: str, ways: ReminderLinks, *, changed: bool = False
) -> EmailMultiAlternatives:
    return letter(
        "reminder",
        to=(client.name, client.email),
        clinic=client.clinic,
        language=client.language,
        message_id=message_id,
        context=build_context(client, at, ways, changed=changed),
        headers={
            "List-Id": f"<reminders.{client.clinic.slug}.{conf.mail_domain}>",
            "List-Unsubscribe": f"<{ways.stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
