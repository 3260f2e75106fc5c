"""The visit summary: plan, chart, weeks, warning signs and notes of one prescription, as PDF/UA-1."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _, ngettext

from clinic import audit
from clinic.documents import pdf
from clinic.dosage import text as dosage_text
from clinic.models import PainReport, Prescription
from clinic.pain import report_text
from clinic.progress import progress_text, svg_chart
from clinic.progress.chart_data import build_progress_chart
from clinic.progress.progress import Progress
from clinic.progress.progress_text import first_weekday
from clinic.progress.weekly_summary import DAY, WEEK, WeekSummary, first_day_of_week, summarize_weeks

DISPOSITION = 'inline; filename="summary.pdf"'  # names no exercise: it shows in download lists
WEEKS: Final = 12
MAX_NOTES: Final = 20
_WIDTH, _HEIGHT, _TEXT = 640, 150, 12  # px of the drawing, as wide as the text of the page


def print_summary(progress: Progress, *, by: AbstractBaseUser, paper: str = pdf.A4) -> bytes:
    """Build the summary, and record in the audit that it was printed."""
    printed = build_summary(progress, paper)
    prescription = progress.prescription
    with transaction.atomic():
        audit.record(by, audit.Verb.DOCUMENT_PRINTED, prescription, prescription.client.clinic)
    return printed


def build_summary(progress: Progress, paper: str = pdf.A4) -> bytes:
    """The last twelve weeks of one prescription, in the active language.

    Args:
        progress: read in the same language; its client and clinic are read too.
        paper: a key of pdf.PAPERS.

    Returns:
        A tagged PDF which the compiler has checked against PDF/UA-1.

    Raises:
        ValidationError: another paper.
        PdfError: the compiler refused it.
    """
    pdf.check_options(paper, None)
    content = {"paper": pdf.PAPERS[paper], **_content(progress)}
    subject = f"the summary of prescription {progress.prescription.pk}"
    return pdf.compile_first([content], partial(pdf.compile_pdf, "summary.typ"), subject)


def _content(progress: Progress) -> dict[str, Any]:
    prescription, client = progress.prescription, progress.prescription.client
    clinic, language = client.clinic, client.language
    end = progress.end
    newest_week = first_day_of_week(end.date(), first_weekday())
    begin = max(progress.first_day, newest_week - (WEEKS - 1) * WEEK * DAY)
    reports = [report for report in progress.reports if progress.local(report.occurred_at).date() >= begin]
    drawn = build_progress_chart(progress, end - dt.datetime.combine(begin, dt.time.min, end.tzinfo))
    weeks = summarize_weeks(progress.scores, progress.diary, begin, end.date(), first_weekday())
    since = {"begin": _day(begin), "end": _day(end.date())}
    return {
        "language": pdf.base_language(language),
        "clinic": clinic.name,
        "phone": clinic.phone,
        "accent": clinic.accent,
        "title": _("Summary for the next visit"),
        "description": _("How the exercise went, for a client and a practitioner to talk about."),
        "recipient": _("%(name)s, with %(practitioner)s. Printed on %(day)s.") % {
            "name": client.name, "practitioner": client.practitioner.name, "day": _day(progress.today),
        },
        "notice": _notice(progress),
        "plan_title": _("The plan: %(exercise)s") % {"exercise": prescription.exercise.text_in(language).name},
        "plan": dosage_text.describe_dosage(prescription.dose, prescription.exercise, language),
        "pain_title": _("Pain from %(begin)s to %(end)s") % since,
        "summary": progress_text.summarize_progress(progress) or _("Nothing was reported yet."),
        "svg": _draw(drawn.chart) if reports else "",
        "alt": drawn.chart.description,
        "key": _(
            "Each dot is a report; the arrow goes to the pain after the exercise, down lower, up higher. "
            "Line: average of about the last week. Band: what is usual, and how far the days swing. "
            "Hatched: the exercise was paused."
        ),
        "events": [
            [str(number), _short(event.at), " ".join(event.texts)] for number, event in enumerate(drawn.events, 1)
        ],
        "weeks_title": _("Week by week"),
        "columns": [
            _("Week"), _("Done, of planned days"), _("Pain before"), _("Pain after"), _("Next morning"), _("Reports"),
        ],
        "weeks": [_row(week) for week in weeks],
        "weeks_note": _(
            "Averages of what was reported; a dash: nothing was. Before: also the pain reported without the exercise. "
            "Days on which the exercise was paused are not counted as planned. +: done on days without a plan."
        ),
        **_report_details(progress, reports),
        "ask_title": _("To talk about"),
        "page_of": _("Page %(page)s of %(pages)s") % {"page": "{page}", "pages": "{pages}"},
    }  # fmt: skip


def _report_details(progress: Progress, reports: list[PainReport]) -> dict[str, Any]:
    """The warning signs, notes and corrections of the reports."""
    prescription, time_zone = progress.prescription, progress.now.tzinfo or dt.UTC
    precautions = prescription.exercise.precautions_in(prescription.client.language)
    labels = {precaution.code: precaution.sign for precaution in precautions}
    signs = [(report, report_text.sign_labels(report, labels)) for report in reports]
    return {
        "signs_title": _("Warning signs"),
        "signs": [
            [_format_time(progress, report), _("Yes to: %(signs)s") % {"signs": " ".join(texts)}]
            for report, texts in signs
            if texts
        ],
        "no_signs": _("None was reported in this time."),
        "notes_title": _("Notes"),
        "notes": _notes(progress, reports),
        "corrected_title": _("Corrected afterwards"),
        "corrected": [
            [_format_time(progress, report), _corrected(correction)]
            for report in reports
            for correction in report_text.describe_corrections(report, labels, time_zone)
        ],
    }


def _draw(chart: svg_chart.Chart) -> str:
    return svg_chart.draw_chart(
        chart, width=_WIDTH, height=_HEIGHT, text=_TEXT, name="summary", colors=svg_chart.PRINT_COLORS
    )


def _notice(progress: Progress) -> str:
    day = {"day": _day(progress.local(progress.prescription.state_since).date())}
    match progress.prescription.state:
        case Prescription.State.HELD:
            return _("On hold since %(day)s.") % day
        case Prescription.State.ENDED:
            return _("This plan ended on %(day)s.") % day
    return ""


def _row(week: WeekSummary) -> list[str]:
    done = f"{week.adherence.done} / {week.adherence.planned}" if week.adherence.planned else "–"
    if week.adherence.unplanned:
        done += " + " + str(week.adherence.unplanned)
    return [
        f"{_short(week.first)} – {_short(week.last)}",
        done,
        progress_text.format_average(week.before),
        progress_text.format_average(week.after),
        progress_text.format_average(week.next_morning),
        str(week.reports),
    ]


def _notes(progress: Progress, reports: list[PainReport]) -> list[list[str]]:
    """The newest ones, oldest first; the last line says how many more there are."""
    noted = [[_format_time(progress, report), report.note] for report in reports if report.note]
    more = len(noted) - MAX_NOTES
    if more > 0:
        words = ngettext("%(count)s earlier note is left out.", "%(count)s earlier notes are left out.", more)
        return [["", words % {"count": more}], *noted[-MAX_NOTES:]]
    return noted


def _corrected(one: report_text.CorrectionText) -> str:
    values: Mapping[str, str] = {
        "about": one.label, "old": one.old, "new": one.new, "day": _short(one.day), "why": one.reason,
    }  # fmt: skip
    return _("%(about)s: from %(old)s to %(new)s, on %(day)s. Why: %(why)s") % values


def _format_time(progress: Progress, report: PainReport) -> str:
    at = progress.local(report.occurred_at)
    return f"{_short(at)}, {at:%H:%M}"


def _day(day: dt.date) -> str:
    return str(date_format(day, _("j F Y")))


def _short(day: dt.date) -> str:
    return str(date_format(day, _("j M")))
