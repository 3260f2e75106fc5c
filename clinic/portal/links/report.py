"""The link of a reminder: one report, without signing in."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from clinic.mail import signed_links
from clinic.mail.signed_links import Purpose
from clinic.models import Client, PainReport, Prescription, Reminder, SkipReason
from clinic.pain import reporting
from clinic.pain.advice import render_hold_advice, render_report_advice
from clinic.portal.access import override_locale
from clinic.portal.fields import posted_data
from clinic.portal.links.invalid import render_invalid_link
from clinic.portal.reports.forms import MailForm, PainNowForm, ReportForm
from clinic.portal.today.pain_change import PainChange
from clinic.reminders.sending import COMBINE_WITHIN

ANSWERED_REMINDERS = "clinic_answered"  # session: the reminders answered in this browser, which may see their result
MAX_ANSWERED_REMINDERS = 20
SESSION_ANSWERS = {"did", "after", "moved_down_leg"}  # sent by a page that was opened before the hold


def report_by_link(request: HttpRequest, row: int) -> HttpResponse:
    """Show the form, store one report, then show its result to the same browser.

    A link of a number in the mail opens the form with that score chosen; the form's button sends it.
    """
    reminders = Reminder.objects.select_related(
        "schedule__prescription__client__clinic", "schedule__prescription__exercise"
    )
    reminder = reminders.filter(pk=row).first()
    if reminder is None:
        return render_invalid_link(request, "altered", status=404)
    prescription = reminder.schedule.prescription
    client = prescription.client
    with override_locale(client):
        if reminder.answered_by_id is not None:
            return _show_result(request, client, reminder)
        if prescription.state == Prescription.State.ENDED or client.state != Client.State.JOINED:
            return render_invalid_link(request, "ended", status=410, clinic=client.clinic)
        is_on_hold = prescription.state == Prescription.State.HELD
        about_session = not is_on_hold or not request.POST.keys().isdisjoint(SESSION_ANSWERS)
        chosen_score = signed_links.read_score(reminder.pk, request.GET.get(signed_links.SCORE, ""))
        form = (MailForm if about_session else PainNowForm)(
            prescription, posted_data(request), chosen_score=chosen_score
        )
        try:
            is_stored = request.method == "POST" and form.is_valid() and _store(form, reminder)
        except reporting.LinkUsed:
            return redirect(request.path)  # somebody else's answer is not shown here
        if is_stored:
            answered = request.session.get(ANSWERED_REMINDERS, [])
            request.session[ANSWERED_REMINDERS] = [*answered, reminder.pk][-MAX_ANSWERED_REMINDERS:]
            return redirect(request.path)
        context = {
            "form": form,
            "addressee": client,
            "clinic": client.clinic,
            "is_on_hold": is_on_hold,
            "on_hold_text": render_hold_advice(client) if is_on_hold else "",
        }
        response = render(request, "clinic/portal/links/report.html", context, status=422 if form.errors else 200)
        response["Content-Language"] = client.language
        return response


def _store(form: ReportForm, reminder: Reminder) -> bool:
    """Store the report; False: the form has the errors. Raises LinkUsed when the link was used in the meantime."""
    try:
        reporting.report_pain(
            form.prescription, form.answers(timezone.now()), by=None, source=PainReport.Source.MAIL, reminder=reminder
        )
    except ValidationError as error:
        form.add_service_error(error)
        return False
    return True


def _show_result(request: HttpRequest, client: Client, reminder: Reminder) -> HttpResponse:
    if reminder.pk not in request.session.get(ANSWERED_REMINDERS, []):
        return render_invalid_link(request, "answered", status=410, clinic=client.clinic)
    report = PainReport.objects.select_related("prescription__client__clinic", "advice_text").get(reminder=reminder)
    context = {
        "report": report,
        "advice_text": render_report_advice(report),
        "change": PainChange.from_report(report),
        "clinic": client.clinic,
        "other_reports": _other_reports(reminder),
    }
    response = render(request, "clinic/portal/links/report_done.html", context)
    response["Content-Language"] = client.language
    return response


def _other_reports(reminder: Reminder) -> list[tuple[str, str]]:
    """The unanswered exercises of the same mail: name and path of the report."""
    client, state = reminder.schedule.prescription.client_id, Prescription.State.ACTIVE
    unanswered = Reminder.objects.filter(
        schedule__prescription__client=client, schedule__prescription__state=state, answered_by=None,
        status_detail=SkipReason.TOGETHER,
        due_at__range=(reminder.due_at - COMBINE_WITHIN, reminder.due_at + COMBINE_WITHIN),
    ).order_by("due_at", "pk")  # fmt: skip
    rows = unanswered.select_related("schedule__prescription__exercise")
    return [(row.schedule.prescription.exercise.name, signed_links.build_path(Purpose.REPORT, row.pk)) for row in rows]
