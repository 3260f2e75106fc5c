"""Notices whose recipient no longer treats the client: after a handover, in an absence, at the end of a cover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from clinic.flags.notice_recipients import (
    NOTIFYING_VERBS,
    OPENING_VERBS,
    active_owners,
    create_notices,
    find_owner_recipients,
    find_recipients,
    is_escalation,
    notices_of_event,
)
from clinic.models import Absence, Client, Flag, FlagEvent, Notice, Practitioner, SkipReason
from clinic.models.flag import Severity
from clinic.models.outbox import OPEN, State


def notify_new_practitioner(
    client: Client,
    from_practitioner: Practitioner,
    to_practitioner: Practitioner,
    now: dt.datetime,
    *,
    by: AbstractBaseUser | None,
) -> int:
    """Notify the new practitioner of each unresolved urgent or high flag; inside the transaction of the handover.

    An acknowledged flag is opened again, as the colleague who acknowledged it no longer treats the client; so it
    escalates if the new practitioner does not look either. Notices not yet sent to the former one are withdrawn.

    Returns how many flags the new practitioner has now.
    """
    unresolved = Flag.objects.unresolved().filter(prescription__client=client).exclude(severity=Severity.ROUTINE)
    flags = list(unresolved.select_for_update().order_by("pk"))
    for flag in flags:
        if flag.state == Flag.State.ACKNOWLEDGED:
            Flag.objects.filter(pk=flag.pk, state=Flag.State.ACKNOWLEDGED).update(state=Flag.State.OPEN)
            FlagEvent.objects.create(flag=flag, verb=FlagEvent.Verb.REOPENED, by_id=by.pk if by else None, at=now)
    if from_practitioner.role != Practitioner.Role.OWNER:  # an owner is notified as the owner
        ready = Notice.objects.filter(
            practitioner=from_practitioner, flag__prescription__client=client, state=State.READY
        )
        ready.update(state=State.SKIPPED, settled_at=now, status_detail=SkipReason.WITHDRAWN)
    if by is None or by.pk != to_practitioner.user_id:  # whoever takes a client over knows it
        for flag in flags:
            create_notices(flag, [to_practitioner], now)
    return len(flags)


def reroute_notices(
    notices: Collection[Notice], left_over: Mapping[int, Iterable[int]], now: dt.datetime
) -> dict[int, SkipReason]:
    """Create notices to the current recipients where they changed; returns which of the old ones to skip, and why.

    Idempotent. A notice that nobody else gets still goes to its first recipient.

    Args:
        notices: about to be sent.
        left_over: by practitioner, the numbers of skipped notices that their next mail was to cover.
    """
    skipped: dict[int, SkipReason] = {}
    for notice in _notices_to_check([notice.pk for notice in notices], now):
        with transaction.atomic():
            reason = _skip_reason(notice, now)
            rerouted = _notify_current_recipients(notice, now)
            if reason is not None and rerouted:
                covered = Notice.objects.filter(pk__in=left_over.get(notice.practitioner_id, ()))
                all_rerouted = [_notify_current_recipients(row, now) for row in covered]
                if all(all_rerouted):
                    covered.update(status_detail=reason)  # no mail to this recipient covers them now
                    skipped[notice.pk] = reason
    return skipped


def _notices_to_check(notices: Collection[int], now: dt.datetime) -> list[Notice]:
    """The few notices whose recipient may have changed, by one query.

    The recipient is absent, inactive or not the client's practitioner, or the flag escalated.
    """
    inactive = Q(practitioner__active=False) | ~Q(practitioner__role__in=Practitioner.Role.clinical())
    absent = Q(practitioner__in=Absence.objects.at(now).values("practitioner"))
    of_another = ~Q(practitioner=F("flag__prescription__client__practitioner"))
    escalated = Q(Exists(FlagEvent.objects.filter(flag=OuterRef("flag"), verb=FlagEvent.Verb.ESCALATED)))
    rows = Notice.objects.filter(pk__in=notices).filter(inactive | absent | of_another | escalated).order_by("pk")
    return list(rows.select_related("practitioner", "flag"))


def _skip_reason(notice: Notice, now: dt.datetime) -> SkipReason | None:
    """Why the notice is no longer for its recipient; None: it is."""
    recipient, client = notice.practitioner, _client(notice)
    if not (recipient.active and recipient.is_clinical):
        return SkipReason.INACTIVE
    if recipient.absences.at(now).exists():
        return SkipReason.ABSENT
    treats_or_owns = Q(practitioner=client.practitioner_id) | Q(practitioner__in=active_owners(client.clinic))
    covers = Absence.objects.at(now).filter(treats_or_owns, cover=recipient)
    is_owner = recipient.role == Practitioner.Role.OWNER
    is_concerned = is_owner or recipient.pk == client.practitioner_id or covers.exists()
    return None if is_concerned else SkipReason.WITHDRAWN


def _notify_current_recipients(notice: Notice, now: dt.datetime) -> bool:
    """Notify each who would be a recipient now and has no notice. True: they have it instead of the old one.

    False: the old one is among them, or no mail to the new ones waits or went out. After an escalation whoever treats
    the client now is notified too, unless notified since the flag was raised.
    """
    client = _client(notice)
    owners = find_owner_recipients(client.clinic, now) if is_escalation(notice) else []
    treating = [row for row in find_recipients(client, now) if row not in owners]
    is_open = notice.flag.state == Flag.State.OPEN
    if is_open:
        for recipients, verbs in ((owners, NOTIFYING_VERBS), (treating, OPENING_VERBS)):
            notified = set(notices_of_event(notice, verbs).values_list("practitioner", flat=True))
            notified.add(notice.practitioner_id)
            create_notices(notice.flag, [row for row in recipients if row.pk not in notified], now)
    if notice.practitioner in [*owners, *treating]:
        return False
    undelivered = Q(state__in=[State.FAILED, State.BOUNCED]) | Q(state__in=OPEN, expires_at__lte=now)
    delivered = notices_of_event(notice).filter(practitioner__in=owners or treating).exclude(undelivered)
    return delivered.exists() if is_open else bool(owners or treating)


def _client(notice: Notice) -> Client:
    return Client.objects.select_related("clinic", "practitioner").get(prescriptions__flags=notice.flag_id)
