"""Add, change, retire the doses that a clinic prescribes often."""

from __future__ import annotations

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from clinic import audit
from clinic.dosage.values import USUAL, USUAL_WEEKS, Dosage
from clinic.models import DoseTemplate, Practitioner
from clinic.models.dosage import DOSAGE_FIELDS
from exercises.models import Exercise


def usual_name() -> str:
    """The name of the template that a clinic without any may begin with."""
    return _("Once a day, in the evening")


def add_usual_template(exercise: Exercise, *, by: Practitioner) -> DoseTemplate:
    """Keep the usual dose for the clinic of ``by``; as :func:`add_template`."""
    return add_template(exercise, usual_name(), USUAL, weeks=USUAL_WEEKS, by=by)


def add_template(
    exercise: Exercise, name: str, dosage: Dosage, *, weeks: int | None = None, by: Practitioner
) -> DoseTemplate:
    """Keep a dose for the clinic of ``by``; one with the same name and values is returned, as after a second press.

    Args:
        weeks: how long a plan of it runs, 1 to 52; None: without an end.

    Raises ValidationError by field; nothing is stored then.
    """
    template = DoseTemplate(clinic=by.clinic, exercise=exercise.slug)
    return _store(template, name, dosage, weeks, by, audit.Verb.DOSE_TEMPLATE_ADDED)


def change_template(
    template: DoseTemplate, name: str, dosage: Dosage, *, weeks: int | None = None, by: Practitioner
) -> DoseTemplate:
    """Change a template; plans made of it stay as they are. Raises ValidationError by field."""
    if not template.active:
        raise ValidationError({NON_FIELD_ERRORS: _("This one is retired. Add it anew.")})
    return _store(template, name, dosage, weeks, by, audit.Verb.DOSE_TEMPLATE_CHANGED)


def retire_template(template: DoseTemplate, *, by: Practitioner) -> bool:
    """Stop offering it; plans made of it run on. Returns False when it was retired already."""
    _check_may_keep(by, template)
    with transaction.atomic():
        retired = bool(DoseTemplate.objects.filter(pk=template.pk, active=True).update(active=False))
        if retired:
            audit.record(by.user, audit.Verb.DOSE_TEMPLATE_RETIRED, template, template.clinic)
    template.active = False
    return retired


def _store(
    template: DoseTemplate, name: str, dosage: Dosage, weeks: int | None, by: Practitioner, verb: audit.Verb
) -> DoseTemplate:
    _check_may_keep(by, template)
    template.name, template.weeks = " ".join(name.split()), weeks
    for field in DOSAGE_FIELDS:
        setattr(template, field, getattr(dosage, field))
    template.validate_dosage("clinic")
    if template.pk is None and (repeated := _find_same(template)):
        return repeated
    try:
        template.validate_constraints()
    except ValidationError as error:
        raise ValidationError({"name": error.messages}) from error
    with transaction.atomic():
        template.save()
        audit.record(by.user, verb, template, template.clinic)
    return template


def _find_same(template: DoseTemplate) -> DoseTemplate | None:
    values = {name: getattr(template, name) for name in ("name", *DOSAGE_FIELDS, "weeks")}
    return DoseTemplate.objects.offered(template.clinic, template.exercise).filter(**values).first()


def _check_may_keep(by: Practitioner, template: DoseTemplate) -> None:
    if not by.treats_at(template.clinic_id):
        raise ValidationError({NON_FIELD_ERRORS: _("Only a practitioner may keep doses for the clinic.")})
