"""What one answer means, shown at once after it is given and readable later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from clinic.flags.response import DEFAULT_CONFIG as RULE
from clinic.models import Advice, Client, PainReport, Prescription
from clinic.models.fields import WORST_PAIN
from clinic.portal.access import client_only, show
from clinic.portal.what_now import what_now
from clinic.records.advice import advice_text, without_us

LEFT, STEP = 20, 28  # the scale of the picture: where 0 is and how far 1 is from it, in its own units


@dataclass(frozen=True)
class Change:
    """From what to what the pain went, as places on a line from 0 to 10."""

    before: int
    after: int

    @property
    def ticks(self) -> list[tuple[int, int]]:
        return [(score, _place(score)) for score in range(WORST_PAIN + 1)]

    @property
    def start(self) -> int:
        return _place(self.before)

    @property
    def end(self) -> int:
        return _place(self.after)

    @property
    def tip(self) -> int:
        """Where the line between the two ends: short of the dot."""
        return self.end - 13 if self.end > self.start else self.end + 13

    @property
    def course(self) -> str:
        if self.after == self.before:
            return "same"
        return "worse" if self.after > self.before else "better"


@require_safe
@client_only
def answer(request: HttpRequest, client: Client, pk: int) -> HttpResponse:
    """The client's own report ``pk``: the change, the advice, whom to call and what comes next."""
    own = PainReport.objects.visible_to(request.user).filter(prescription__client=client)
    report = get_object_or_404(own.select_related("prescription__exercise", "prescription__client__clinic"), pk=pk)
    prescription = report.prescription
    change = None
    if report.before is not None and report.after is not None:
        change = Change(report.before, report.after)
    context = {
        "report": report,
        "words": advice_text(report),
        "change": change,
        "stops": report.advice in (Advice.STOP_TODAY, Advice.STOP, Advice.CALL_NOW),
        "what_now": None
        if prescription.state == Prescription.State.ENDED
        else what_now(prescription, client, timezone.now()),
    }
    return show(request, client, "answer.html", context)


def offline_advice(client: Client) -> dict[str, Any]:
    """For a page of questions: what each answer would mean, to be said at once where there is no network."""
    words = without_us(client.clinic.phone)
    advice = [{"advice": str(means), "words": text} for means, text in words.items()]
    return {"offline_advice": advice, "strong_rise": RULE.stop_rise}


def _place(score: int) -> int:
    return LEFT + STEP * score
