"""Prescribe, amend, hold, resume, end: what a practitioner does with an exercise for a client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, signals
from clinic.dosage.text import describe_amount, describe_times
from clinic.dosage.values import PlannedDosage
from clinic.flags import engine, lifecycle
from clinic.models import Client, Flag, PainTrend, Practitioner, Prescription, PrescriptionVersion
from clinic.models.dose_template import LONGEST_WEEKS
from clinic.models.fields import parse_times
from clinic.models.prescription import LONGEST_REASON
from clinic.prescriptions.dose_templates import add_template
from clinic.prescriptions.screening import ScreenedPrecaution, check_same_answers, store_screening, validate_screening
from clinic.reminders import planning
from clinic.reminders.schedule import window_conflicts
from clinic.worklist import entries as worklist_entries
from exercises.models import Exercise

State = Prescription.State
CONCURRENT_CHANGE = "meanwhile"  # the error code of a refusal until the practitioner has read what a colleague changed
_STATE_VERBS: dict[str, audit.Verb] = {
    State.ACTIVE: audit.Verb.PRESCRIPTION_RESUMED,
    State.ENDED: audit.Verb.PRESCRIPTION_ENDED,
}


def morning_times(client: Client, times: Sequence[str | dt.time]) -> list[str]:
    """The times within two hours after the client gets up (Snook 1998), as HH:MM."""
    parsed = [dt.time.fromisoformat(time) for time in parse_times(times).split(",")]
    return [f"{time:%H:%M}" for time in window_conflicts(parsed, client.wakes_at)]


def draft_prescription(
    client: Client,
    exercise: Exercise,
    dose: PlannedDosage,
    screening: Mapping[str, ScreenedPrecaution],
    *,
    by: Practitioner,
    now: dt.datetime | None = None,
) -> PrescriptionVersion:
    """The version that :func:`prescribe_exercise` would store, checked; nothing is stored.

    Raises ValidationError by field, as :func:`prescribe_exercise` does.
    """
    now = now or timezone.now()
    _check_may_prescribe(by, client)
    _check_not_left(client.state)
    validate_screening(exercise, screening)
    prescription = Prescription(client=client, exercise=exercise, prescribed_by=by, state=State.ACTIVE, state_since=now)
    return _build_version(prescription, 1, dose, by, now)


def prescribe_exercise(
    client: Client,
    exercise: Exercise,
    dose: PlannedDosage,
    screening: Mapping[str, ScreenedPrecaution],
    *,
    by: Practitioner,
    keep_as: str = "",
    displayed_plans: Collection[int] | None = None,
    now: dt.datetime | None = None,
) -> Prescription:
    """Prescribe an exercise: the plan, the screening it rests on and its reminders, in one transaction.

    Args:
        keep_as: the name under which the clinic keeps this dose as a template; empty: it does not.
        displayed_plans: the numbers of the client's running plans of this exercise on the practitioner's page. A plan
            prescribed since is returned when dose and answers are the same, as after a second press of the button;
            otherwise the new one is refused. None: no comparison.

    Raises ValidationError by field; nothing is stored then.
    """
    now = now or timezone.now()
    version = draft_prescription(client, exercise, dose, screening, by=by, now=now)
    prescription = version.prescription
    with transaction.atomic():
        # A second press of the button, and the client's departure, wait for each other here.
        _check_not_left(Client.objects.lock_for_writing(client.pk).state)
        repeated = None if displayed_plans is None else find_prescribed_since(version, screening, displayed_plans)
        if keep_as.strip():
            keep_dose_template(keep_as, exercise, dose, by)  # the second press may be the first to name it
        if repeated is not None:
            return repeated
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
    version: PrescriptionVersion, screening: Mapping[str, ScreenedPrecaution], displayed_plans: Collection[int]
) -> Prescription | None:
    """The plan prescribed since the practitioner saw ``displayed_plans``, when it is the same as ``version``.

    Raises ValidationError on ``prescription`` when that plan has another dose, or rests on other answers.
    """
    client, exercise = version.prescription.client, version.prescription.exercise
    running = Prescription.objects.running().filter(client=client, exercise__slug=exercise.slug)
    newer = next((plan for plan in running.order_by("-pk") if plan.pk not in displayed_plans), None)
    if newer is None:
        return None
    if newer.dose.is_same_version_as(version):
        check_same_answers(newer, screening)
        return newer
    params = {"who": newer.dose.by.name, "name": client.name, "dose": _describe_dose(newer)}
    message = _("%(who)s prescribed it for %(name)s meanwhile: %(dose)s Change that, or press again to give both.")
    raise ValidationError({"prescription": ValidationError(message % params, code=CONCURRENT_CHANGE)})


def draft_amendment(
    prescription: Prescription,
    dose: PlannedDosage,
    *,
    by: Practitioner,
    reason: str,
    replaces: int | None = None,
    now: dt.datetime | None = None,
) -> PrescriptionVersion:
    """What :func:`amend_prescription` would store, checked; it raises the same and stores nothing."""
    _check_may_prescribe(by, prescription.client)
    if prescription.state == State.ENDED:
        raise ValidationError({"prescription": _("This exercise has ended. Prescribe it anew.")})
    in_force = prescription.dose
    version = _build_version(prescription, in_force.number + 1, dose, by, now or timezone.now(), reason)
    if replaces == in_force.number and in_force.has_same_dose_as(version):
        raise ValidationError({"prescription": _("This is the dose in force. Change something, or leave it as it is.")})
    if replaces not in (None, in_force.number) and not in_force.is_same_version_as(version):
        params = {"who": in_force.by.name, "dose": _describe_dose(prescription)}
        message = _("%(who)s changed this dose meanwhile: %(dose)s Press again to put yours in its place.")
        raise ValidationError({"prescription": ValidationError(message % params, code=CONCURRENT_CHANGE)})
    return version


def amend_prescription(
    prescription: Prescription,
    dose: PlannedDosage,
    *,
    by: Practitioner,
    reason: str,
    replaces: int | None = None,
    now: dt.datetime | None = None,
) -> PrescriptionVersion:
    """Change the dose: a new version; the earlier ones stay. Raises ValidationError by field.

    Args:
        replaces: the number of the version on the practitioner's page. When another is in force by now, that one is
            returned if it is the same, as after a second press of the button; otherwise the change is refused.
            None: no comparison.
    """
    now = now or timezone.now()
    with transaction.atomic():
        Client.objects.lock_for_writing(prescription.client_id)
        # The state too is read under the lock: the plan may have ended a moment ago.
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
    """Put the exercise on hold; its reminders stop. Raises ValidationError when it is not active."""
    now = now or timezone.now()
    with transaction.atomic():
        PainTrend.objects.select_for_update().get(prescription=prescription)
        Client.objects.lock_for_writing(prescription.client_id)
        if not lifecycle.put_on_hold(prescription, _clean_reason(reason), now, by):
            raise _state_error(prescription, _("Only an active exercise can be held."))
        audit.record(by, audit.Verb.PRESCRIPTION_HELD, prescription, prescription.client.clinic)
        worklist_entries.update_entries(prescription.client_id)


def resume_prescription(
    prescription: Prescription, *, by: AbstractBaseUser, reason: str, now: dt.datetime | None = None
) -> None:
    """Go on after a hold. The response rule starts again: the sessions before it have been answered for.

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
    error_message: str,
) -> None:
    now, reason = now or timezone.now(), _clean_reason(reason)
    with transaction.atomic():
        PainTrend.objects.select_for_update().get(prescription=prescription)  # first, as in every service that locks it
        Client.objects.lock_for_writing(prescription.client_id)
        if not Prescription.objects.change_state(prescription, leaves=leaves, to=to, reason=reason, by=by, at=now):
            raise _state_error(prescription, error_message)
        planning.set_schedules(prescription, now)
        audit.record(by, _STATE_VERBS[to], prescription, prescription.client.clinic)
        worklist_entries.update_entries(prescription.client_id)


