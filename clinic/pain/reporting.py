"""Store and correct pain reports: report, rules, flags, hold and notice in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, signals
from clinic.flags import engine, lifecycle
from clinic.models import (
    Advice,
    AdviceText,
    Area,
    Client,
    Clinic,
    Correction,
    Flag,
    PainReport,
    PainTrend,
    Prescription,
    Reminder,
    ReportArea,
    WarningSign,
)
from clinic.models.fields import WORST_PAIN, zone
from clinic.models.prescription import LONGEST_REASON
from clinic.models.report import LONGEST_NOTE

CLOCK_TOLERANCE = dt.timedelta(minutes=5)
CLIENT_MAY_CORRECT_FOR = dt.timedelta(days=7)
SCORES = ("before", "after", "next_morning")


class KeyReused(Exception):
    """The idempotency key came before with other answers."""


class LinkUsed(Exception):
    """This reminder's link has brought a report already."""


@dataclass(frozen=True)
class Answers:
    """The answers of one report. Scores are whole numbers 0–10; None is "not answered", never 0."""

    occurred_at: dt.datetime
    did_exercise: bool
    before: int | None = None
    after: int | None = None
    next_morning: int | None = None
    areas: tuple[str, ...] = ()
    moved_down_leg: bool | None = None
    warning_signs: tuple[str, ...] = ()
    note: str = ""

    def fingerprint(self, prescription: Prescription) -> str:
        """Equal for equal answers about the same prescription."""
        values = {**asdict(self), "prescription": prescription.pk}
        values["occurred_at"] = self.occurred_at.astimezone(dt.UTC)
        values["areas"], values["warning_signs"] = sorted(set(self.areas)), sorted(set(self.warning_signs))
        return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


@dataclass(frozen=True)
class ReportResult:
    """The stored report and the flags it raised; ``repeated``: it was stored before, nothing was written."""

    report: PainReport
    flags: list[Flag]
    repeated: bool = False


def report_pain(
    prescription: Prescription,
    answers: Answers,
    *,
    by: AbstractBaseUser | None,
    source: PainReport.Source,
    key: str | None = None,
    reminder: Reminder | None = None,
    now: dt.datetime | None = None,
) -> ReportResult:
    """Store one report, run the rules, raise flags, and put the exercise on hold where they say so.

    Args:
        prescription: active or held.
        by: the person who answered; None: the holder of a mail link.
        source: the interface that received it.
        key: the caller's idempotency key, at most 200 characters.
        reminder: the reminder whose link was used; that link then no longer works.
        now: the instant of receipt.

    Raises:
        ValidationError: by field, nothing is stored.
        KeyReused: the key came with other answers before.
        LinkUsed: the reminder's link has brought a report already.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = PainTrend.objects.select_for_update().get(prescription=prescription)
        Client.objects.lock_for_writing(prescription.client_id)
        fingerprint = answers.fingerprint(prescription)
        if key and (earlier := _find_by_key(prescription, key)):
            if earlier.fingerprint != fingerprint:
                raise KeyReused(key)
            return ReportResult(earlier, list(earlier.raised_flags.by_need()), repeated=True)
        prescription.refresh_from_db(fields=["state"])
        _validate_answers(prescription, answers, now, new=True)
        stored = PainReport.objects.create(
            prescription=prescription,
            received_at=now,
            source=source,
            by_id=by.pk if by else None,
            idempotency_key=key or None,
            fingerprint=fingerprint,
            advice=Advice.THANKS,
            **_columns(answers),
        )
        _set_lists(stored, answers)
        if reminder is not None:
            used = not Reminder.objects.filter(pk=reminder.pk, answered_by=None).update(answered_by=stored)
            if used:
                raise LinkUsed(reminder.pk)
        advice, flags = lifecycle.raise_flags(stored, engine.assess_report(row, stored), now)
        _store_advice(stored, advice)
        _dismiss_onboarding(prescription.client.clinic, now)
        audit.record(by, audit.Verb.PAIN_REPORTED, stored, prescription.client.clinic)
        transaction.on_commit(partial(signals.report_made.send_robust, PainReport, report=stored))
    return ReportResult(stored, flags)


def correct_report(
    stored: PainReport,
    changes: Mapping[str, Any],
    *,
    reason: str,
    by: AbstractBaseUser | None,
    now: dt.datetime | None = None,
) -> ReportResult:
    """Change some answers of a stored report; the old ones stay as correction rows, the rules run again.

    Args:
        changes: fields of :class:`Answers` by name.
        reason: why, required.
        by: the person who corrects, see :func:`may_correct`; None: a command of the operator.

    Raises:
        ValidationError: by field, nothing is changed.
    """
    now = now or timezone.now()
    if not reason.strip():
        raise ValidationError({"reason": _("Say in a few words why it is corrected.")})
    if by is not None and not may_correct(stored, by, now):
        days = CLIENT_MAY_CORRECT_FOR.days
        raise ValidationError({"report": _("It is over %(days)s days old. Ask your practitioner.") % {"days": days}})
    with transaction.atomic():
        row = PainTrend.objects.select_for_update().get(prescription=stored.prescription_id)
        Client.objects.lock_for_writing(stored.prescription.client_id)
        stored.refresh_from_db()
        old = read_answers(stored)
        new = replace(old, **changes)
        _validate_answers(stored.prescription, new, now, new=False)
        before, after = asdict(old), asdict(new)
        changed = [name for name in before if before[name] != after[name]]
        if not changed:
            return ReportResult(stored, [])
        Correction.objects.bulk_create(
            Correction(
                report=stored,
                field=name,
                old=_as_text(before[name]),
                new=_as_text(after[name]),
                reason=reason.strip()[:LONGEST_REASON],
                by_id=by.pk if by else None,
                at=now,
            )
            for name in changed
        )
        columns = _columns(new)
        for name, value in columns.items():
            setattr(stored, name, value)
        stored.save(update_fields=[*columns])
        _set_lists(stored, new)
        advice, flags = lifecycle.raise_flags(stored, engine.replay_reports(row, stored), now, changed)
        _store_advice(stored, advice)
        audit.record(by, audit.Verb.PAIN_REPORT_CORRECTED, stored, stored.prescription.client.clinic)
    return ReportResult(stored, flags)


def may_correct(stored: PainReport, user: AbstractBaseUser, now: dt.datetime | None = None) -> bool:
    """A client may correct an own report for 7 days after its receipt, a practitioner who treats the client always."""
    prescription = stored.prescription
    if Prescription.objects.treated_by(user).filter(pk=prescription.pk).exists():
        return True
    is_recent = (now or timezone.now()) - stored.received_at <= CLIENT_MAY_CORRECT_FOR
    return is_recent and prescription.client.user_id == user.pk


def read_answers(stored: PainReport) -> Answers:
    """The answers of a stored report."""
    return Answers(
        occurred_at=stored.occurred_at,
        did_exercise=stored.did_exercise,
        before=stored.before,
        after=stored.after,
        next_morning=stored.next_morning,
        areas=tuple(stored.areas.values_list("area", flat=True)),
        moved_down_leg=stored.moved_down_leg,
        warning_signs=tuple(stored.warning_signs.values_list("code", flat=True)),
        note=stored.note,
    )


def _find_by_key(prescription: Prescription, key: str) -> PainReport | None:
    return PainReport.objects.filter(prescription__client=prescription.client_id, idempotency_key=key).first()


def _columns(answers: Answers) -> dict[str, Any]:
    names = ("occurred_at", "did_exercise", *SCORES, "moved_down_leg", "note")
    return {name: getattr(answers, name) for name in names}


def _set_lists(stored: PainReport, answers: Answers) -> None:
    stored.areas.all().delete()
    stored.warning_signs.all().delete()
    ReportArea.objects.bulk_create(ReportArea(report=stored, area=area) for area in dict.fromkeys(answers.areas))
    WarningSign.objects.bulk_create(
        WarningSign(report=stored, code=code) for code in dict.fromkeys(answers.warning_signs)
    )


def _store_advice(stored: PainReport, advice: Advice) -> None:
    """Store the advice, and the clinic's own text of it that the client reads."""
    client = stored.prescription.client
    stored.advice, stored.advice_text = advice, AdviceText.objects.in_force(client.clinic_id, advice, client.language)
    stored.save(update_fields=["advice", "advice_text"])


