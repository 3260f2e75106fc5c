"""The screening that a prescription rests on: every precaution of the exercise, each with its answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.models import Practitioner, Prescription, ScreeningAnswer
from clinic.models.prescription import LONGEST_REASON
from exercises.models import Exercise


@dataclass(frozen=True)
class ScreenedPrecaution:
    """The answer to one precaution; a yes stands only with a reason."""

    answer: bool
    override_reason: str = ""


class OtherAnswersError(ValidationError):
    """The same plan exists with other answers; recorded answers are never replaced without notice."""


def validate_screening(exercise: Exercise, screening: Mapping[str, ScreenedPrecaution]) -> None:
    """Raise ValidationError on ``screening`` unless each precaution was asked, and each yes has its reason."""
    codes = {precaution.code for precaution in exercise.precautions_in(None)}
    messages = [
        _("%(code)s: answer this precaution, true or false.") % {"code": code} for code in codes - screening.keys()
    ]
    messages += [
        _("%(code)s: this exercise has no such precaution.") % {"code": code[:60]} for code in screening.keys() - codes
    ]
    messages += [
        _("%(code)s: a yes needs a reason to prescribe all the same.") % {"code": code[:60]}
        for code, screened in screening.items()
        if screened.answer and not screened.override_reason.strip()
    ]
    if messages:
        raise ValidationError({"screening": sorted(messages)})


def store_screening(
    prescription: Prescription, screening: Mapping[str, ScreenedPrecaution], by: Practitioner, now: dt.datetime
) -> None:
    """Store the answers, inside the transaction that stores the prescription."""
    ScreeningAnswer.objects.bulk_create(
        ScreeningAnswer(
            prescription=prescription, code=code, answer=answer, override_reason=reason, by=by, answered_at=now
        )
        for code, answer, reason in _rows(screening)
    )


def check_same_answers(prescription: Prescription, screening: Mapping[str, ScreenedPrecaution]) -> None:
    """Raise OtherAnswersError on ``prescription`` unless it rests on the same answers."""
    if set(prescription.screening.values_list("code", "answer", "override_reason")) != set(_rows(screening)):
        message = _(
            "You prescribed this for %(name)s already, with other answers. "
            "To correct them, end that plan, then press again."
        )
        raise OtherAnswersError({"prescription": message % {"name": prescription.client.name}})


def _rows(screening: Mapping[str, ScreenedPrecaution]) -> list[tuple[str, bool, str]]:
    """Each answer as it is stored."""
    return [(code, row.answer, row.override_reason.strip()[:LONGEST_REASON]) for code, row in screening.items()]
