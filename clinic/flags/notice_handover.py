"""A client changes practitioner: what is unresolved must be seen by whoever treats them from now on."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.base_user import AbstractBaseUser

from clinic.flags.notice_recipients import notify
from clinic.models import Client, Flag, FlagEvent, Notice, Practitioner, SkipReason
from clinic.models.flag import Severity
from clinic.models.outbox import State


def pass_on(
    client: Client, was: Practitioner, to: Practitioner, now: dt.datetime, *, by: AbstractBaseUser | None
) -> int:
    """Tell the new practitioner of each urgent or high flag; inside the transaction of the hand-over.

    One that a colleague had acknowledged is open again, since that one is on it no more; so it rises to the owner if
    the new one does not look either. A notice that still waits for the former one does not go.

    Returns how many flags the new practitioner is told of.
    """
    theirs = Flag.objects.unresolved().filter(prescription__client=client).exclude(severity=Severity.ROUTINE)
    flags = list(theirs.select_for_update().order_by("pk"))
    for flag in flags:
        if flag.state == Flag.State.ACKNOWLEDGED:
            Flag.objects.filter(pk=flag.pk, state=Flag.State.ACKNOWLEDGED).update(state=Flag.State.OPEN)
            FlagEvent.objects.create(flag=flag, verb=FlagEvent.Verb.REOPENED, by_id=by.pk if by else None, at=now)
    if was.role != Practitioner.Role.OWNER:  # an owner was told as the owner
        waiting = Notice.objects.filter(practitioner=was, flag__prescription__client=client, state=State.READY)
        waiting.update(state=State.SKIPPED, settled_at=now, status_detail=SkipReason.WITHDRAWN)
    if by is None or by.pk != to.user_id:  # who takes a client over knows it
        for flag in flags:
            notify(flag, [to], now)
    return len(flags)
