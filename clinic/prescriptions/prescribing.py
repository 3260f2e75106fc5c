"""Prescribe, amend, hold, resume, end: what a practitioner does with an exercise for a client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic import audit, signals
from clinic.dosage import text as dosage_text
from clinic.flags import engine, lifecycle
from clinic.models import (
    Client,
    Flag,
    PainTrend,
    Practitioner,
    Prescription,
    PrescriptionVersion,
)
from clinic.models.dose_template import LONGEST_WEEKS
from clinic.models.fields import parse_days, parse_times
from clinic.prescriptions import dose_templates
from clinic.prescriptions.screening import ScreenedPrecaution, check_same_answers, store_screening, validate_screening
from clinic.reminders import planning
from clinic.reminders.schedule import window_conflicts
from clinic.worklist import entries as worklist_entries
from exercises.models import Exercise

State = Prescription.State
CONCURRENT_CHANGE = "meanwhile"  # the code of what is refused once, until it was said what a colleague did
_STATE_VERBS: dict[str, audit.Verb] = {
    State.ACTIVE: audit.Verb.PRESCRIPTION_RESUMED,
    State.ENDED: audit.Verb.PRESCRIPTION_ENDED,
}
_SAY_WHY = gettext_lazy("Say in a few words why.")


@dataclass(frozen=True)
class Dose:
    """What is to be done and when. Days as "mon"…"sun", times as "HH:MM" in the client's zone."""

    starts_on: dt.date
    days: Sequence[str]
    times: Sequence[str | dt.time]
    ends_on: dt.date | None = None
    sets: int = 1
    hold_seconds: int = 30
    variation: str = ""
    mornings_allowed: bool = False


def morning_times(client: Client, dose: Dose) -> list[str]:
    """The times of the dose within two hours after the client gets up (Snook 1998), as HH:MM."""
    times = [dt.time.fromisoformat(time) for time in parse_times(dose.times).split(",")]
    return [f"{time:%H:%M}" for time in window_conflicts(times, client.wakes_at)]


def draft_prescription(
    client: Client,
    exercise: Exercise,
    dose: Dose,
    screening: Mapping[str, ScreenedPrecaution],
    *,
    by: Practitioner,
    now: dt.datetime | None = None,
) -> PrescriptionVersion:
    """What :func:`prescribe_exercise` would store, for a look at it beforehand: all is checked and nothing stored.

    Raises ValidationError by field, as :func:`prescribe_exercise` does.
    """
    now = now or timezone.now()
    _may(by)
    _check_not_left(client.state)
    validate_screening(exercise, screening)
    prescription = Prescription(client=client, exercise=exercise, prescribed_by=by, state=State.ACTIVE, state_since=now)
    return _build_version(prescription, 1, dose, by, now)


def prescribe_exercise(
    client: Client,
    exercise: Exercise,
    dose: Dose,
    screening: Mapping[str, ScreenedPrecaution],
    *,
    by: Practitioner,
    keep_as: str = "",
    beside: Collection[int] | None = None,
    now: dt.datetime | None = None,
) -> Prescription:
    """Prescribe an exercise: the plan, the screening it rests on and its reminders, in one transaction.

    Args:
        keep_as: the name under which the clinic keeps this dose as a template; empty: it does not.
        beside: the numbers of the client's running plans of this exercise, as the practitioner was shown them. One that
            runs since is given back when it asks the very same on the very same answers, as a second press does, and
            refused when it does not. None: whatever runs.

    Raises ValidationError by field; nothing is stored then.
    """
    now = now or timezone.now()
    version = draft_prescription(client, exercise, dose, screening, by=by, now=now)
    prescription = version.prescription
    with transaction.atomic():
        # A second press, and a client who is just leaving, wait for each other here.
        _check_not_left(Client.objects.select_for_update().values_list("state", flat=True).get(pk=client.pk))
        made = None if beside is None else find_prescribed_since(version, screening, beside)
        if keep_as.strip():
            keep_dose_template(keep_as, exercise, dose, by)  # a second press may name it first
        if made is not None:
            return made
        prescription.save()
        version.prescription = prescription  # its number is known only now
        version.save()
        store_screening(prescription, screening, by, now)
        PainTrend.objects.create(prescription=prescription)
        planning.set_schedules(prescription, now)
        audit.record(by.user, audit.Verb.PRESCRIPTION_CREATED, prescription, client.clinic)
        worklist_entries.update_entries(client.pk)
        transaction.on_commit(partial(signals.prescription_made.send_robust, Prescription, prescription=prescription))
    return prescription


