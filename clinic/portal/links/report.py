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

ANSWERED_REMINDERS = (
    "clinic_answered"  # session: the reminders that this browser answered, so that it may see the outcome
)
MAX_ANSWERED_REMINDERS = 20
SESSION_ANSWERS = {"did", "after", "moved_down_leg"}  # sent by a page that was opened before the exercise was held


def report_by_link(request: HttpRequest, row: int) -> HttpResponse:
    """Show the questions, take the answers once, then show their outcome to the browser that gave them.

    Behind a number of the mail the form opens with that number chosen; it is sent by the form's button and not before.
    """
    about = Reminder.objects.select_related(
        "schedule__prescription__client__clinic", "schedule__prescription__exercise"
    )
    reminder = about.filter(pk=row).first()
    if reminder is None:
        return render_invalid_link(request, "altered", status=404)
    prescription = reminder.schedule.prescription
    client = prescription.client
    with override_locale(client):
        if reminder.answered_by_id is not None:
            return _answered(request, client, reminder)
        if prescription.state == Prescription.State.ENDED or client.state != Client.State.JOINED:
            return render_invalid_link(request, "ended", status=410, clinic=client.clinic)
        held = prescription.state == Prescription.State.HELD
        about_session = not held or not request.POST.keys().isdisjoint(SESSION_ANSWERS)
        tapped = signed_links.score_of(reminder.pk, request.GET.get(signed_links.SCORE, ""))
        form = (MailForm if about_session else PainNowForm)(prescription, posted_data(request), tapped=tapped)
        try:
            taken = request.method == "POST" and form.is_valid() and _taken(form, reminder)
        except reporting.LinkUsed:
            return redirect(request.path)  # somebody else's answer is not shown here
        if taken:
            kept = request.session.get(ANSWERED_REMINDERS, [])
            request.session[ANSWERED_REMINDERS] = [*kept, reminder.pk][-MAX_ANSWERED_REMINDERS:]
            return redirect(request.path)
        paused = {"held": held, "on_hold_text": render_hold_advice(client) if held else ""}
        context = {"form": form, "who": client, "clinic": client.clinic, **paused}
        response = render(request, "clinic/portal/links/report.html", context, status=422 if form.errors else 200)
        response["Content-Language"] = client.language
        return response


def _taken(form: ReportForm, reminder: Reminder) -> bool:
    """Hand the answers to the verb. Raises LinkUsed when the link brought a report in the meantime."""
    try:
        reporting.report_pain(
            form.prescription,
            form.answers(timezone.now()),
            by=None,
            source=PainReport.Source.MAIL,
            reminder=reminder,
        )
    except ValidationError as error:
        form.add_service_error(error)
        return False
    return True


def _answered(request: HttpRequest, client: Client, reminder: Reminder) -> HttpResponse:
    if reminder.pk not in request.session.get(ANSWERED_REMINDERS, []):
        return render_invalid_link(request, "answered", status=410, clinic=client.clinic)
    stored = PainReport.objects.select_related("prescription__client__clinic", "advice_text").get(reminder=reminder)
    told = {"report": stored, "words": render_report_advice(stored), "change": PainChange.from_report(stored)}
    context = {**told, "clinic": client.clinic, "more": _more(reminder)}
    response = render(request, "clinic/portal/links/report_done.html", context)
    response["Content-Language"] = client.language
    return response


def _more(reminder: Reminder) -> list[tuple[str, str]]:
    """What else the same mail was about and is not answered: the name of each exercise and where to answer."""
    client, state = reminder.schedule.prescription.client_id, Prescription.State.ACTIVE
    left = Reminder.objects.filter(
        schedule__prescription__client=client, schedule__prescription__state=state, answered_by=None,
        status_detail=SkipReason.TOGETHER, due_at__range=(reminder.due_at - COMBINE_WITHIN, reminder.due_at + COMBINE_WITHIN),
    ).order_by("due_at", "pk")  # fmt: skip
    rows = left.select_related("schedule__prescription__exercise")
    return [(row.schedule.prescription.exercise.name, signed_links.path(Purpose.REPORT, row.pk)) for row in rows]
