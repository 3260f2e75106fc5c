"""The client's reports with every correction; and the form to correct one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from clinic.models import Client, PainReport, Prescription
from clinic.models.fields import zone
from clinic.models.report import LONGEST_NOTE
from clinic.pain import report_text, reporting
from clinic.portal.access import client_only, render_page
from clinic.portal.fields import PlainForm, ScoreField, YesNoField, posted_data

CORRECTION_PERIOD = dt.timedelta(days=7)
PAGE_SIZE = 20
DAY = dt.timedelta(days=1)
YEARS = range(1900, 2200)  # outside, a conversion between zones may overflow


class CorrectionForm(PlainForm):
    """The present answers of a report, and the reason for correcting them."""

    before = ScoreField(label=_("Pain before"))
    after = ScoreField(label=_("Pain after"))
    next_morning = ScoreField(label=_("Pain the next morning"))
    moved_down_leg = YesNoField(label=_("Did the pain move further down your leg?"))
    note = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 3})
    )
    reason = forms.CharField(
        label=_("Why is it corrected?"),
        help_text=_("A few words, such as “I pressed the wrong number”."),
        max_length=500,
        error_messages={"required": _("Say in a few words why it is corrected.")},
    )

    def __init__(self, report: PainReport, data: QueryDict | None = None) -> None:
        moved = {True: "yes", False: "no", None: ""}[report.moved_down_leg]
        scores = {name: getattr(report, name) for name in reporting.SCORES}
        initial = {**scores, "moved_down_leg": moved, "note": report.note}
        super().__init__(data, initial=initial)
        if not report.did_exercise:
            self.fields["before"].label = _("Pain")
            del self.fields["after"], self.fields["moved_down_leg"]
        if report.next_morning is None:  # it is asked on that morning only
            del self.fields["next_morning"]

    def changes(self) -> dict[str, Any]:
        """The new answers by field; the form must be valid."""
        return {name: value for name, value in self.cleaned_data.items() if name != "reason"}


@dataclass(frozen=True)
class HistoryEntry:
    """One report in the list."""

    report: PainReport
    may_correct: bool
    corrections: Sequence[report_text.CorrectionText]
    signs: Sequence[str]
    areas: str


@require_safe
@client_only
def history(request: HttpRequest, client: Client) -> HttpResponse:
    """Newest first, a page at a time; each with what was corrected in it.

    ``?on=2026-11`` or ``?on=2026-11-03``: of one month or one day only; an invalid date is ignored.
    """
    local_zone, own = zone(client.time_zone), _own_reports(request, client)
    months = own.datetimes("occurred_at", "month", order="DESC", tzinfo=local_zone)
    period = _parse_period(request.GET.get("on", ""))
    if period is not None:
        first, after = (dt.datetime.combine(day, dt.time.min, local_zone) for day in period)
        own = own.filter(occurred_at__gte=first, occurred_at__lt=after)
    exercise = [f"prescription__exercise__{relation}" for relation in ("texts", "precautions")]
    rows = own.prefetch_related("corrections", "areas", "warning_signs", *exercise)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    now = timezone.now()
    context = {
        "entries": [_entry(report, client, now) for report in page],
        "page": page,
        "months": list(months),
        "on": request.GET["on"] if period else "",
        "first_day": period[0] if period else None,
        "is_one_day": period is not None and period[1] - period[0] == DAY,
    }
    return render_page(request, client, "reports/history.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@client_only
def correct_report(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """Correct one report within seven days; the old answers stay readable."""
    report = get_object_or_404(_own_reports(request, client), pk=pk)
    if not _may_correct(report, timezone.now()):
        return render_page(request, client, "reports/correct_too_late.html", {"report": report}, status=410)
    form = CorrectionForm(report, posted_data(request))
    if request.method == "POST" and form.is_valid():
        try:
            reporting.correct_report(
                report,
                form.changes(),
                reason=form.cleaned_data["reason"],
                by=request.user,  # type: ignore[arg-type]  # signed in: the page is for clients only
            )
        except ValidationError as error:
            form.add_service_error(error)
        else:
            return redirect("clinic:history")
    context = {"form": form, "report": report}
    return render_page(request, client, "reports/correct.html", context, status=422 if form.errors else 200)


def _own_reports(request: HttpRequest, client: Client) -> QuerySet[PainReport]:
    mine = PainReport.objects.visible_to(request.user).filter(prescription__client=client)
    return mine.select_related("prescription__exercise", "prescription__client")


def _may_correct(report: PainReport, now: dt.datetime) -> bool:
    return report.received_at > now - CORRECTION_PERIOD and report.prescription.state != Prescription.State.ENDED


def _entry(report: PainReport, client: Client, now: dt.datetime) -> HistoryEntry:
    signs = {sign.code: sign.sign for sign in report.prescription.exercise.precautions_in(client.language)}
    return HistoryEntry(
        report,
        _may_correct(report, now),
        report_text.describe_corrections(report, signs, zone(client.time_zone)),
        report_text.sign_labels(report, signs),
        report_text.area_labels(report),
    )


def _parse_period(text: str) -> tuple[dt.date, dt.date] | None:
    """The first day of a month or a day, and the day after its end."""
    for format_ in ("%Y-%m-%d", "%Y-%m"):
        try:
            first = dt.datetime.strptime(text, format_).date()  # noqa: DTZ007  a day has no zone
        except ValueError:
            continue
        if first.year in YEARS:
            return first, (first + DAY if format_.endswith("d") else (first + 31 * DAY).replace(day=1))
    return None