def keep_dose_template(name: str, exercise: Exercise, dose: PlannedDosage, by: Practitioner) -> None:
    """Keep a checked dose as a template of the clinic. Raises ValidationError on ``keep_as``."""
    days = (dose.ends_on - dose.starts_on).days + 1 if dose.ends_on else 0
    weeks = min(max(1, round(days / 7)), LONGEST_WEEKS) if days > 0 else None
    try:
        add_template(exercise, name, dose, weeks=weeks, by=by)
    except ValidationError as error:
        # Days, times and amount passed the plan's own check: only the name can be refused.
        raise ValidationError({"keep_as": error.messages}) from error


def _build_version(
    prescription: Prescription, number: int, dose: PlannedDosage, by: Practitioner, now: dt.datetime, reason: str = ""
) -> PrescriptionVersion:
    """The checked version. Raises ValidationError by field."""
    version = PrescriptionVersion(
        prescription=prescription,
        number=number,
        reason=reason.strip()[:LONGEST_REASON],
        by=by,
        created_at=now,
        **vars(dose),
    )
    version.validate_dosage("prescription", "by")
    return version


def _describe_dose(prescription: Prescription) -> str:
    """ "Every day at 18:00. Once. Hold for 30 seconds." """
    dose = prescription.dose
    return f"{describe_times(dose)} {describe_amount(dose, prescription.exercise.rest_seconds)}"


def _check_not_left(state: str) -> None:
    if state == Client.State.LEFT:
        raise ValidationError({"client": _("This client has left the clinic. Invite the client again first.")})


def _check_may_prescribe(by: Practitioner, client: Client) -> None:
    if not by.treats_at(client.clinic_id):
        raise ValidationError({"practitioner": _("Only a practitioner may prescribe.")})


def _clean_reason(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("Say in a few words why.")})
    return reason.strip()[:LONGEST_REASON]


def _state_error(prescription: Prescription, message: str) -> ValidationError:
    prescription.refresh_from_db(fields=["state"])
    return ValidationError({"state": f"{message} ({prescription.get_state_display()})"})