def _dismiss_onboarding(clinic: Clinic, now: dt.datetime) -> None:
    """The first report ends the clinic's onboarding."""
    if clinic.onboarding_dismissed_at is None:
        Clinic.objects.filter(pk=clinic.pk, onboarding_dismissed_at=None).update(onboarding_dismissed_at=now)
        clinic.onboarding_dismissed_at = now


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _validate_answers(prescription: Prescription, answers: Answers, now: dt.datetime, *, new: bool) -> None:
    """Raise ValidationError with every refused field and its remedy."""
    errors: dict[str, str] = {}
    for name in SCORES:
        score = getattr(answers, name)
        if score is not None and (type(score) is not int or not 0 <= score <= WORST_PAIN):
            errors[name] = _("A whole number from 0 (no pain) to 10 (worst imaginable).")
    if all(getattr(answers, name) is None for name in SCORES) and not answers.warning_signs:
        errors["before"] = _("Give at least one answer: pain before, after or the next morning.")
    first_day = prescription.versions.order_by("number").values_list("starts_on", flat=True)[0]
    start = dt.datetime.combine(first_day, dt.time.min, zone(prescription.client.time_zone))
    if answers.occurred_at > now + CLOCK_TOLERANCE:
        errors["occurred_at"] = _("That is in the future. Give the time when it happened.")
    elif answers.occurred_at < start:
        errors["occurred_at"] = _("That is before the exercise was prescribed to start.")
    if unknown := set(answers.areas) - set(Area.values):
        errors["areas"] = _("“%(area)s” is not an area. Use: %(areas)s.") % {
            "area": min(unknown)[:40],
            "areas": ", ".join(Area.values),
        }
    signs = [sign.code for sign in prescription.exercise.precautions_in(None) if sign.reported]
    if unknown := set(answers.warning_signs) - set(signs):
        errors["warning_signs"] = _("“%(sign)s” is not a sign asked here. Use: %(signs)s.") % {
            "sign": min(unknown)[:40],
            "signs": ", ".join(signs),
        }
    if len(answers.note) > LONGEST_NOTE:
        errors["note"] = _("At most %(most)s characters.") % {"most": LONGEST_NOTE}
    if new and prescription.state == Prescription.State.ENDED:
        errors["prescription"] = _("This exercise has ended; it takes no more reports.")
    if errors:
        raise ValidationError({field: [message] for field, message in errors.items()})
