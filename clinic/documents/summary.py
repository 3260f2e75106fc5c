"""The sheet for the next visit: the plan, the chart, the weeks, warning signs and notes of one client; a PDF/UA-1."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic import audit
from clinic.documents import pdf
from clinic.dosage import text as dosage_text
from clinic.models import PainReport, Prescription
from clinic.pain import report_text
from clinic.progress import progress_text, svg_chart
from clinic.progress.chart_data import drawn
from clinic.progress.progress import Progress
from clinic.progress.progress_text import first_weekday
from clinic.progress.weekly_summary import DAY, WEEK, Week, week_of, weeks

DISPOSITION = 'inline; filename="summary.pdf"'  # names no exercise: it shows in download lists
WEEKS: Final = 12
NOTES_AT_MOST: Final = 20
_WIDTH, _HEIGHT, _TEXT = 640, 150, 12  # px of the drawing, as wide as the text of the page


def sum_up(told: Progress, *, by: AbstractBaseUser, paper: str = pdf.A4) -> bytes:
    """The summary, for somebody: `summary`, and an entry in the audit that it was printed."""
    printed = summary(told, paper)
    prescription = told.prescription
    with transaction.atomic():
        audit.record(by, audit.Verb.DOCUMENT_PRINTED, prescription, prescription.client.clinic)
    return printed


def summary(told: Progress, paper: str = pdf.A4) -> bytes:
    """The last twelve weeks of one prescription, in the active language.

    Args:
        told: read in the same language; its client and clinic are read too.
        paper: a key of press.PAPERS.

    Returns:
        A tagged PDF which the compiler has checked against PDF/UA-1.

    Raises:
        ValidationError: another paper.
        PressError: the compiler refused it.
    """
    pdf.check(paper, None)
    content = {"paper": pdf.PAPERS[paper], **_content(told)}
    about = f"the summary of prescription {told.prescription.pk}"
    return pdf.printed([content], partial(pdf.compiled, "summary.typ"), about)


def _content(told: Progress) -> dict[str, Any]:
    prescription, client = told.prescription, told.prescription.client
    clinic, language = client.clinic, client.language
    end = told.end
    newest_week = week_of(end.date(), first_weekday())
    begin = max(told.first_day, newest_week - (WEEKS - 1) * WEEK * DAY)
    reports = [report for report in told.reports if told.local(report.occurred_at).date() >= begin]
    known = {sign.code: sign.sign for sign in prescription.exercise.precautions_in(language)}
    picture = drawn(told, end - dt.datetime.combine(begin, dt.time.min, end.tzinfo))
    since = {"begin": _day(begin), "end": _day(end.date())}
    return {
        "language": pdf.bare(language),
        "clinic": clinic.name,
        "phone": clinic.phone,
        "accent": clinic.accent,
        "title": _("Summary for the next visit"),
        "about": _("How the exercise went, for a client and a practitioner to talk about."),
        "whose": _("%(name)s, with %(practitioner)s. Printed on %(day)s.") % {
            "name": client.name, "practitioner": client.practitioner.name, "day": _day(told.today),
        },
        "notice": _notice(told),
        "plan_title": _("The plan: %(exercise)s") % {"exercise": prescription.exercise.text_in(language).name},
        "plan": dosage_text.describe_dosage(prescription.dose, prescription.exercise, language),
        "pain_title": _("Pain from %(begin)s to %(end)s") % since,
        "said": progress_text.said(told) or _("Nothing was reported yet."),
        "svg": picture.svg(_WIDTH, _HEIGHT, _TEXT, "summary", svg_chart.PLAIN) if reports else "",
        "shows": picture.chart.shows,
        "key": _(
            "Each dot is a report; the arrow goes to the pain after the exercise, down lower, up higher. "
            "Line: average of about the last week. Band: what is usual, and how far the days swing. "
            "Hatched: the exercise was paused."
        ),
        "moments": [
            [str(number), _short(moment.at), " ".join(moment.words)] for number, moment in enumerate(picture.moments, 1)
        ],
        "weeks_title": _("Week by week"),
        "columns": [
            _("Week"), _("Done, of planned days"), _("Pain before"), _("Pain after"), _("Next morning"), _("Reports"),
        ],
        "weeks": [_row(week) for week in weeks(told.told, told.diary, begin, end.date(), first_weekday())],
        "weeks_note": _(
            "Averages of what was reported; a dash: nothing was. Before: also the pain reported without the exercise. "
            "Days on which the exercise was paused are not counted as planned. +: done on days without a plan."
        ),
        "signs_title": _("Warning signs"),
        "signs": [
            [_moment(told, report), _("Yes to: %(signs)s") % {"signs": " ".join(report_text.sign_labels(report, known))}]
            for report in reports if report.warning_signs.all()
        ],
        "no_signs": _("None was reported in this time."),
        "notes_title": _("Notes"),
        "notes": _notes(told, reports),
        "corrected_title": _("Corrected afterwards"),
        "corrected": [
            [_moment(told, report), _corrected(one)]
            for report in reports for one in report_text.describe_corrections(report, known, told.now.tzinfo or dt.UTC)
        ],
        "ask_title": _("To talk about"),
        "page_of": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }  # fmt: skip


def _notice(told: Progress) -> str:
    day = {"day": _day(told.local(told.prescription.state_since).date())}
    match told.prescription.state:
        case Prescription.State.HELD:
            return _("On hold since %(day)s.") % day
        case Prescription.State.ENDED:
            return _("This plan ended on %(day)s.") % day
    return ""


def _row(week: Week) -> list[str]:
    done = f"{week.tally.done} / {week.tally.planned}" if week.tally.planned else "–"
    if week.tally.besides:
        done += " + " + str(week.tally.besides)
    return [
        f"{_short(week.first)} – {_short(week.last)}",
        done,
        progress_text.number(week.before),
        progress_text.number(week.after),
        progress_text.number(week.morning),
        str(week.reports),
    ]


def _notes(told: Progress, reports: list[PainReport]) -> list[list[str]]:
    """The newest ones, oldest first; the last line says how many more there are."""
    noted = [[_moment(told, report), report.note] for report in reports if report.note]
    more = len(noted) - NOTES_AT_MOST
    if more > 0:
        words = ngettext("%(count)s earlier note is left out.", "%(count)s earlier notes are left out.", more)
        return [["", words % {"count": more}], *noted[-NOTES_AT_MOST:]]
    return noted


def _corrected(one: report_text.CorrectionText) -> str:
    told: Mapping[str, str] = {
        "about": one.label, "old": one.old, "new": one.new, "day": _short(one.day), "why": one.reason,
    }  # fmt: skip
    return _("%(about)s: from %(old)s to %(new)s, on %(day)s. Why: %(why)s") % told


def _moment(told: Progress, report: PainReport) -> str:
    at = told.local(report.occurred_at)
    return f"{_short(at)}, {at:%H:%M}"


def _day(day: dt.date) -> str:
    return str(date_format(day, _("j F Y")))


def _short(day: dt.date) -> str:
    return str(date_format(day, _("j M")))
