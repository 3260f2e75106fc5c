"""The screening that a prescription rests on: each precaution asked, each answer kept as it was given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.models import Practitioner, Prescription, ScreeningAnswer
from exercises.models import Exercise


@dataclass(frozen=True)
class ScreenedPrecaution:
    """The answer to one precaution; a yes stands only with a reason."""

    answer: bool
    override_reason: str = ""


class OtherAnswersError(ValidationError):
    """The plan is there already, resting on other answers: what was recorded is not put right in silence."""


def validate_screening(exercise: Exercise, screening: Mapping[str, ScreenedPrecaution]) -> None:
    """Raise ValidationError on ``screening`` unless each precaution was asked, and each yes has its reason."""
    asked = {precaution.code for precaution in exercise.precautions_in(None)}
    messages = [
        _("%(code)s: answer this precaution, true or false.") % {"code": code} for code in asked - screening.keys()
    ]
    messages += [
        _("%(code)s: this exercise has no such precaution.") % {"code": code[:60]} for code in screening.keys() - asked
    ]
    messages += [
        _("%(code)s: a yes needs a reason to prescribe all the same.") % {"code": code[:60]}
        for code, given in screening.items()
        if given.answer and not given.override_reason.strip()
    ]
    if messages:
        raise ValidationError({"screening": sorted(messages)})


def store_screening(
    prescription: Prescription, screening: Mapping[str, ScreenedPrecaution], by: Practitioner, now: dt.datetime
) -> None:
    """Keep the answers, inside the transaction of the prescribing."""
    ScreeningAnswer.objects.bulk_create(
        ScreeningAnswer(
            prescription=prescription, code=code, answer=answer, override_reason=reason, by=by, answered_at=now
        )
        for code, answer, reason in _rows(screening)
    )


def check_same_answers(prescription: Prescription, screening: Mapping[str, ScreenedPrecaution]) -> None:
    """Raise OtherAnswersError on ``prescription`` unless it rests on these very answers."""
    if set(prescription.screening.values_list("code", "answer", "override_reason")) != set(_rows(screening)):
        said = _(
            "You prescribed this for %(name)s already, with other answers. "
            "To correct them, end that plan, then press again."
        )
        raise OtherAnswersError({"prescription": said % {"name": prescription.client.name}})


def _rows(screening: Mapping[str, ScreenedPrecaution]) -> list[tuple[str, bool, str]]:
    """Each answer as it is stored."""
    return [(code, given.answer, given.override_reason.strip()[:500]) for code, given in screening.items()]
