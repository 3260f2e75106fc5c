"""A flag's reason as one sentence in the client's own numbers, in the clinic's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _, ngettext

from clinic.flags.trend import TrendResult, figures
from clinic.models import PainReport


def describe_warning_signs(names: Sequence[str]) -> str:
    return _("Said yes to: %(signs)s") % {"signs": " ".join(_("“%(name)s”") % {"name": name} for name in names)}


def describe_leg_pain() -> str:
    return _("The pain moved further down the leg after the exercise.")


def describe_strong_rise(report: PainReport) -> str:
    return _("Pain went from %(before)s to %(after)s with one session.") % {
        "before": report.before,
        "after": report.after if (report.change or 0) >= (_overnight_rise(report) or 0) else report.next_morning,
    }


def _overnight_rise(report: PainReport) -> int | None:
    before: int | None = report.before
    morning: int | None = report.next_morning
    return None if before is None or morning is None else morning - before


def describe_hurting_sessions(sessions: Sequence[PainReport]) -> str:
    """``sessions``: the latest reports with both scores, oldest first."""
    pairs = ", ".join(f"{session.before}→{session.after}" for session in sessions)
    worse = sum(1 for session in sessions if (session.change or 0) > 0)
    return ngettext(
        "Pain rose with %(worse)s of the last %(count)s session (%(pairs)s).",
        "Pain rose with %(worse)s of the last %(count)s sessions (%(pairs)s).",
        len(sessions),
    ) % {"worse": worse, "count": len(sessions), "pairs": pairs}


def describe_worsening(result: TrendResult) -> str:
    rounded = figures(result)
    return _(
        "Pain over about the last week averages %(recent)s, against a usual %(usual)s in the weeks before: "
        "up %(rise)s points, where this client's day-to-day swing is about %(swing)s."
    ) % {name: number_format(getattr(rounded, name), 1) for name in ("recent", "usual", "rise", "swing")}


def describe_silence(last_day: dt.date, usual_days: int) -> str:
    """No report after ``last_day``; before, about one every ``usual_days`` days."""
    usual = ngettext("one used to come about every day.", "one used to come about every %(days)s days.", usual_days) % {
        "days": usual_days
    }
    return _("No report since %(day)s; %(usual)s") % {"day": date_format(last_day, _("j F")), "usual": usual}


def describe_missing_reports(first_day: dt.date) -> str:
    """No report at all, though expected from ``first_day`` on."""
    return _("No report yet; the exercise began on %(day)s.") % {"day": date_format(first_day, _("j F"))}


def describe_stopped_reminders(count: int, last_day: dt.date | None) -> str:
    """``count`` reminders in a row without an answer; ``last_day``: of the last report, None: there is none."""
    params = {"count": count, "day": date_format(last_day, _("j F")) if last_day else ""}
    if last_day is None:
        return _("No answer to %(count)s reminders in a row, so no more are sent. There is no report yet.") % params
    return _("No answer to %(count)s reminders in a row, so no more are sent. Last report on %(day)s.") % params


def describe_returned_mail(error: str) -> str:
    return _("Mail to this client comes back: %(words)s") % {"words": error[:200]}
