"""Put a prescription on hold, resume or end it; its handout and its summary as PDF."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override
from django.views.decorators.http import require_http_methods, require_safe

from clinic.admin import access
from clinic.admin.rendering import get_return_url, render_page
from clinic.admin.service_form import ReasonForm
from clinic.documents import handout as sheet, pdf, summary as visit_sheet
from clinic.flags import rule_settings, simulation
from clinic.flags.response import ResponseConfig
from clinic.models import Person, Prescription
from clinic.prescriptions import prescribing
from clinic.progress import progress

_forms_only = require_http_methods(["GET", "HEAD", "POST"])


def _prescription(user: Person, pk: int) -> Prescription:
    treated = Prescription.objects.treated_by(user).select_related("client__clinic", "exercise")
    return get_object_or_404(treated, pk=pk)


@require_safe
def handout(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet for the client to take home, on ``?paper=a4`` or ``letter``; Http404 for any other paper."""
    prescription = _prescription(request.user, pk)
    try:
        printed = sheet.print_handout(
            prescription, by=access.signed_in_user(request), paper=request.GET.get("paper", pdf.A4)
        )
    except ValidationError as error:
        raise Http404 from error
    return HttpResponse(printed, content_type=pdf.MEDIA_TYPE, headers={"Content-Disposition": sheet.DISPOSITION})


@require_safe
def summary(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet for the next visit, in the client's language, on ``?paper=a4`` or ``letter``; Http404 for another."""
    prescription = _prescription(request.user, pk)
    replayed = simulation.simulate_prescription(
        prescription.pk, rule_settings.config_of(prescription.client_id), ResponseConfig()
    )
    with override(prescription.client.language):
        facts = progress.read_progress(prescription, replayed.points, timezone.now())
        try:
            paper = request.GET.get("paper", pdf.A4)
            printed = visit_sheet.print_summary(facts, by=access.signed_in_user(request), paper=paper)
        except ValidationError as error:
            raise Http404 from error
    return HttpResponse(printed, content_type=pdf.MEDIA_TYPE, headers={"Content-Disposition": visit_sheet.DISPOSITION})


@dataclass(frozen=True)
class _StateChange:
    """One change of state: its service and its texts."""

    service: Callable[..., None]
    title: Promise | str
    meaning: Promise | str
    button: Promise | str
    done: Promise | str


_HOLD = _StateChange(
    prescribing.hold_prescription,
    gettext_lazy("Hold the exercise"),
    gettext_lazy("The client sees that it is paused, and no reminders go out until you resume it."),
    gettext_lazy("Hold"),
    gettext_lazy("The exercise is held. Its reminders stop."),
)
_RESUME = _StateChange(
    prescribing.resume_prescription,
    gettext_lazy("Resume the exercise"),
    gettext_lazy("The client reads that the pause has ended and may do it again, and the reminders go on."),
    gettext_lazy("Resume"),
    gettext_lazy("The exercise goes on. So do its reminders."),
)
_END = _StateChange(
    prescribing.end_prescription,
    gettext_lazy("End the exercise"),
    gettext_lazy(
        "For good: the client reads that it has ended, the record stays, and there are no more reminders and reports."
    ),
    gettext_lazy("End for good"),
    gettext_lazy("The exercise has ended. Its record stays."),
)


@_forms_only
def _change_state(request: HttpRequest, pk: int, change: _StateChange) -> HttpResponseBase:
    """Ask for the reason and change the state; a state changed meanwhile is shown as a message."""
    prescription = _prescription(request.user, pk)
    return_url = get_return_url(request, reverse("plumbline:client", args=[prescription.client_id]))
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            change.service(prescription, by=access.signed_in_user(request), reason=reason)
        except ValidationError as error:
            if "state" not in error.message_dict:
                form.add_service_errors(error)
            else:
                messages.info(request, " ".join(error.message_dict["state"]))
                return HttpResponseRedirect(return_url)
        else:
            messages.success(request, str(change.done))
            return HttpResponseRedirect(return_url)
    return render_page(
        request, "prescribing/change_state.html", str(change.title), return_url=return_url,
        prescription=prescription, client=prescription.client, form=form, change=change,
    )  # fmt: skip


ROUTES: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("prescriptions/<int:pk>/handout.pdf", handout, "handout"),
    ("prescriptions/<int:pk>/summary.pdf", summary, "summary"),
    ("prescriptions/<int:pk>/hold/", partial(_change_state, change=_HOLD), "hold"),
    ("prescriptions/<int:pk>/resume/", partial(_change_state, change=_RESUME), "resume"),
    ("prescriptions/<int:pk>/end/", partial(_change_state, change=_END), "end"),
]
