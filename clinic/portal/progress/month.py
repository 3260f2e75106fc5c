"""A month of one exercise, day by day."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR

from clinic.progress import progress_text
from clinic.progress.adherence import DayStatus, count_adherence
from clinic.progress.progress import Progress
from clinic.progress.progress_text import first_weekday

MONTH_FORMAT = re.compile(r"(\d{4})-(\d{2})")


@dataclass(frozen=True)
class DayCell:
    """One day; of another month: None in its place."""

    day: dt.date
    status: DayStatus
    text: str
    is_today: bool
    is_reported: bool  # the history has more


@dataclass(frozen=True)
class Month:
    """A table of weeks."""

    first: dt.date
    weekdays: Sequence[tuple[str, str]]  # short and whole, in the order of the columns
    weeks: Sequence[Sequence[DayCell | None]]
    adherence: str
    key: Sequence[tuple[DayStatus, str]]  # each status of its days, as text
    earlier: dt.date | None  # the month before; None: the plan had not begun
    later: dt.date | None


def build_month(progress: Progress, query: str | None) -> Month:
    """The month of ``query``, such as "2026-11"; else the present one, or the last of a plan that ended.

    Earlier ones go back to the first day of the plan, later ones as far as one month from today.
    """
    begin, end = _first(progress.first_day), _first(progress.end.date())
    last = end if progress.ended else max(end, _next(_first(progress.today)))
    first = min(max(_parse_month(query) or end, begin), last)
    days = [day for week in _weeks(first) for day in week if day.month == first.month]
    cells = {
        day: DayCell(
            day, status, progress_text.describe_day(status), day == progress.today, day in progress.diary.reported
        )
        for day in days
        for status in [progress.diary.status(day)]
    }
    statuses = {cell.status for cell in cells.values()}
    return Month(
        first=first,
        weekdays=[(str(WEEKDAYS_ABBR[number]), str(WEEKDAYS[number])) for number in _columns()],
        weeks=[[cells.get(day) for day in week] for week in _weeks(first)],
        adherence=progress_text.describe_adherence(count_adherence(progress.diary, days)),
        key=[(day, progress_text.describe_day(day)) for day in DayStatus if day in statuses and day != DayStatus.FREE],
        earlier=_first(first - dt.timedelta(days=1)) if first > begin else None,
        later=_next(first) if first < last else None,
    )


def _columns() -> list[int]:
    return [(first_weekday() + number) % 7 for number in range(7)]


def _weeks(first: dt.date) -> list[list[dt.date]]:
    return calendar.Calendar(first_weekday()).monthdatescalendar(first.year, first.month)


def _parse_month(query: str | None) -> dt.date | None:
    match = MONTH_FORMAT.fullmatch(query or "")
    try:
        return dt.date(int(match[1]), int(match[2]), 1) if match else None
    except ValueError:
        return None


def _first(day: dt.date) -> dt.date:
    return day.replace(day=1)


def _next(first: dt.date) -> dt.date:
    return _first(first + dt.timedelta(days=31))
