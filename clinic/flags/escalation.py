"""Escalation: a flag open for the clinic's escalation hours gains one severity, and its owners are notified."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import DateTimeField, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from clinic import audit
from clinic.flags.notice_recipients import create_notices, find_owner_recipients, find_recipients
from clinic.models import Client, Clinic, Flag, FlagEvent
from clinic.models.flag import Severity
from clinic.worklist import entries as worklist_entries

NEXT_SEVERITY = {Severity.ROUTINE: Severity.HIGH, Severity.HIGH: Severity.URGENT, Severity.URGENT: Severity.URGENT}
CLINIC_PATH = "prescription__client__clinic"
OPENING_VERBS = [FlagEvent.Verb.RAISED, FlagEvent.Verb.REOPENED]


def escalate_flags(now: dt.datetime) -> int:
    """Escalate every overdue flag; returns how many. Idempotent, by two workers at once too.

    The hours run from the moment the flag was raised or reopened, and it escalates once: routine to high, high to
    urgent; an urgent one stays urgent. A second step would make every silence urgent over a weekend, and urgent would
    mean nothing. An acknowledged flag never escalates.
    """
    clinics = Clinic.objects.filter(pk__in=Flag.objects.filter(state=Flag.State.OPEN).values(CLINIC_PATH))
    all_hours = clinics.order_by("escalation_hours").values_list("escalation_hours", flat=True).distinct()
    return sum(
        _escalate_flag(pk, hours, now)
        for hours in list(all_hours)
        for pk in list(_overdue_flags(hours, now).order_by("pk").values_list("pk", flat=True))
    )


def _overdue_flags(hours: int, now: dt.datetime) -> QuerySet[Flag]:
    """Flags open for ``hours``, of the clinics with these escalation hours, and not escalated since."""
    escalated = FlagEvent.objects.filter(
        flag=OuterRef("pk"), verb=FlagEvent.Verb.ESCALATED, at__gte=OuterRef("opened_at")
    )
    return (
        Flag.objects.filter(state=Flag.State.OPEN, **{f"{CLINIC_PATH}__escalation_hours": hours})
        .exclude(prescription__client__state=Client.State.LEFT)
        .annotate(opened_at=_last_opened_at())
        .filter(opened_at__lte=now - dt.timedelta(hours=hours))
        .exclude(Exists(escalated))
    )


def _last_opened_at() -> Coalesce:
    """When a flag was raised or last reopened."""
    events = FlagEvent.objects.filter(flag=OuterRef("pk"), verb__in=OPENING_VERBS).order_by("-at")
    return Coalesce(Subquery(events.values("at")[:1]), F("raised_at"), output_field=DateTimeField())


def _escalate_flag(pk: int, hours: int, now: dt.datetime) -> bool:
    """Raise the severity by one, unless a person or another worker changed the flag since the list was read."""
    with transaction.atomic():
        flag = Flag.objects.select_for_update().filter(pk=pk, state=Flag.State.OPEN).first()
        if flag is None or not _overdue_flags(hours, now).filter(pk=pk).exists():
            return False
        higher = NEXT_SEVERITY[Severity(flag.severity)]
        unchanged = Flag.objects.filter(pk=pk, state=Flag.State.OPEN, severity=flag.severity)
        if not unchanged.update(severity=higher):
            return False
        FlagEvent.objects.create(flag=flag, verb=FlagEvent.Verb.ESCALATED, at=now)
        client = flag.prescription.client
        owners = find_owner_recipients(client.clinic, now)
        create_notices(flag, owners or find_recipients(client, now) or [client.practitioner], now)
        audit.record(None, audit.Verb.FLAG_ESCALATED, flag, client.clinic)
        worklist_entries.update_entries(client.pk)
    return True
