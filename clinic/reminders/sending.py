"""The reminder mail: who must not get it after all, and how it is written."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from django.core.mail import EmailMultiAlternatives
from django.db.models import Max

from clinic import links
from clinic.conf import conf
from clinic.delivery import Mailbag, deliver
from clinic.letters import letter
from clinic.models import Client, Prescription, Reminder, Why
from clinic.models.fields import zone
from clinic.reminders.schedule import within

WITH_CLIENT = "schedule__prescription__client__clinic"


def send_due(now: dt.datetime | None = None) -> Counter[str]:
    """One tick: send every due reminder that still makes sense; returns how many ended in each state."""
    return deliver(Mailbag(Reminder.objects.select_related(WITH_CLIENT), guard, compose), now)


def guard(reminders: list[Reminder], now: dt.datetime) -> Mapping[int, Why]:
    """Which of these must not go, and why, by primary key; read fresh, at the last moment."""
    fresh = Reminder.objects.filter(pk__in=[reminder.pk for reminder in reminders])
    heard = dict(fresh.annotate(at=Max("schedule__prescription__reports__occurred_at")).values_list("pk", "at"))
    reasons = {row.pk: _reason(row, heard[row.pk], now) for row in fresh.select_related(WITH_CLIENT)}
    return {pk: why for pk, why in reasons.items() if why is not None}


def _reason(reminder: Reminder, last_report_at: dt.datetime | None, now: dt.datetime) -> Why | None:
    prescription = reminder.schedule.prescription
    client = prescription.client
    here = zone(client.time_zone)
    day_began = dt.datetime.combine(reminder.slot, dt.time.min, here)
    local_now = now.astimezone(here).time()
    state = Prescription.State
    because = {
        Why.ENDED: prescription.state == state.ENDED or client.state == Client.State.LEFT,
        Why.HELD: prescription.state == state.HELD,
        Why.NO_CONSENT: client.consented_at is None,
        Why.UNSUBSCRIBED: not client.reminders_wanted,
        Why.UNDELIVERABLE: client.undeliverable_since is not None,
        Why.PAUSED: client.paused_until is not None and reminder.slot < client.paused_until,
        Why.ALREADY_REPORTED: last_report_at is not None and last_report_at >= day_began,
        Why.QUIET_HOURS: client.quiet_from is not None
        and client.quiet_until is not None
        and within(local_now, client.quiet_from, client.quiet_until),
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
