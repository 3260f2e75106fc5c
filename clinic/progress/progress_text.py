"""Progress as text, in the client's own numbers: without cheer and without blame."""

from __future__ import annotations

import datetime as dt

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format, get_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _, ngettext

from clinic.progress.adherence import Adherence, DayStatus
from clinic.progress.progress import Progress
from clinic.progress.weekly_summary import RecentWeeks, compare_recent_weeks, round_to_half


def describe_day(status: DayStatus) -> str:
    """The status of a day in a word or two."""
    return {
        DayStatus.DONE: _("done"),
        DayStatus.REPORTED: _("pain told"),
        DayStatus.OPEN: _("no report"),
        DayStatus.AHEAD: _("planned"),
        DayStatus.HELD: _("on hold"),
        DayStatus.PAUSED: _("your pause"),
        DayStatus.FREE: _("nothing planned"),
    }[status]


def summarize_progress(progress: Progress) -> str:
    """The pain of the last two weeks; of an ended plan, the last report. Empty without a report."""
    if progress.ended:
        return _last(progress)
    week = compare_recent_weeks(progress.scores, progress.today)
    return " ".join(filter(None, [_level(week) or _last(progress), _sessions(week)]))


def describe_adherence(adherence: Adherence) -> str:
    """ "Done on 5 of 7 planned days." Empty where nothing was planned or done."""
    parts = []
    if adherence.planned:
        some = ngettext(
            "Done on %(done)s of %(count)s planned day.",
            "Done on %(done)s of %(count)s planned days.",
            adherence.planned,
        )
        none = ngettext(
            "One day was planned; nothing is noted as done.",
            "%(count)s days were planned; nothing is noted as done.",
            adherence.planned,
        )
        parts.append((some if adherence.done else none) % {"done": adherence.done, "count": adherence.planned})
    if adherence.unplanned:
        more = ngettext("Done on %(count)s day besides.", "Done on %(count)s days besides.", adherence.unplanned)
        parts.append(more % {"count": adherence.unplanned})
    return " ".join(parts)


def first_weekday() -> int:
    """Of the active language's weeks; Monday is 0."""
    return (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7  # Django counts from Sunday


def format_average(points: float | None) -> str:
    """An average as people read it, "3.5" or "3,5"; a dash where there is none."""
    return "–" if points is None else str(floatformat(points, 1))


def _level(week: RecentWeeks) -> str:
    if week.now is None:
        return ""
    values = {"now": _about(week.now), "earlier": _about(week.earlier)}
    if week.earlier is None:
        return _("In the last 7 days your pain was about %(now)s.") % values
    if week.is_similar:
        return _("In the last 7 days your pain was about %(now)s, much as in the 7 days before.") % values
    return _("In the last 7 days your pain was about %(now)s, in the 7 days before about %(earlier)s.") % values


def _sessions(week: RecentWeeks) -> str:
    counts = [
        (week.lower, ngettext("lower once", "lower %(count)s times", week.lower)),
        (week.same, ngettext("the same once", "the same %(count)s times", week.same)),
        (week.higher, ngettext("higher once", "higher %(count)s times", week.higher)),
    ]
    parts = [words % {"count": count} for count, words in counts if count]
    if not parts:
        return ""
    return _("After the exercise it was %(how)s.") % {"how": get_text_list(parts, _("and"))}


def _last(progress: Progress) -> str:
    """The newest report that has a number."""
    dot = next((dot for dot in reversed(progress.dots) if dot.score is not None), None)
    if dot is None:
        return ""
    values = {"day": _day(dot.at, progress.today), "score": f"{dot.score:g}"}
    return _("You last told us of your pain on %(day)s: it was %(score)s.") % values


def _about(points: float | None) -> str:
    """To half a point, "3" or "3.5"."""
    return "" if points is None else str(floatformat(round_to_half(points), -1))


def _day(at: dt.datetime, today: dt.date) -> str:
    return date_format(at, _("j F") if at.year == today.year else _("j F Y"))
