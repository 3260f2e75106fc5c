"""Stored codes as text on a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from clinic.models import AuditEntry, PainReport, SkipReason
from clinic.models.fields import WEEKDAYS
from clinic.models.outbox import REFUSED_RECIPIENT

DAY_NAMES = {
    "mon": gettext_lazy("Mon"),
    "tue": gettext_lazy("Tue"),
    "wed": gettext_lazy("Wed"),
    "thu": gettext_lazy("Thu"),
    "fri": gettext_lazy("Fri"),
    "sat": gettext_lazy("Sat"),
    "sun": gettext_lazy("Sun"),
}
_RELATED_FIELDS = {"areas": gettext_lazy("where it hurt"), "warning_signs": gettext_lazy("warning signs")}

# What was done to a client and left no row but the audit entry; goes on after the name of who did it.
CLIENT_AUDIT_SENTENCES = {
    AuditEntry.Verb.DOCUMENT_PRINTED: gettext_lazy("made a PDF of %(exercise)s: handout or summary"),
    AuditEntry.Verb.DATA_EXPORTED: gettext_lazy("took out all of the client's data as a file"),
    AuditEntry.Verb.CLIENT_ERASED: gettext_lazy("erased who the client was"),
    AuditEntry.Verb.CLIENT_LEFT: gettext_lazy("left the clinic"),
    AuditEntry.Verb.SPAM_REPORTED: gettext_lazy("reported a mail of ours as unwanted"),
    AuditEntry.Verb.REMINDERS_TURNED_ON: gettext_lazy("turned reminders on"),
    AuditEntry.Verb.REMINDERS_TURNED_OFF: gettext_lazy("turned reminders off"),
    AuditEntry.Verb.REMINDERS_PAUSED: gettext_lazy("paused the reminders"),
    AuditEntry.Verb.REMINDER_PAUSE_ENDED: gettext_lazy("ended the pause of the reminders"),
    AuditEntry.Verb.REMINDER_HOURS_CHANGED: gettext_lazy("changed time zone, hour of getting up or quiet hours"),
    AuditEntry.Verb.LANGUAGE_CHANGED: gettext_lazy("changed the language"),
    AuditEntry.Verb.REMINDER_CHANNEL_CHOSEN: gettext_lazy("chose how reminders come"),
    AuditEntry.Verb.PUSH_SUBSCRIPTION_ADDED: gettext_lazy("let a phone show reminders"),
    AuditEntry.Verb.PUSH_SUBSCRIPTION_REMOVED: gettext_lazy("took a phone off the reminders"),
    AuditEntry.Verb.CALENDAR_OPENED: gettext_lazy("opened a calendar of the plan"),
    AuditEntry.Verb.CALENDAR_RENEWED: gettext_lazy("gave the calendar a new address"),
    AuditEntry.Verb.CALENDAR_CLOSED: gettext_lazy("closed the calendar"),
}


def format_days(codes: Sequence[str]) -> str:
    """``["mon", "wed"]`` → "Mon, Wed"; all seven: "Every day"."""
    if len(codes) == len(WEEKDAYS):
        return _("Every day")
    return ", ".join(str(DAY_NAMES[code]) for code in codes)


def format_times(times: Sequence[dt.time]) -> str:
    """08:30 and 18:00 → "08:30, 18:00"."""
    return ", ".join(f"{time:%H:%M}" for time in times)


def format_status_detail(code: str) -> str:
    """Why a mail was not sent: the label of a skip reason; a mail server's answer is left as it is."""
    if code.startswith(REFUSED_RECIPIENT):
        return _("the mail server does not take this address: %(words)s") % {
            "words": code.removeprefix(REFUSED_RECIPIENT)
        }
    return str(dict(SkipReason.choices).get(code, code))


def report_field_label(field: str) -> str:
    """The label of one field of a report."""
    if field in _RELATED_FIELDS:
        return str(_RELATED_FIELDS[field])
    return next(str(column.verbose_name) for column in PainReport._meta.fields if column.name == field)


def language_name(code: str) -> str:
    """The language's own name; the code of a language that the project does not have."""
    return str(dict(settings.LANGUAGES).get(code, code))


def format_duration(hours: float | None) -> str:
    """A duration: "25 min", "5 h", from two days on "2 days"; a dash for None."""
    if hours is None:
        return "–"
    if hours < 1:
        return _("%(count)s min") % {"count": max(1, round(hours * 60))}
    if hours < 48:
        return _("%(count)s h") % {"count": round(hours)}
    days = round(hours / 24)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def format_time_ago(moment: dt.datetime, now: dt.datetime) -> str:
    """How long ago, short: "5 min ago", "22 h ago", "3 days ago"; from two weeks on in weeks."""
    minutes = max(0, int((now - moment).total_seconds() // 60))
    if minutes < 60:
        return _("%(count)s min ago") % {"count": minutes}
    if minutes < 24 * 60:
        return _("%(count)s h ago") % {"count": minutes // 60}
    days = minutes // (24 * 60)
    if days < 14:
        return ngettext("%(count)s day ago", "%(count)s days ago", days) % {"count": days}
    return _("%(count)s weeks ago") % {"count": days // 7}


@cache
def time_zone_choices() -> list[tuple[str, str]]:
    """Time zones named after a place, as choices: Europe/Madrid, not Etc/GMT+3."""
    places = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(places))]
