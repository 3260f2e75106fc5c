"""Do the exercise, one screen at a time: pain before, the steps, pain after.

With scripts the browser turns the screens by itself. Without, each turn is a POST that carries the answers so far;
nothing is stored until the last.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods

from clinic.models import Client, Prescription
from clinic.portal.access import client_only, render_page
from clinic.portal.fields import posted_data
from clinic.portal.library.page import exercise_context
from clinic.portal.player.screens import Screen, ScreenKind, ScreenSequence
from clinic.portal.pwa.offline import kept_offline
from clinic.portal.reports.forms import SessionForm
from clinic.portal.reports.result import offline_advice_context
from clinic.portal.reports.submission import form_status, submit_report
from clinic.reminders.planning import morning_ends_at

STOP_BUTTON = "stop"  # value of the button of every step: the pain went up
SIGNS_BUTTON = "sign"  # value of the button beside the first question: a warning sign
SCREEN_FIELDS = {
    ScreenKind.BEFORE: {"before"},
    ScreenKind.SIGNS: {"warning_signs"},
    ScreenKind.AFTER: {"after", "moved_down_leg", "warning_signs", "areas", "note"},
}


@gzip_page  # the drawings: a tenth of the bytes, also for the copy that a phone keeps
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
@client_only
@kept_offline
def player(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """The screens of a session; on hold, before the first day or after the last, a page that says so."""
    mine = Prescription.objects.visible_to(request.user).filter(client=client).select_related("exercise")
    prescription = get_object_or_404(mine, pk=pk)
    plan = _plan_context(prescription, client)
    sequence: ScreenSequence = plan["sequence"]
    is_closed = prescription.state == Prescription.State.HELD or plan["is_early"] or plan["is_over"]
    current, target = sequence.find(request.POST.get("at")), sequence.find(request.POST.get("go"))
    is_stopped, is_sign = (request.POST.get("go") == button for button in (STOP_BUTTON, SIGNS_BUTTON))
    if is_stopped:
        target = sequence.screens[-1]
    elif is_sign:
        target = sequence.first_of_kind(ScreenKind.SIGNS)
    if request.method != "POST":
        target = sequence.screens[0]
    elif (
        target
        and target.kind != ScreenKind.SIGNS
        and sequence.is_forward(current, target)
        and request.POST.getlist("warning_signs")
    ):
        target = None  # a warning sign is stored at once, and the exercise does not go on
    if is_closed and target and target.kind != ScreenKind.AFTER:  # answers already given are stored all the same
        return render_page(request, client, "player/on_hold.html", plan)
    form = SessionForm(
        prescription, posted_data(request), required=() if is_sign else _required_scores(sequence, current, target)
    )
    if target is None and (response := submit_report(request, form)):
        return response
    screen = sequence.first_of_kind(_first_invalid(form)) if form.errors or target is None else target
    context = {
        **plan,
        **offline_advice_context(client),
        "form": form,
        "screen": screen,
        "back": current.name if is_stopped and current else screen.back,
        "is_stopped": is_stopped and current is not None and current.set_number > 0,
        "hidden_answers": _hidden_answers(form, SCREEN_FIELDS.get(screen.kind, ())),
    }
    return render_page(request, client, "player/page.html", context, status=form_status(form))


def _plan_context(prescription: Prescription, client: Client) -> dict[str, Any]:
    """The context of one prescription, the same on every screen."""
    exercise, dose, today = prescription.exercise, prescription.dose, timezone.localdate()
    variations = exercise.variations_in(client.language)
    signs = any(precaution.reported for precaution in exercise.precautions_in(client.language))
    return {
        **exercise_context(exercise),
        "prescription": prescription,
        "dose": dose,
        "variation": next((row for row in variations if row.code == dose.variation), None),
        "is_early": dose.starts_on > today,
        "is_over": prescription.state == Prescription.State.ENDED
        or (dose.ends_on is not None and dose.ends_on < today),
        "morning_ends_at": morning_ends_at(dose, client, timezone.localtime()),
        "sequence": ScreenSequence.build(exercise.steps_in(client.language), dose.sets, signs=signs),
    }


def _required_scores(sequence: ScreenSequence, current: Screen | None, target: Screen | None) -> tuple[str, ...]:
    """All scores to save, the first to go forward, none to go back."""
    if target is None:
        return SessionForm.scores
    return ("before",) if sequence.is_forward(current, target) else ()


def _first_invalid(form: SessionForm) -> ScreenKind:
    """The kind of the screen with the first invalid answer."""
    for kind in (ScreenKind.BEFORE, ScreenKind.SIGNS):
        if not SCREEN_FIELDS[kind].isdisjoint(form.errors):
            return kind
    return ScreenKind.AFTER


def _hidden_answers(form: SessionForm, visible: Collection[str]) -> list[tuple[str, str]]:
    """Names and values of the answers of the other screens, for hidden fields."""
    if not form.is_bound:
        return []
    others = [name for name in form.fields if name not in visible and name != "key"]
    return [(name, value) for name in others for value in form.data.getlist(name)]  # type: ignore[attr-defined]
