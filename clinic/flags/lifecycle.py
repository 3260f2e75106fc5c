"""The life of a flag: raised by a report or a sweep, acknowledged, reopened, resolved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _, override

from clinic import audit, signals
from clinic.flags import engine, reasons, rule_settings
from clinic.flags.engine import Assessment
from clinic.flags.notice_recipients import create_notices, find_recipients
from clinic.models import Advice, Client, Flag, FlagEvent, PainReport, PainTrend, Prescription
from clinic.models.flag import MAX_NOTE, MAX_REASON, Kind, Severity
from clinic.worklist import entries as worklist_entries

LATE_AFTER = dt.timedelta(hours=1)  # after it happened a report counts as late
EVIDENCE_SESSIONS = 5  # behind a flag that the exercise hurts
WEEK = dt.timedelta(days=7)
RULE_FIELDS = frozenset({"occurred_at", "did_exercise", "before", "after", "next_morning"})  # read by the rules
ANSWER_FIELDS = RULE_FIELDS | {"warning_signs", "moved_down_leg"}
_AUDIT_VERBS = {
    FlagEvent.Verb.ACKNOWLEDGED: audit.Verb.FLAG_ACKNOWLEDGED,
    FlagEvent.Verb.RESOLVED: audit.Verb.FLAG_RESOLVED,
}


def raise_flags(
    report: PainReport, assessment: Assessment, now: dt.datetime, changed: Collection[str] | None = None
) -> tuple[Advice, list[Flag]]:
    """Raise the flags of a report and choose the advice to the client.

    Runs inside the report's transaction, with the trend row locked.

    Args:
        changed: the fields that a correction changed; only these can raise a flag, so that a corrected note does not
            undo a resolution. None: all are new.

    Returns:
        The advice and the new flags.
    """
    prescription = report.prescription
    raised: list[Flag | None] = []
    new = frozenset(ANSWER_FIELDS if changed is None else changed)
    if new.isdisjoint(RULE_FIELDS):
        assessment = Assessment()
    with override(prescription.client.clinic.language):
        signs = _sign_names(report)
        hurt = _find_hurt(report, assessment, leg_is_new="moved_down_leg" in new)
        at = report.occurred_at
        if signs and "warning_signs" in new:
            reason = reasons.describe_warning_signs(signs)
            raised.append(_raise_or_extend(prescription, report, Kind.RED_FLAG, Severity.URGENT, reason, now, due=at))
        if hurt:
            reason, evidence = hurt
            due = None if new == {"next_morning"} else at  # the next morning is reported later by nature
            raised.append(
                _raise_or_extend(
                    prescription, report, Kind.EXERCISE_HURTS, Severity.HIGH, reason, now, evidence, due=due
                )
            )
        if assessment.trend is not None and assessment.trend.flag and assessment.trend.score is not None:
            week = prescription.reports.filter(
                occurred_at__gt=report.occurred_at - WEEK, occurred_at__lte=report.occurred_at, before__isnull=False
            )
            reason = reasons.describe_worsening(assessment.trend)
            due = max(at, assessment.rising_since or at)  # not before this report
            raised.append(
                _raise_or_extend(prescription, report, Kind.WORSENING, Severity.HIGH, reason, now, week, due=due)
            )
        if (signs and "warning_signs" in new) or hurt:
            put_on_hold(prescription, _("warning sign") if signs else _("the exercise hurts"), now)
    if _resolve_silence(prescription, now) or raised or changed is not None:
        worklist_entries.update_entries(prescription.client_id)
    else:
        worklist_entries.record_last_report(report)
    return _choose_advice(report, bool(signs), bool(hurt)), [flag for flag in raised if flag is not None]


def _sign_names(report: PainReport) -> list[str]:
    codes = list(report.warning_signs.values_list("code", flat=True))
    if not codes:
        return []
    precautions = report.prescription.exercise.precautions_in(report.prescription.client.clinic.language)
    names = {precaution.code: precaution.sign for precaution in precautions}
    return [names.get(code) or code for code in codes]


def _find_hurt(
    report: PainReport, assessment: Assessment, *, leg_is_new: bool
) -> tuple[str, Iterable[PainReport]] | None:
    """The reason why the exercise hurts this client, and its evidence; None: there is none."""
    if leg_is_new and report.moved_down_leg:
        return reasons.describe_leg_pain(), [report]
    if assessment.session == "much_worse":
        return reasons.describe_strong_rise(report), [report]
    if assessment.standing == "stop":
        latest = report.prescription.reports.filter(
            did_exercise=True, before__isnull=False, after__isnull=False, occurred_at__lte=report.occurred_at
        ).order_by("-occurred_at", "-pk")
        sessions = list(latest[:EVIDENCE_SESSIONS])[::-1]
        return reasons.describe_hurting_sessions(sessions), sessions
    return None


def _choose_advice(report: PainReport, has_sign: bool, hurts: bool) -> Advice:
    if has_sign:
        return Advice.CALL_NOW
    held = report.prescription.state == Prescription.State.HELD
    if hurts or (held and report.did_exercise):
        return Advice.STOP
    if report.change is None or not report.did_exercise:
        return Advice.THANKS
    if report.change > 0:
        return Advice.STOP_TODAY
    return Advice.GO_ON if report.change < 0 else Advice.CARRY_ON


def raise_flag(
    report: PainReport | None,
    kind: Kind,
    severity: Severity,
    reason: str,
    now: dt.datetime,
    evidence: Iterable[PainReport] = (),
    *,
    prescription: Prescription | None = None,
    due: dt.datetime | None = None,
) -> Flag | None:
    """Raise one flag, with its event and, unless routine, the notices to practitioners.

    Args:
        report: the report that raised it; None for a sweep, which passes the ``prescription``.
        evidence: the reports behind it; ``report`` is added.
        due: when it would have been raised, had the reports come in time; stored if over LATE_AFTER ago.

    Returns:
        The new flag; None when one of this kind is unresolved, which then gains the evidence. If that one was
        acknowledged and is not routine, it is reopened with new notices.
    """
    prescription = report.prescription if report else prescription
    if prescription is None:
        raise TypeError("raise_flag needs a report or a prescription")
    with transaction.atomic():
        flag = _raise_or_extend(prescription, report, kind, severity, reason, now, evidence, due=due)
        worklist_entries.update_entries(prescription.client_id)
    return flag


def _raise_or_extend(
    prescription: Prescription,
    report: PainReport | None,
    kind: Kind,
    severity: Severity,
    reason: str,
    now: dt.datetime,
    evidence: Iterable[PainReport] = (),
    *,
    due: dt.datetime | None = None,
) -> Flag | None:
    """As raise_flag; the caller updates the worklist entry."""
    reports = {item.pk for item in evidence} | ({report.pk} if report else set())
    open_flag = Flag.objects.unresolved().filter(prescription=prescription, kind=kind).first()
    if open_flag is not None:
        open_flag.evidence.add(*reports)
        if severity != Severity.ROUTINE and kind != Kind.WORSENING:
            _reopen_flag(open_flag, now)
        return None
    flag = Flag.objects.create(
        prescription=prescription, kind=kind, severity=severity, reason=reason[:MAX_REASON],
        rule_version=rule_settings.version_of(prescription.client_id), raised_at=now, raised_by=report,
        due_at=due if due is not None and now - due > LATE_AFTER else None,
    )  # fmt: skip
    flag.evidence.set(reports)
    FlagEvent.objects.create(flag=flag, verb=FlagEvent.Verb.RAISED, at=now)
    if severity != Severity.ROUTINE:
        create_notices(flag, find_recipients(flag.prescription.client, now), now)
    transaction.on_commit(partial(signals.flag_raised.send_robust, Flag, flag=flag))
    return flag


def update_reason(prescription: Prescription, kind: Kind, reason: str, now: dt.datetime) -> None:
    """Replace the reason of the unresolved flag of this kind; an acknowledged one is reopened."""
    reason = reason[:MAX_REASON]
    outdated = Flag.objects.unresolved().filter(prescription=prescription, kind=kind).exclude(reason=reason)
    for flag in outdated.select_for_update():
        Flag.objects.filter(pk=flag.pk).update(reason=reason, state=Flag.State.OPEN)
        if flag.state == Flag.State.ACKNOWLEDGED:
            FlagEvent.objects.create(flag=flag, verb=FlagEvent.Verb.REOPENED, at=now)
            worklist_entries.update_entries(prescription.client_id)


def _reopen_flag(flag: Flag, now: dt.datetime) -> None:
    """acknowledged → open, with new notices, as it happened again."""
    if Flag.objects.filter(pk=flag.pk, state=Flag.State.ACKNOWLEDGED).update(state=Flag.State.OPEN):
        FlagEvent.objects.create(flag=flag, verb=FlagEvent.Verb.REOPENED, at=now)
        create_notices(flag, find_recipients(flag.prescription.client, now), now)


def put_on_hold(prescription: Prescription, reason: str, now: dt.datetime, by: AbstractBaseUser | None = None) -> bool:
    """active → held, until a practitioner resumes it. False: it was not active."""
    state = Prescription.State
    return Prescription.objects.change_state(
        prescription, leaves=[state.ACTIVE], to=state.HELD, reason=reason, by=by, at=now
    )


def acknowledge_flag(flag: Flag, by: AbstractBaseUser, note: str = "", now: dt.datetime | None = None) -> bool:
    """open → acknowledged: a practitioner takes care of it. False: it was acknowledged or resolved before."""
    with transaction.atomic():
        if note:
            Client.objects.lock_for_writing(flag.prescription.client_id)
        changed = Flag.objects.filter(pk=flag.pk, state=Flag.State.OPEN).update(state=Flag.State.ACKNOWLEDGED)
        if changed:
            _record_event(flag, FlagEvent.Verb.ACKNOWLEDGED, by, note, now)
            worklist_entries.update_entries(flag.prescription.client_id)
    flag.refresh_from_db(fields=["state"])
    return bool(changed)


def resolve_flag(
    flag: Flag, by: AbstractBaseUser | None, note: str, now: dt.datetime | None = None, *, verdict: str = ""
) -> bool:
    """Resolve the flag with a note and restart the rule behind it from the current pain.

    Args:
        by: None: the rules themselves.
        verdict: whether it was real, a value of Flag.Verdict; empty: no answer.

    Returns:
        False when it was resolved before.

    Raises:
        ValidationError: by field, ``note`` or ``verdict``; nothing is written then.
    """
    with transaction.atomic():
        changed = close_flag(flag, by, note, now, verdict=verdict)
        if changed:
            worklist_entries.update_entries(flag.prescription.client_id)
    return changed


def close_flag(
    flag: Flag, by: AbstractBaseUser | None, note: str, now: dt.datetime | None = None, *, verdict: str = ""
) -> bool:
    """As resolve_flag; the caller updates the worklist entry, after its other changes."""
    errors: dict[str, str] = {}
    if not note.strip():
        errors["note"] = _("Write in a few words what you found or did.")
    if verdict and verdict not in Flag.Verdict.values:
        errors["verdict"] = _("Was it real? Choose one of: %(known)s.") % {"known": ", ".join(Flag.Verdict.values)}
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        row = PainTrend.objects.select_for_update().get(prescription=flag.prescription_id)
        Client.objects.lock_for_writing(flag.prescription.client_id)
        changed = Flag.objects.unresolved().filter(pk=flag.pk).update(state=Flag.State.RESOLVED, verdict=verdict)
        if changed:
            _record_event(flag, FlagEvent.Verb.RESOLVED, by, note, now)
            engine.restart_rule(row, flag.kind)
            if flag.kind == Kind.UNDELIVERABLE:  # the address was checked: mail may go there again
                Client.objects.filter(prescriptions=flag.prescription_id).update(undeliverable_since=None)
            if flag.kind == Kind.SILENT and by is not None:  # somebody was in touch: unanswered reminders count anew
                Client.objects.filter(prescriptions=flag.prescription_id).update(reminders_since=now or timezone.now())
            transaction.on_commit(partial(signals.flag_resolved.send_robust, Flag, flag=flag))
    flag.refresh_from_db(fields=["state", "verdict"])
    return bool(changed)


def _record_event(
    flag: Flag, verb: FlagEvent.Verb, by: AbstractBaseUser | None, note: str, now: dt.datetime | None
) -> None:
    at = now or timezone.now()
    FlagEvent.objects.create(flag=flag, verb=verb, note=note.strip()[:MAX_NOTE], by_id=by.pk if by else None, at=at)
    audit.record(by, _AUDIT_VERBS[verb], flag, flag.prescription.client.clinic)


def _resolve_silence(prescription: Prescription, now: dt.datetime) -> bool:
    """Resolve a silent flag, as the client reports again; returns whether there was one."""
    silent = Flag.objects.unresolved().filter(prescription=prescription, kind=Kind.SILENT)
    resolved = [close_flag(flag, None, _("The client reported again."), now) for flag in silent]
    return any(resolved)
