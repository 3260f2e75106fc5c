"""A dose as text, as a client reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.dates import WEEKDAYS as DAY_NAMES
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from clinic.models import PrescriptionVersion
from clinic.models.dosage import AbstractDosage
from clinic.models.fields import WEEKDAYS
from exercises.models import Exercise


def describe_dosage(dose: PrescriptionVersion, exercise: Exercise, language: str) -> list[list[str]]:
    """Pairs of a label and a sentence in the active language: times, amount, dates, equipment.

    Args:
        exercise: that of the dose, with its rest between sets and its equipment.
        language: of the equipment.
    """
    rows = [
        [_("When"), describe_times(dose)],
        [_("How much"), describe_amount(dose, exercise.rest_seconds)],
        [_("From"), describe_dates(dose)],
    ]
    if not dose.mornings_allowed:
        rows.append([_("In the morning"), _("Wait two hours after you get up.")])
    if equipment := exercise.equipment_in(language):
        rows.append([_("You need"), " ".join(f"{thing.name.rstrip('.')}." for thing in equipment)])
    return rows


def describe_times(dose: AbstractDosage) -> str:
    """ "Every day at 18:00."; "3 days a week: Monday, Wednesday and Friday, at 08:30 and 18:00." """
    return format_days_and_times(dose.day_names, dose.local_times)


def format_days_and_times(codes: Sequence[str], local_times: Sequence[dt.time]) -> str:
    """The sentence of :func:`describe_times` for any days ("mon") and times; neither may be empty."""
    times = join_list([f"{time:%H:%M}" for time in local_times])
    if len(codes) == len(WEEKDAYS):
        return _("Every day at %(times)s.") % {"times": times}
    days, count = join_list([day_name(day) for day in codes]), len(codes)
    message = ngettext(
        "One day a week: %(days)s, at %(times)s.", "%(count)s days a week: %(days)s, at %(times)s.", count
    )
    return message % {"count": count, "days": days, "times": times}


def day_name(code: str) -> str:
    """ "mon" → "Monday", in the active language."""
    return str(DAY_NAMES[WEEKDAYS.index(code)])


def describe_amount(dose: AbstractDosage, rest_seconds: int) -> str:
    """ "Once. Hold for 30 seconds."; "2 rounds. Hold each for 30 seconds. Rest 30 seconds between." """
    message = ngettext(
        "Once. Hold for %(hold)s.", "%(count)s rounds. Hold each for %(hold)s. Rest %(rest)s between.", dose.sets
    )
    hold, rest = format_seconds(dose.hold_seconds), format_seconds(rest_seconds)
    return message % {"count": dose.sets, "hold": hold, "rest": rest}


def format_seconds(seconds: int) -> str:
    """90 → "90 seconds"; from two minutes on in minutes: 150 → "2 minutes 30 seconds"."""
    minutes, left = divmod(seconds, 60) if seconds >= 120 else (0, seconds)
    texts = []
    if minutes:
        texts.append(ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes})
    if left:
        texts.append(ngettext("%(count)s second", "%(count)s seconds", left) % {"count": left})
    return " ".join(texts)


def describe_dates(dose: PrescriptionVersion) -> str:
    """ "23 November 2026."; "23 November 2026, until 20 December 2026." """
    first = date_format(dose.starts_on, _("j F Y"))
    if dose.ends_on is None:
        return f"{first}."
    return _("%(first)s, until %(last)s.") % {"first": first, "last": date_format(dose.ends_on, _("j F Y"))}


def format_moment(moment: dt.datetime, today: dt.date) -> str:
    """ "yesterday at 18:00", "today at 18:00", a day to come "Thursday at 18:00", else "Thursday 3 December at 18:00".

    ``moment`` is local.
    """
    params = {"time": f"{moment:%H:%M}", "day": date_format(moment, "l")}
    match (moment.date() - today).days:
        case -1:
            return _("yesterday at %(time)s") % params
        case 0:
            return _("today at %(time)s") % params
        case 1:
            return _("tomorrow at %(time)s") % params
        case 2 | 3 | 4 | 5 | 6:
            return _("%(day)s at %(time)s") % params
    return _("%(day)s %(date)s at %(time)s") % {**params, "date": date_format(moment, _("j F"))}


def join_list(items: Sequence[str]) -> str:
    """ "Monday, Wednesday and Friday"; at least one."""
    *most, last = items
    return _("%(most)s and %(last)s") % {"most": ", ".join(most), "last": last} if most else last
