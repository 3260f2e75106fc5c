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

STOP_BUTTON = "stop"  # the button of every step: the pain went up
SIGNS_BUTTON = "sign"  # the button beside the first question: something is wrong, whatever the number
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
    """The session's screens. While held, or before the first day, it shows only why not."""
    mine = Prescription.objects.visible_to(request.user).filter(client=client).select_related("exercise")
    prescription = get_object_or_404(mine, pk=pk)
    plan = _plan(prescription, client)
    walk: ScreenSequence = plan["walk"]
    barred = prescription.state == Prescription.State.HELD or plan["not_yet"] or plan["over"]
    at, to = walk.find(request.POST.get("at")), walk.find(request.POST.get("go"))
    stopped, signs_first = (request.POST.get("go") == button for button in (STOP_BUTTON, SIGNS_BUTTON))
    if stopped:
        to = walk.screens[-1]
    elif signs_first:
        to = walk.of_kind(ScreenKind.SIGNS)
    if request.method != "POST":
        to = walk.screens[0]
    elif to and to.kind != ScreenKind.SIGNS and walk.goes_on(at, to) and request.POST.getlist("warning_signs"):
        to = None  # a sign is told at once, and the exercise does not go on
    if (
        barred and to and to.kind != ScreenKind.AFTER
    ):  # what a client has said is taken all the same: a sign may be in it
        return render_page(request, client, "player/on_hold.html", plan)
    form = SessionForm(prescription, posted_data(request), asked=() if signs_first else _asked(walk, at, to))
    if to is None and (done := submit_report(request, form)):
        return done
    screen = walk.of_kind(_wrong(form)) if form.errors or to is None else to
    context = {
        **plan,
        **offline_advice_context(client),
        "form": form,
        "screen": screen,
        "back": at.name if stopped and at else screen.back,
        "stopped": stopped and at is not None and at.round > 0,
        "kept": _kept(form, SCREEN_FIELDS.get(screen.kind, ())),
    }
    return render_page(request, client, "player/page.html", context, status=form_status(form))


def _plan(prescription: Prescription, client: Client) -> dict[str, Any]:
    """What the pages show of one prescription."""
    exercise, dose, today = prescription.exercise, prescription.dose, timezone.localdate()
    ways = exercise.variations_in(client.language)
    signs = any(precaution.reported for precaution in exercise.precautions_in(client.language))
    return {
        **exercise_context(exercise),
        "prescription": prescription,
        "dose": dose,
        "variation": next((way for way in ways if way.code == dose.variation), None),
        "not_yet": dose.starts_on > today,
        "over": prescription.state == Prescription.State.ENDED or (dose.ends_on is not None and dose.ends_on < today),
        "morning_ends_at": morning_ends_at(dose, client, timezone.localtime()),
        "walk": ScreenSequence.of(exercise.steps_in(client.language), dose.sets, signs=signs),
    }


def _asked(walk: ScreenSequence, at: Screen | None, to: Screen | None) -> tuple[str, ...]:
    """The scores that must be there: all to save, the first to go on, none to go back."""
    if to is None:
        return SessionForm.scores
    return ("before",) if walk.goes_on(at, to) else ()


def _wrong(form: SessionForm) -> ScreenKind:
    """The screen that asks for the first wrong answer."""
    for kind in (ScreenKind.BEFORE, ScreenKind.SIGNS):
        if not SCREEN_FIELDS[kind].isdisjoint(form.errors):
            return kind
    return ScreenKind.AFTER


def _kept(form: SessionForm, shown: Collection[str]) -> list[tuple[str, str]]:
    """The answers of the other screens, to travel along in hidden fields."""
    if not form.is_bound:
        return []
    others = [name for name in form.fields if name not in shown and name != "key"]
    return [(name, value) for name in others for value in form.data.getlist(name)]  # type: ignore[attr-defined]