def find_prescribed_since(
    version: PrescriptionVersion, screening: Mapping[str, ScreenedPrecaution], beside: Collection[int]
) -> Prescription | None:
    """The plan that runs since the practitioner was shown those ``beside``, when it asks the same as ``version``.

    Raises ValidationError on ``prescription`` when it asks something else, or rests on other answers.
    """
    mine = version.prescription
    running = Prescription.objects.running().filter(client=mine.client, exercise__slug=mine.exercise.slug)
    made = next((plan for plan in running.order_by("-pk") if plan.pk not in beside), None)
    if made is None:
        return None
    if made.dose.is_same_version_as(version):
        check_same_answers(made, screening)
        return made
    told = {"who": made.dose.by.name, "name": mine.client.name, "dose": _describe_dose(made)}
    said = _("%(who)s prescribed it for %(name)s meanwhile: %(dose)s Change that, or press again to give both.")
    raise ValidationError({"prescription": ValidationError(said % told, code=CONCURRENT_CHANGE)})


def draft_amendment(
    prescription: Prescription,
    dose: Dose,
    *,
    by: Practitioner,
    reason: str,
    replaces: int | None = None,
    now: dt.datetime | None = None,
) -> PrescriptionVersion:
    """What :func:`amend_prescription` would store, for a look at it beforehand; it raises the same and stores nothing."""
    _may(by)
    if prescription.state == State.ENDED:
        raise ValidationError({"prescription": _("This exercise has ended. Prescribe it anew.")})
    in_force = prescription.dose
    version = _build_version(prescription, in_force.number + 1, dose, by, now or timezone.now(), reason)
    seen, told = replaces in (None, in_force.number), {"who": in_force.by.name, "dose": _describe_dose(prescription)}
    if replaces is not None and seen and in_force.has_same_dose_as(version):
        raise ValidationError({"prescription": _("This is the dose in force. Change something, or leave it as it is.")})
    if not seen and not in_force.is_same_version_as(version):
        said = _("%(who)s changed this dose meanwhile: %(dose)s Press again to put yours in its place.")
        raise ValidationError({"prescription": ValidationError(said % told, code=CONCURRENT_CHANGE)})
    return version


def amend_prescription(
    prescription: Prescription,
    dose: Dose,
    *,
    by: Practitioner,
    reason: str,
    replaces: int | None = None,
    now: dt.datetime | None = None,
) -> PrescriptionVersion:
    """Change the dose: a new version; the earlier ones stay. Raises ValidationError by field.

    Args:
        replaces: the number of the version that the practitioner was shown. When another is in force by now, that one
            is given back if it is the very same, as after a second press, and the change is refused if not. None:
            whatever is in force.
    """
    now = now or timezone.now()
    with transaction.atomic():
        # Its state too is read under the lock: it may have ended a moment ago.
        rows = Prescription.objects.select_related("client__clinic", "exercise").select_for_update(of=("self",))
        locked = rows.get(pk=prescription.pk)
        version = draft_amendment(locked, dose, by=by, reason=reason, replaces=replaces, now=now)
        if replaces is not None and version.number != replaces + 1:
            return locked.dose
        version.save()
        planning.set_schedules(locked, now)
        audit.record(by.user, audit.Verb.PRESCRIPTION_CHANGED, locked, locked.client.clinic)
    return version


def hold_prescription(
    prescription: Prescription, *, by: AbstractBaseUser, reason: str, now: dt.datetime | None = None
) -> None:
    """Pause the exercise; its reminders stop. Raises ValidationError when it is not active."""
    now = now or timezone.now()
    with transaction.atomic():
        PainTrend.objects.select_for_update().get(prescription=prescription)
        if not lifecycle.put_on_hold(prescription, _clean_reason(reason), now, by):
            raise _state_error(prescription, _("Only an active exercise can be held."))
        audit.record(by, audit.Verb.PRESCRIPTION_HELD, prescription, prescription.client.clinic)
        worklist_entries.update_entries(prescription.client_id)


def resume_prescription(
    prescription: Prescription, *, by: AbstractBaseUser, reason: str, now: dt.datetime | None = None
) -> None:
    """Go on after a hold: a practitioner's act. The response rule starts again: the sessions before were answered for.

    Raises ValidationError when it is not held.
    """
    with transaction.atomic():
        row = PainTrend.objects.select_for_update().get(prescription=prescription)
        _change_state(
            prescription, [State.HELD], State.ACTIVE, by, reason, now, _("Only a held exercise can be resumed.")
        )
        engine.restart_rule(row, Flag.Kind.EXERCISE_HURTS)


