"""Notices whose recipient no longer treats the client: after a handover, in an absence, at the end of a cover."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from clinic.flags.notice_recipients import (
    OPENING_VERBS,
    active_owners,
    create_notices,
    find_owner_recipients,
    find_recipients,
    is_escalation,
    told,
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
    """Write the mail of these notices anew for whoever else is to have it; returns which must not go, and why.

    Run twice it writes nothing twice. Where nobody else has it then, it goes to the reader all the same.

    Args:
        notices: about to go.
        left_over: by practitioner, the numbers of skipped ones for which such a mail was to speak.
    """
    unwanted: dict[int, SkipReason] = {}
    for notice in _notices_to_check([notice.pk for notice in notices], now):
        with transaction.atomic():
            why = _skip_reason(notice, now)
            elsewhere = _notify_current_recipients(notice, now)
            if why is not None and elsewhere:
                spoken_for = Notice.objects.filter(pk__in=left_over.get(notice.practitioner_id, ()))
                moved = [_notify_current_recipients(skipped, now) for skipped in spoken_for]
                if all(moved):
                    spoken_for.update(status_detail=why)  # or they would count as told, while nothing speaks for them
                    unwanted[notice.pk] = why
    return unwanted


def _notices_to_check(notices: Collection[int], now: dt.datetime) -> list[Notice]:
    """Those to look at more closely, by one query, as they are few: whose reader is away, or works here no more,

    or has it for a reason that may be gone by now: not as the client's practitioner, or as the flag rose.
    """
    out = Q(practitioner__active=False) | ~Q(practitioner__role__in=Practitioner.Role.clinical())
    away = Q(practitioner__in=Absence.objects.at(now).values("practitioner"))
    for_another = ~Q(practitioner=F("flag__prescription__client__practitioner"))
    risen = Q(Exists(FlagEvent.objects.filter(flag=OuterRef("flag"), verb=FlagEvent.Verb.ESCALATED)))
    found = Notice.objects.filter(pk__in=notices).filter(out | away | for_another | risen).order_by("pk")
    return list(found.select_related("practitioner", "flag"))


def _skip_reason(notice: Notice, now: dt.datetime) -> SkipReason | None:
    """Why the mail is not for its reader any more; None: it is."""
    reader, client = notice.practitioner, _client(notice)
    if not (reader.active and reader.is_clinical):
        return SkipReason.INACTIVE
    if reader.absences.at(now).exists():
        return SkipReason.ABSENT
    treats_or_heads = Q(practitioner=client.practitioner_id) | Q(practitioner__in=active_owners(client.clinic))
    covers = Absence.objects.at(now).filter(treats_or_heads, cover=reader)
    concerned = reader.role == Practitioner.Role.OWNER or reader.pk == client.practitioner_id or covers.exists()
    return None if concerned else SkipReason.WITHDRAWN


def _notify_current_recipients(notice: Notice, now: dt.datetime) -> bool:
    """A mail to each who would get it if it were written now and has had none. True: they have it instead.

    False: its reader is among them, or to those it is for no mail waits or went out. Who treats the client by now hears
    of a risen flag too, unless told since it was raised.
    """
    client = _client(notice)
    above = find_owner_recipients(client.clinic, now) if is_escalation(notice) else []
    treats = [who for who in find_recipients(client, now) if who not in above]
    is_open = notice.flag.state == Flag.State.OPEN
    for instead, mails in ((above, told(notice)), (treats, told(notice, OPENING_VERBS))) if is_open else ():
        known = set(mails.values_list("practitioner", flat=True))
        create_notices(notice.flag, [who for who in instead if who.pk not in known and who != notice.practitioner], now)
    if notice.practitioner in [*above, *treats]:
        return False
    in_vain = Q(state__in=[State.FAILED, State.BOUNCED]) | Q(state__in=OPEN, expires_at__lte=now)
    theirs = told(notice).filter(practitioner__in=above or treats).exclude(in_vain)
    return theirs.exists() if is_open else bool(above or treats)


def _client(notice: Notice) -> Client:
    return Client.objects.select_related("clinic", "practitioner").get(prescriptions__flags=notice.flag_id)
