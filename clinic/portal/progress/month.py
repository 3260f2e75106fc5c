"""A month of one exercise, day by day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from clinic.progress import progress_text
from clinic.progress.adherence import Day, tally
from clinic.progress.progress import Progress
from clinic.progress.progress_text import first_weekday

MONTH_FORMAT = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class DayCell:
    """One day; of another month: None in its place."""

    day: dt.date
    came_to: Day
    words: str
    today: bool
    told: bool  # something was reported: the history has more


@dataclass(frozen=True)
class Month:
    """A table of weeks."""

    first: dt.date
    weekdays: Sequence[tuple[str, str]]  # short and whole, in the order of the columns
    weeks: Sequence[Sequence[DayCell | None]]
    often: str
    key: Sequence[tuple[Day, str]]  # what its days came to, in words
    earlier: dt.date | None  # the month before; None: the plan had not begun
    later: dt.date | None


def build_month(progress: Progress, asked: str | None) -> Month:
    """The month ``asked``, such as "2026-11"; else the present one, or the last of a plan that ended.

    Earlier ones go back to the first day of the plan, later ones as far as one month from today.
    """
    begin, end = _first(progress.first_day), _first(progress.end.date())
    last = end if progress.ended else max(end, _next(_first(progress.today)))
    shown = min(max(_read(asked) or end, begin), last)
    days = [day for week in _weeks(shown) for day in week if day.month == shown.month]
    cells = {
        day: DayCell(day, came_to, progress_text.day(came_to), day == progress.today, day in progress.diary.told)
        for day in days
        for came_to in [progress.diary.of(day)]
    }
    there = {cell.came_to for cell in cells.values()}
    return Month(
        first=shown,
        weekdays=[(str(WEEKDAYS_ABBR[number]), str(WEEKDAYS[number])) for number in _columns()],
        weeks=[[cells.get(day) for day in week] for week in _weeks(shown)],
        often=progress_text.often(tally(progress.diary, days)),
        key=[(day, progress_text.day(day)) for day in Day if day in there and day != Day.FREE],
        earlier=_first(shown - dt.timedelta(days=1)) if shown > begin else None,
        later=_next(shown) if shown < last else None,
    )


def _columns() -> list[int]:
    return [(first_weekday() + number) % 7 for number in range(7)]


def _weeks(first: dt.date) -> list[list[dt.date]]:
    return calendar.Calendar(first_weekday()).monthdatescalendar(first.year, first.month)


def _read(asked: str | None) -> dt.date | None:
    found = MONTH_FORMAT.fullmatch(asked or "")
    try:
        return dt.date(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        return None


def _first(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _next(first: dt.date) -> dt.date:
    return _first(first + dt.timedelta(days=31))