def end_prescription(
    prescription: Prescription, *, by: AbstractBaseUser, reason: str, now: dt.datetime | None = None
) -> None:
    """End the exercise for good. Raises ValidationError when it has ended."""
    _change_state(prescription, [State.ACTIVE, State.HELD], State.ENDED, by, reason, now, _("This exercise has ended."))


def _change_state(
    prescription: Prescription,
    leaves: list[str],
    to: str,
    by: AbstractBaseUser,
    reason: str,
    now: dt.datetime | None,
    complaint: str,
) -> None:
    now, reason = now or timezone.now(), _clean_reason(reason)
    with transaction.atomic():
        PainTrend.objects.select_for_update().get(prescription=prescription)  # first, as every verb that locks it does
        if not Prescription.objects.change_state(prescription, leaves=leaves, to=to, reason=reason, by=by, at=now):
            raise _state_error(prescription, complaint)
        planning.set_schedules(prescription, now)
        audit.record(by, _STATE_VERBS[to], prescription, prescription.client.clinic)
        worklist_entries.update_entries(prescription.client_id)


def keep_dose_template(name: str, exercise: Exercise, dose: Dose, by: Practitioner) -> None:
    """Keep a checked dose as a template of the clinic. Raises ValidationError on ``keep_as``."""
    days = (dose.ends_on - dose.starts_on).days + 1 if dose.ends_on else 0
    weeks = min(max(1, round(days / 7)), LONGEST_WEEKS) if days > 0 else None
    pattern = dose_templates.Pattern(name, dose.days, dose.times, dose.sets, dose.hold_seconds, dose.variation, weeks)
    try:
        dose_templates.add_template(exercise, pattern, by=by)
    except ValidationError as error:
        # Days, times and amount passed the plan's own check: only the name can be wrong.
        raise ValidationError({"keep_as": error.messages}) from error


def _build_version(
    prescription: Prescription, number: int, dose: Dose, by: Practitioner, now: dt.datetime, reason: str | None = None
) -> PrescriptionVersion:
    """The checked version; ``reason`` None: it needs none."""
    version = PrescriptionVersion(
        prescription=prescription,
        number=number,
        starts_on=dose.starts_on,
        ends_on=dose.ends_on,
        sets=dose.sets,
        hold_seconds=dose.hold_seconds,
        variation=dose.variation,
        mornings_allowed=dose.mornings_allowed,
        reason=(reason or "").strip()[:500],
        by=by,
        made_at=now,
    )
    wrong: dict[str, list[str]] = {"reason": [str(_SAY_WHY)]} if reason is not None and not version.reason else {}
    for field, parse, given in (("days", parse_days, dose.days), ("times", parse_times, dose.times)):
        try:
            setattr(version, field, parse(given))  # type: ignore[arg-type]
        except ValidationError as error:
            wrong[field] = error.messages
    if dose.ends_on is not None and dose.ends_on < dose.starts_on:
        wrong["ends_on"] = [_("The end is before the start.")]
    known = [variation.code for variation in prescription.exercise.variations_in(None)]
    if dose.variation and dose.variation not in known:
        wrong["variation"] = [
            _("“%(given)s” is not a variation of this exercise. Use: %(known)s.")
            % {"given": dose.variation[:60], "known": ", ".join(known)}
        ]
    try:
        version.clean_fields(exclude={"prescription", "by", *wrong})
    except ValidationError as error:
        wrong |= error.message_dict
    if wrong:
        raise ValidationError(wrong)
    return version


def _describe_dose(prescription: Prescription) -> str:
    """ "Every day at 18:00. Once. Hold for 30 seconds." """
    dose = prescription.dose
    return f"{dosage_text.describe_times(dose)} {dosage_text.describe_amount(dose, prescription.exercise.rest_seconds)}"


def _check_not_left(state: str) -> None:
    if state == Client.State.LEFT:
        raise ValidationError({"client": _("This client has left the clinic. Invite the client again first.")})


def _may(by: Practitioner) -> None:
    if not by.is_clinical:
        raise ValidationError({"practitioner": _("Only a practitioner may prescribe.")})


def _clean_reason(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _SAY_WHY})
    return reason.strip()[:500]


def _state_error(prescription: Prescription, complaint: str) -> ValidationError:
    prescription.refresh_from_db(fields=["state"])
    return ValidationError({"state": f"{complaint} ({prescription.get_state_display()})"})
