"""Screen, prescribe, amend, hold, resume, end: what a practitioner does with an exercise for a client."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, signals, templating
from clinic.flags import judging, review, standing
from clinic.models import (
    Client,
    Flag,
    PainTrend,
    Practitioner,
    Prescription,
    PrescriptionVersion,
    ScreeningAnswer,
)
from clinic.models.dose_template import LONGEST_WEEKS
from clinic.models.fields import parse_days, parse_times
from clinic.reminders import planning
from clinic.reminders.schedule import window_conflicts
from exercises.models import Exercise

State = Prescription.State


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


@dataclass(frozen=True)
class Screened:
    """The answer to one precaution; a yes stands only with a reason."""

    answer: bool
    override_reason: str = ""


def screen(exercise: Exercise, screening: Mapping[str, Screened]) -> None:
    """Check that every precaution of the exercise was asked, and each yes has its reason.

    Raises ValidationError on ``screening`` naming the precautions.
    """
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


def morning_times(client: Client, dose: Dose) -> list[str]:
    """The times of the dose within two hours after the client gets up (Snook 1998), as HH:MM."""
    times = [dt.time.fromisoformat(time) for time in parse_times(dose.times).split(",")]
    return [f"{time:%H:%M}" for time in window_conflicts(times, client.wakes_at)]


def draft(
    client: Client,
    exercise: Exercise,
    dose: Dose,
    screening: Mapping[str, Screened],
    *,
    by: Practitioner,
    now: dt.datetime | None = None,
) -> PrescriptionVersion:
    """What :func:`prescribe` would store, for a look at it beforehand: all is checked and nothing stored.

    Raises ValidationError by field, as :func:`prescribe` does.
    """
    now = now or timezone.now()
    _may(by)
    if client.state == Client.State.LEFT:
        raise ValidationError({"client": _("This client has left the clinic. Invite the client again first.")})
    screen(exercise, screening)
    prescription = Prescription(client=client, exercise=exercise, prescribed_by=by, state=State.ACTIVE, state_since=now)
    return _version(prescription, 1, dose, by, now)


def prescribe(
    client: Client,
    exercise: Exercise,
    dose: Dose,
    screening: Mapping[str, Screened],
    *,
    by: Practitioner,
    keep_as: str = "",
    now: dt.datetime | None = None,
) -> Prescription:
    """Prescribe an exercise: the plan, the screening it rests on and its reminders, in one transaction.

    Args:
        keep_as: the name under which the clinic keeps this dose as a template; empty: it does not.

    Raises ValidationError by field; nothing is stored then.
    """
    now = now or timezone.now()
    version = draft(client, exercise, dose, screening, by=by, now=now)
    prescription = version.prescription
    with transaction.atomic():
        if keep_as.strip():
            keep(keep_as, exercise, dose, by)
        prescription.save()
        version.prescription = prescription  # its number is known only now
        version.save()
        ScreeningAnswer.objects.bulk_create(
            ScreeningAnswer(
                prescription=prescription,
                code=code,
                answer=given.answer,
                override_reason=given.override_reason.strip()[:500],
                by=by,
                answered_at=now,
            )
            for code, given in screening.items()
        )
        PainTrend.objects.create(prescription=prescription)
        planning.set_schedules(prescription, now)
        audit.record(by.user, "prescribed", prescription, client.clinic)
        standing.restate(client.pk)
        transaction.on_commit(partial(signals.prescription_made.send_robust, Prescription, prescription=prescription))
    return prescription


def amend(
    prescription: Prescription, dose: Dose, *, by: Practitioner, reason: str, now: dt.datetime | None = None
) -> PrescriptionVersion:
    """Change the dose: a new version; the earlier ones stay. Raises ValidationError by field."""
    now = now or timezone.now()
    _may(by)
    if prescription.state == State.ENDED:
        raise ValidationError({"prescription": _("This exercise has ended. Prescribe it anew.")})
    with transaction.atomic():
        locked = Prescription.objects.select_for_update().get(pk=prescription.pk)
        version = _version(locked, locked.dose.number + 1, dose, by, now, _reason(reason))
        version.save()
        planning.set_schedules(locked, now)
        audit.record(by.user, "amended", locked, locked.client.clinic)
    return version


def hold(prescription: Prescription, *, by: AbstractBaseUser, reason: str, now: dt.datetime | None = None) -> None:
    """Pause the exercise; its reminders stop. Raises ValidationError when it is not active."""
    now = now or timezone.now()
    with transaction.atomic():
        PainTrend.objects.select_for_update().get(prescription=prescription)
        if not review.hold(prescription, _reason(reason), now, by):
            raise _wrong_state(prescription, _("Only an active exercise can be held."))
        audit.record(by, "held", prescription, prescription.client.clinic)
        standing.restate(prescription.client_id)


def resume(prescription: Prescription, *, by: AbstractBaseUser, reason: str, now: dt.datetime | None = None) -> None:
    """Go on after a hold: a practitioner's act. The response rule starts again: the sessions before were answered for.

    Raises ValidationError when it is not held.
    """
    with transaction.atomic():
        row = PainTrend.objects.select_for_update().get(prescription=prescription)
        _move(prescription, [State.HELD], State.ACTIVE, by, reason, now, _("Only a held exercise can be resumed."))
        judging.start_again(row, Flag.Kind.EXERCISE_HURTS)


def end(prescription: Prescription, *, by: AbstractBaseUser, reason: str, now: dt.datetime | None = None) -> None:
    """End the exercise for good. Raises ValidationError when it has ended."""
    _move(prescription, [State.ACTIVE, State.HELD], State.ENDED, by, reason, now, _("This exercise has ended."))


def _move(
    prescription: Prescription,
    leaves: list[str],
    to: str,
    by: AbstractBaseUser,
    reason: str,
    now: dt.datetime | None,
    complaint: str,
) -> None:
    now, reason = now or timezone.now(), _reason(reason)
    with transaction.atomic():
        PainTrend.objects.select_for_update().get(prescription=prescription)  # first, as every verb that locks it does
        if not Prescription.objects.move(prescription, leaves=leaves, to=to, reason=reason, by=by, at=now):
            raise _wrong_state(prescription, complaint)
        planning.set_schedules(prescription, now)
        audit.record(by, {"active": "resumed"}.get(to, to), prescription, prescription.client.clinic)
        standing.restate(prescription.client_id)


def keep(name: str, exercise: Exercise, dose: Dose, by: Practitioner) -> None:
    """Keep a checked dose as a template of the clinic. Raises ValidationError on ``keep_as``."""
    days = (dose.ends_on - dose.starts_on).days + 1 if dose.ends_on else 0
    weeks = min(max(1, round(days / 7)), LONGEST_WEEKS) if days > 0 else None
    pattern = templating.Pattern(name, dose.days, dose.times, dose.sets, dose.hold_seconds, dose.variation, weeks)
    try:
        templating.add(exercise, pattern, by=by)
    except ValidationError as error:
        # Days, times and amount passed the plan's own check: only the name can be wrong.
        raise ValidationError({"keep_as": error.messages}) from error


def _version(
    prescription: Prescription, number: int, dose: Dose, by: Practitioner, now: dt.datetime, reason: str = ""
) -> PrescriptionVersion:
    version = PrescriptionVersion(
        prescription=prescription,
        number=number,
        starts_on=dose.starts_on,
        ends_on=dose.ends_on,
        sets=dose.sets,
        hold_seconds=dose.hold_seconds,
        variation=dose.variation,
        mornings_allowed=dose.mornings_allowed,
        reason=reason,
        by=by,
        made_at=now,
    )
    wrong: dict[str, list[str]] = {}
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


def _may(by: Practitioner) -> None:
    if not by.is_clinical:
        raise ValidationError({"practitioner": _("Only a practitioner may prescribe.")})


def _reason(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("Say in a few words why.")})
    return reason.strip()[:500]


def _wrong_state(prescription: Prescription, complaint: str) -> ValidationError:
    prescription.refresh_from_db(fields=["state"])
    return ValidationError({"state": f"{complaint} ({prescription.get_state_display()})"})
