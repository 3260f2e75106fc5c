"""Silent clients: no report for three times their usual gap between reports, and for at least four days."""

from __future__ import annotations

import datetime as dt
import itertools
import math
from statistics import median

from django.db import transaction
from django.db.models import DateTimeField, Exists, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import override

from clinic.conf import conf
from clinic.flags import reasons
from clinic.flags.lifecycle import raise_flag, update_reason
from clinic.models import Client, Flag, FlagEvent, PainReport, PainTrend, Prescription, Reminder
from clinic.models.fields import zone

SHORTEST_SILENCE = dt.timedelta(days=4)
SILENT_AFTER_GAPS = 3
GAPS_COUNTED = 10
LOOKBACK = dt.timedelta(days=8)  # a weekly plan has a slot in it


def flag_silent_clients(now: dt.datetime) -> int:
    """Raise a ``silent`` flag for each silent client, unless paused or on hold; returns how many.

    Its reason says so where the reminders stopped because none was answered.
    """
    raised = sum(_flag_stopped_reminders(prescription, now) for prescription in _without_reminders(now))
    candidates = (
        Prescription.objects.filter(
            _not_paused_q(now), state=Prescription.State.ACTIVE, client__state=Client.State.JOINED
        )
        .exclude(Exists(Flag.objects.unresolved().filter(prescription=OuterRef("pk"), kind=Flag.Kind.SILENT)))
        .annotate(last_sign_at=Coalesce("trend__last_report_at", "client__consented_at", output_field=DateTimeField()))
        .filter(last_sign_at__lte=now - SHORTEST_SILENCE, state_since__lte=now - SHORTEST_SILENCE)
        .select_related("client__clinic", "client__practitioner", "trend")
    )
    return raised + sum(_flag_if_silent(prescription, now) for prescription in candidates)


def _not_paused_q(now: dt.datetime) -> Q:
    return Q(client__paused_until__isnull=True) | Q(client__paused_until__lte=now.date())


def _without_reminders(now: dt.datetime) -> QuerySet[Prescription]:
    """Active prescriptions of which a reminder was skipped lately because none is answered."""
    skipped = Reminder.objects.skipped_as_ignored(now - LOOKBACK).values("schedule__prescription")
    active = Prescription.objects.filter(_not_paused_q(now), pk__in=skipped, state=Prescription.State.ACTIVE)
    return active.select_related("client__clinic", "client__practitioner", "trend")


def _flag_stopped_reminders(prescription: Prescription, now: dt.datetime) -> bool:
    """Raise the flag, or update the reason of the unresolved one. Returns whether it was raised."""
    with transaction.atomic(), override(prescription.client.clinic.language):
        row = PainTrend.objects.select_for_update().get(prescription=prescription)
        if row.last_report_at != prescription.trend.last_report_at:
            return False
        last = row.last_report_at
        day = last.astimezone(zone(prescription.client.time_zone)).date() if last else None
        reason = reasons.describe_stopped_reminders(conf.max_ignored_reminders, day)
        kind, severity = Flag.Kind.SILENT, Flag.Severity.ROUTINE
        if raise_flag(None, kind, severity, reason, now, prescription=prescription) is not None:
            return True
        update_reason(prescription, kind, reason, now)
        return False


def _flag_if_silent(prescription: Prescription, now: dt.datetime) -> bool:
    time_zone, back_on = zone(prescription.client.time_zone), prescription.client.paused_until
    version, last = prescription.dose, prescription.trend.last_report_at
    if version.ends_on is not None and version.ends_on < now.astimezone(time_zone).date():
        return False
    start = dt.datetime.combine(version.starts_on, dt.time.min, time_zone)
    back = dt.datetime.combine(back_on, dt.time.min, time_zone) if back_on else None
    resolved = FlagEvent.objects.filter(
        flag__prescription=prescription,
        flag__kind=Flag.Kind.SILENT,
        verb=FlagEvent.Verb.RESOLVED,
        by__isnull=False,  # null: by the rules, on the next report
    ).aggregate(at=Max("at"))["at"]
    moments = (last, prescription.state_since, start, back, resolved)
    last_sign_at = max(at for at in moments if at is not None)
    planned_gap = 7 / len(version.day_names)
    gap = _usual_gap(prescription) or planned_gap
    silent_for = now - last_sign_at
    if silent_for < max(SHORTEST_SILENCE, SILENT_AFTER_GAPS * dt.timedelta(days=gap)):
        return False
    with transaction.atomic(), override(prescription.client.clinic.language):
        row = PainTrend.objects.select_for_update().get(prescription=prescription)
        state = Prescription.objects.values_list("state", flat=True).get(pk=prescription.pk)
        if row.last_report_at != last or state != Prescription.State.ACTIVE:
            return False  # reported on or held since the list was read
        if last:
            reason = reasons.describe_silence(last.astimezone(time_zone).date(), max(1, math.floor(gap + 0.5)))
        else:
            reason = reasons.describe_missing_reports(last_sign_at.astimezone(time_zone).date())
        kind, severity = Flag.Kind.SILENT, Flag.Severity.ROUTINE
        return raise_flag(None, kind, severity, reason, now, prescription=prescription) is not None


def _usual_gap(prescription: Prescription) -> float | None:
    """The median of the last ten gaps between days with a report, in days; None before there are three."""
    latest = PainReport.objects.filter(prescription=prescription).order_by("-occurred_at")
    time_zone = zone(prescription.client.time_zone)
    times = latest.values_list("occurred_at", flat=True)[: 4 * GAPS_COUNTED]
    days = sorted({at.astimezone(time_zone).date() for at in times})[-GAPS_COUNTED - 1 :]
    gaps = [(later - earlier).days for earlier, later in itertools.pairwise(days)]
    return float(median(gaps)) if len(gaps) >= 3 else None
