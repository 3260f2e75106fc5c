"""The question about the next morning after a session, asked once on Today."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.models import Client, PainReport, Prescription
from clinic.pain import reporting
from clinic.portal.access import client_only, render_page
from clinic.portal.fields import PlainForm, ScoreField, posted_data
from clinic.portal.reports.forms import MISSING_SCORE
from clinic.portal.today.daily_status import DailyStatus, daily_status

DISMISSED_REPORTS = "clinic_next_morning_dismissed"  # session: the reports whose question was dismissed in this browser
MAX_DISMISSED = 20


class NextMorningForm(PlainForm):
    """The pain on the morning after ``report``, a session of the day before."""

    next_morning = ScoreField(label=_("Your pain this morning"))

    def __init__(self, report: PainReport, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.report = report
        scores = {"before": report.before, "after": report.after}
        self.fields["next_morning"].help_text = (
            gettext("Before yesterday’s exercise it was %(before)s.") % scores
            if report.after is None
            else gettext("Before yesterday’s exercise it was %(before)s, after it %(after)s.") % scores
        )

    def clean(self) -> dict[str, Any]:
        answers = super().clean() or self.cleaned_data
        if "next_morning" not in self.errors and answers.get("next_morning") is None:
            self.add_error("next_morning", MISSING_SCORE % {"question": self.fields["next_morning"].label})
        return answers


def next_morning_form(request: HttpRequest, statuses: list[DailyStatus]) -> NextMorningForm | None:
    """The form for the top of Today; None when there is nothing to ask, or it was dismissed."""
    dismissed = request.session.get(DISMISSED_REPORTS, [])
    for status in statuses:
        if status.asks_next_morning and status.yesterday and status.yesterday.pk not in dismissed:
            return NextMorningForm(status.yesterday)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@client_only
def next_morning(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """Ask for the next morning's pain after session ``pk``, store it once, or dismiss the question."""
    own = PainReport.objects.visible_to(request.user).filter(prescription__client=client)
    report = get_object_or_404(own.select_related("prescription__exercise", "prescription__client__clinic"), pk=pk)
    if report.next_morning is not None:
        messages.info(request, gettext("We have your answer about that morning already. You can correct it here."))
        return redirect("clinic:report_result", report.pk)
    if report.prescription.state == Prescription.State.ENDED or not _is_of_yesterday(report, client):
        return redirect("clinic:today")
    if "not_now" in request.POST:
        request.session[DISMISSED_REPORTS] = [*request.session.get(DISMISSED_REPORTS, []), report.pk][-MAX_DISMISSED:]
        return redirect("clinic:today")
    form = NextMorningForm(report, posted_data(request))
    if request.method == "POST" and form.is_valid():
        try:
            reporting.correct_report(
                report,
                {"next_morning": form.cleaned_data["next_morning"]},
                reason=gettext("Told on the morning after"),
                by=request.user,  # type: ignore[arg-type]  # signed in: the page is for clients only
            )
        except ValidationError as error:
            form.add_service_error(error)
        else:
            return redirect("clinic:report_result", report.pk)
    return render_page(
        request, client, "today/next_morning.html", {"morning_form": form}, status=422 if form.errors else 200
    )


def _is_of_yesterday(report: PainReport, client: Client) -> bool:
    """Whether today is the morning after ``report``; a page opened before noon may be sent after it."""
    yesterday = daily_status(report.prescription, client, timezone.now()).yesterday
    return yesterday is not None and yesterday.pk == report.pk
