"""What the chart of one exercise says, in the client's own numbers: careful, without cheer and without blame."""

from __future__ import annotations

import datetime as dt

from django.template.defaultfilters import floatformat
from django.utils.formats import date_format, get_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.progress.adherence import Day, Tally
from clinic.progress.progress import Progress
from clinic.progress.weekly_summary import Lately, about, lately


def day(of: Day) -> str:
    """What a day came to, in a word or two."""
    return {
        Day.DONE: _("done"),
        Day.TOLD: _("pain told"),
        Day.OPEN: _("no report"),
        Day.AHEAD: _("planned"),
        Day.HELD: _("on hold"),
        Day.PAUSED: _("your pause"),
        Day.FREE: _("nothing planned"),
    }[of]


def said(progress: Progress) -> str:
    """What the last two weeks say; of a plan that is over, how it was told last. Empty without a report."""
    if progress.ended:
        return _last(progress)
    week = lately(progress.told, progress.today)
    return " ".join(filter(None, [_level(week) or _last(progress), _sessions(week)]))


def often(counted: Tally) -> str:
    """ "Done on 5 of 7 planned days." Empty where nothing was planned or done."""
    parts = []
    if counted.planned:
        told = ngettext(
            "Done on %(done)s of %(count)s planned day.", "Done on %(done)s of %(count)s planned days.", counted.planned
        )
        none = ngettext(
            "One day was planned; nothing is noted as done.",
            "%(count)s days were planned; nothing is noted as done.",
            counted.planned,
        )
        parts.append((told if counted.done else none) % {"done": counted.done, "count": counted.planned})
    if counted.besides:
        more = ngettext("Done on %(count)s day besides.", "Done on %(count)s days besides.", counted.besides)
        parts.append(more % {"count": counted.besides})
    return " ".join(parts)


def first_weekday() -> int:
    """Of the active language's weeks; Monday is 0."""
    return (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7  # Django counts from Sunday


def number(points: float | None) -> str:
    """An average as people read it, "3.5" or "3,5"; a dash where there is none."""
    return "–" if points is None else str(floatformat(points, 1))


def _level(week: Lately) -> str:
    if week.now is None:
        return ""
    told = {"now": _about(week.now), "earlier": _about(week.earlier)}
    if week.earlier is None:
        return _("In the last 7 days your pain was about %(now)s.") % told
    if week.alike:
        return _("In the last 7 days your pain was about %(now)s, much as in the 7 days before.") % told
    return _("In the last 7 days your pain was about %(now)s, in the 7 days before about %(earlier)s.") % told


def _sessions(week: Lately) -> str:
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
    told = {"day": _day(dot.at, progress.today), "score": f"{dot.score:g}"}
    return _("You last told us of your pain on %(day)s: it was %(score)s.") % told


def _about(points: float | None) -> str:
    """To half a point, "3" or "3.5"."""
    return "" if points is None else str(floatformat(about(points), -1))


def _day(at: dt.datetime, today: dt.date) -> str:
    return date_format(at, _("j F") if at.year == today.year else _("j F Y"))
