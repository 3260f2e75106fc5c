"""Add, change, retire the doses that a clinic prescribes often."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.models import DoseTemplate, Practitioner
from clinic.models.fields import WEEKDAYS, parse_days, parse_times
from exercises.models import Exercise


@dataclass(frozen=True)
class Pattern:
    """What a template holds. Days as "mon"…"sun", times as "HH:MM" in whatever zone a client lives in."""

    name: str
    days: Sequence[str]
    times: Sequence[str | dt.time]
    sets: int = 1
    hold_seconds: int = 30
    variation: str = ""
    weeks: int | None = None  # 1 to 52; None: without an end


def usual() -> Pattern:
    """What a clinic without a template may begin with: the form's own dose, in the evening, for six weeks.

    The evening, as the first two hours after rising are to be avoided (Snook 1998); the amount is no more than a
    gentle beginning of ours, and no trial's.
    """
    return Pattern(_("Once a day, in the evening"), WEEKDAYS, ["18:00"], weeks=6)


def add_template(exercise: Exercise, pattern: Pattern, *, by: Practitioner) -> DoseTemplate:
    """Keep a dose for the clinic of ``by``; the very same under this name, as of a second press, is given back.

    Raises ValidationError by field; nothing is stored then.
    """
    return _store(
        DoseTemplate(clinic=by.clinic, exercise=exercise.slug), exercise, pattern, by, audit.Verb.DOSE_TEMPLATE_ADDED
    )


def change_template(template: DoseTemplate, exercise: Exercise, pattern: Pattern, *, by: Practitioner) -> DoseTemplate:
    """Change it for those who choose it from now on; what was prescribed by it stays. Raises ValidationError by field.

    Args:
        exercise: the current version of the one it doses.
    """
    if not template.active:
        raise ValidationError({NON_FIELD_ERRORS: _("This one is retired. Add it anew.")})
    return _store(template, exercise, pattern, by, audit.Verb.DOSE_TEMPLATE_CHANGED)


def retire_template(template: DoseTemplate, *, by: Practitioner) -> bool:
    """Offer it no more; plans made of it run on. Returns False when it was retired already."""
    _may(by)
    with transaction.atomic():
        retired = bool(DoseTemplate.objects.filter(pk=template.pk, active=True).update(active=False))
        if retired:
            audit.record(by.user, audit.Verb.DOSE_TEMPLATE_RETIRED, template, template.clinic)
    template.active = False
    return retired


def _store(
    template: DoseTemplate, exercise: Exercise, pattern: Pattern, by: Practitioner, verb: audit.Verb
) -> DoseTemplate:
    _may(by)
    wrong: dict[str, list[str]] = {}
    for field, parse, given in (("days", parse_days, pattern.days), ("times", parse_times, pattern.times)):
        try:
            setattr(template, field, parse(given))  # type: ignore[arg-type]
        except ValidationError as error:
            wrong[field] = error.messages
    known = [variation.code for variation in exercise.variations_in(None)]
    if pattern.variation and pattern.variation not in known:
        wrong["variation"] = [
            _("“%(given)s” is not a variation of this exercise. Use: %(known)s.")
            % {"given": pattern.variation[:60], "known": ", ".join(known)}
        ]
    template.name, template.variation = " ".join(pattern.name.split()), pattern.variation
    template.sets, template.hold_seconds, template.weeks = pattern.sets, pattern.hold_seconds, pattern.weeks
    try:
        template.clean_fields(exclude={"clinic", *wrong})
    except ValidationError as error:
        wrong |= error.message_dict
    if not wrong and template.pk is None and (kept := _kept_already(template)):
        return kept
    if not wrong:
        try:
            template.validate_constraints()
        except ValidationError as error:
            wrong["name"] = error.messages
    if wrong:
        raise ValidationError(wrong)
    with transaction.atomic():
        template.save()
        audit.record(by.user, verb, template, template.clinic)
    return template


def _kept_already(template: DoseTemplate) -> DoseTemplate | None:
    asked = ("name", "days", "times", "sets", "hold_seconds", "variation", "weeks")
    same = {name: getattr(template, name) for name in asked}
    return DoseTemplate.objects.offered(template.clinic, template.exercise).filter(**same).first()


def _may(by: Practitioner) -> None:
    if not by.is_clinical:
        raise ValidationError({NON_FIELD_ERRORS: _("Only a practitioner may keep doses for the clinic.")})
