"""The reminder mail: who must not get it after all, and how it is written."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping

from django.core.mail import EmailMultiAlternatives
from django.db.models import Max

from clinic import links
from clinic.conf import conf
from clinic.delivery import Mailbag, deliver
from clinic.letters import letter
from clinic.models import Client, Prescription, Reminder, Why
from clinic.models.fields import zone
from clinic.reminders import planning
from clinic.reminders.schedule import Plan

WITH_CLIENT = "schedule__prescription__client__clinic"


def send_due(now: dt.datetime | None = None) -> Counter[str]:
    """One tick: send every due reminder that still makes sense; returns how many ended in each state."""
    return deliver(Mailbag(Reminder.objects.select_related(WITH_CLIENT), guard, compose), now)


def guard(reminders: list[Reminder], now: dt.datetime) -> Mapping[int, Why]:
    """Which of these must not go, and why, by primary key; read fresh, at the last moment."""
    fresh = Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders])
    rows = list(fresh.select_related(WITH_CLIENT, "schedule__prescription__trend"))
    prescriptions = {row.schedule.prescription_id for row in rows}
    versions, later = planning.newest_versions(prescriptions), _newest_due(prescriptions)
    unanswered, choices = Reminder.objects.unanswered(prescriptions), planning.choices(prescriptions)
    reasons = {
        row.pk: _reason(
            row,
            planning.plan_of(versions[about], row.schedule.prescription.client, choices.get(about)),
            now,
            wanted=about not in choices or choices[about].wanted,
            overtaken=later[about] > row.due_at,
            ignored=unanswered.get(about, 0) >= conf.ignored_at_most,
        )
        for row in rows
        for about in [row.schedule.prescription_id]
    }
    return {pk: why for pk, why in reasons.items() if why is not None}


def _newest_due(prescriptions: Collection[int]) -> Mapping[int, dt.datetime]:
    """By prescription, when its newest reminder was due: rows are written only for slots that have come."""
    about = "schedule__prescription"
    newest = Reminder.objects.filter(**{f"{about}__in": prescriptions}).order_by().values_list(about)
    return dict(newest.annotate(at=Max("due_at")))


def _reason(
    reminder: Reminder, plan: Plan, now: dt.datetime, *, wanted: bool, overtaken: bool, ignored: bool
) -> Why | None:
    schedule, prescription = reminder.schedule, reminder.schedule.prescription
    client, heard_at = prescription.client, prescription.trend.last_report_at
    here = zone(client.time_zone)
    day_began = dt.datetime.combine(reminder.slot, dt.time.min, here)
    state = Prescription.State
    because = {
        Why.ENDED: prescription.state == state.ENDED or client.state == Client.State.LEFT,
        Why.HELD: prescription.state == state.HELD,
        Why.NO_CONSENT: client.consented_at is None,
        Why.UNSUBSCRIBED: not client.reminders_wanted,
        Why.UNDELIVERABLE: client.undeliverable_since is not None,
        Why.PAUSED: plan.paused_until is not None and reminder.slot < plan.paused_until,
        Why.ALREADY_REPORTED: heard_at is not None and heard_at >= day_began,
        Why.CHANGED: not schedule.active,
        Why.NOT_WANTED: not wanted or not plan.is_wanted(reminder.slot, schedule.local_time),
        Why.MORNING: plan.is_too_early(schedule.local_time),
        Why.QUIET_HOURS: plan.is_quiet(schedule.local_time) or plan.is_quiet(now.astimezone(here).time()),
        Why.LATE: overtaken,  # after an outage one mail and not one for each time of the day
        Why.IGNORED: ignored,
    }
    return next((why for why, holds in because.items() if holds), None)


def compose(reminder: Reminder) -> EmailMultiAlternatives:
    """The mail of one reminder; its links are for this slot alone."""
    client = reminder.schedule.prescription.client
    stop = links.url(links.Purpose.STOP_REMINDERS, client.pk)
    return letter(
        "reminder",
        to=(client.name, client.email),
        clinic=client.clinic,
        language=client.language,
        message_id=reminder.message_id,
        context={
            "client": client,
            "time": reminder.schedule.local_time,
            "report_url": links.url(links.Purpose.REPORT, reminder.pk),
            "stop_url": stop,
        },
        headers={
            "List-Id": f"<reminders.{client.clinic.slug}.{conf.mail_domain}>",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
