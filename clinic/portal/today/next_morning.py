"""The question of the morning after a session, asked once on the first page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from clinic.models import Client, PainReport, Prescription
from clinic.pain import reporting
from clinic.portal.access import client_only, show
from clinic.portal.fields import PlainForm, ScoreField, sent
from clinic.portal.reports.forms import MISSING
from clinic.portal.today.daily_status import WhatNow, what_now

PASSED = "clinic_morning_passed"  # session: the reports whose morning this browser did not want to tell
KEPT = 20


class MorningForm(PlainForm):
    """One number: the pain on the morning after ``report``, a session of the day before."""

    next_morning = ScoreField(label=_("Your pain this morning"))

    def __init__(self, report: PainReport, data: QueryDict | None = None) -> None:
        super().__init__(data)
        self.report = report
        told = {"before": report.before, "after": report.after}
        self.fields["next_morning"].help_text = (
            gettext("Before yesterday’s exercise it was %(before)s.") % told
            if report.after is None
            else gettext("Before yesterday’s exercise it was %(before)s, after it %(after)s.") % told
        )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if "next_morning" not in self.errors and given.get("next_morning") is None:
            self.add_error("next_morning", MISSING % {"question": self.fields["next_morning"].label})
        return given


def question(request: HttpRequest, answers: list[WhatNow]) -> MorningForm | None:
    """The form to begin the first page with; None when there is nothing to ask, or it was passed over."""
    passed = request.session.get(PASSED, [])
    for answer in answers:
        if answer.asks_morning and answer.yesterday and answer.yesterday.pk not in passed:
            return MorningForm(answer.yesterday)
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@client_only
def next_morning(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """Ask about the morning after the client's own session ``pk``, take the number once, or pass it over."""
    own = PainReport.objects.visible_to(request.user).filter(prescription__client=client)
    report = get_object_or_404(own.select_related("prescription__exercise", "prescription__client__clinic"), pk=pk)
    if report.next_morning is not None:
        messages.info(request, gettext("We have your answer about that morning already. You can correct it here."))
        return redirect("clinic:report_result", report.pk)
    if report.prescription.state == Prescription.State.ENDED or not _was_yesterday(report, client):
        return redirect("clinic:today")
    if "not_now" in request.POST:
        request.session[PASSED] = [*request.session.get(PASSED, []), report.pk][-KEPT:]
        return redirect("clinic:today")
    form = MorningForm(report, sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            reporting.correct_report(
                report,
                {"next_morning": form.cleaned_data["next_morning"]},
                reason=gettext("Told on the morning after"),
                by=request.user,  # type: ignore[arg-type]  # signed in: the page is for clients only
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            return redirect("clinic:report_result", report.pk)
    return show(request, client, "today/next_morning.html", {"morning": form}, status=422 if form.errors else 200)


def _was_yesterday(report: PainReport, client: Client) -> bool:
    """Whether the morning after ``report`` is today's; a page opened before noon may be sent after it."""
    yesterday = what_now(report.prescription, client, timezone.now()).yesterday
    return yesterday is not None and yesterday.pk == report.pk
