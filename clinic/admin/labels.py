"""Stored codes as words on a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from clinic.models import PainReport, SkipReason
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
_LISTS = {"areas": gettext_lazy("where it hurt"), "warning_signs": gettext_lazy("warning signs")}


def days(codes: Sequence[str]) -> str:
    """``["mon", "wed"]`` → "Mon, Wed"; all seven: "Every day"."""
    if len(codes) == len(WEEKDAYS):
        return _("Every day")
    return ", ".join(str(DAY_NAMES[code]) for code in codes)


def times(given: Sequence[dt.time]) -> str:
    """08:30 and 18:00 → "08:30, 18:00"."""
    return ", ".join(f"{time:%H:%M}" for time in given)


def why(code: str) -> str:
    """Why a mail did not go: our code in words; a mail server's own words as they are."""
    if code.startswith(REFUSED_RECIPIENT):
        return _("the mail server does not take this address: %(words)s") % {
            "words": code.removeprefix(REFUSED_RECIPIENT)
        }
    return str(dict(SkipReason.choices).get(code, code))


def answer(field: str) -> str:
    """What a report calls one of its answers."""
    if field in _LISTS:
        return str(_LISTS[field])
    return next(str(column.verbose_name) for column in PainReport._meta.fields if column.name == field)


def language(code: str) -> str:
    """The language's own name, where the project speaks it."""
    return str(dict(settings.LANGUAGES).get(code, code))


def lasted(hours: float | None) -> str:
    """A time in words: "25 min", "5 h", from two days on "2 days"; a dash for None."""
    if hours is None:
        return "–"
    if hours < 1:
        return _("%(count)s min") % {"count": max(1, round(hours * 60))}
    if hours < 48:
        return _("%(count)s h") % {"count": round(hours)}
    days = round(hours / 24)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def ago(moment: dt.datetime, now: dt.datetime) -> str:
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
def zones() -> list[tuple[str, str]]:
    """Places people name, as choices: Europe/Madrid, not Etc/GMT+3."""
    named = (zone for zone in available_timezones() if "/" in zone and not zone.startswith(("Etc/", "SystemV/")))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in sorted(named))]
