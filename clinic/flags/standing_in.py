"""A notice waits, and its reader has gone away or covers no more: it goes to whoever treats the client now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from django.db import transaction
from django.db.models import F, Max, Q

from clinic.flags.telling import heads, notify, who_treats
from clinic.models import Absence, Client, Flag, FlagEvent, Notice, Practitioner, Why

OPENED = [FlagEvent.Verb.RAISED, FlagEvent.Verb.REOPENED]


def tell_who_stands_in(
    notices: Collection[Notice], left_over: Mapping[int, Iterable[int]], now: dt.datetime
) -> dict[int, Why]:
    """Write the mail of these notices anew for whoever else is to have it; returns which must not go, and why.

    Run twice it writes nothing twice. Where nobody else is there, it goes to the reader all the same.

    Args:
        notices: about to go.
        left_over: by practitioner, the numbers of skipped ones for which such a mail was to speak.
    """
    unwanted: dict[int, Why] = {}
    for notice in _touched([notice.pk for notice in notices], now):
        with transaction.atomic():
            why = _why_not(notice, now)
            if _tell(notice, now) and why is not None:
                unwanted[notice.pk] = why
                for skipped in Notice.objects.filter(pk__in=left_over.get(notice.practitioner_id, ())):
                    _tell(skipped, now)
    return unwanted


def _touched(notices: Collection[int], now: dt.datetime) -> list[Notice]:
    """Those to look at more closely, by one query, as absences are rare: whose reader is away or works here no more,

    and those of a client whose practitioner was away at some time since, for the cover may have come, gone or changed.
    """
    out = Q(practitioner__active=False) | ~Q(practitioner__role__in=Practitioner.Role.clinical())
    away = Q(practitioner__in=Absence.objects.at(now).values("practitioner"))
    theirs = "flag__prescription__client__practitioner__absences"
    since = Q(**{f"{theirs}__begins_at__lte": now, f"{theirs}__ends_at__gte": F("due_at")})
    found = Notice.objects.filter(pk__in=notices).filter(out | away | since).distinct().order_by("pk")
    return list(found.select_related("practitioner", "flag"))


def _why_not(notice: Notice, now: dt.datetime) -> Why | None:
    """Why the mail is not for its reader any more; None: it is."""
    reader, treats = notice.practitioner, _client(notice).practitioner_id
    covers = Absence.objects.at(now).filter(practitioner=treats, cover=reader)
    if not (reader.active and reader.is_clinical):
        return Why.INACTIVE
    if reader.absences.at(now).exists():
        return Why.ABSENT
    concerned = reader.role == Practitioner.Role.OWNER or reader.pk == treats or covers.exists()
    return None if concerned else Why.WITHDRAWN


def _tell(notice: Notice, now: dt.datetime) -> bool:
    """A mail to each who would get it if it were written now and has had none. False: its reader is among them."""
    client, since = _client(notice), _since(notice)
    risen = since == notice.due_at and notice.flag.events.filter(verb=FlagEvent.Verb.ESCALATED, at=since).exists()
    instead = (heads(client.clinic, now) if risen else []) or who_treats(client, now)
    others = [who for who in instead if who.pk != notice.practitioner_id]
    if notice.flag.state == Flag.State.OPEN:
        told = Notice.objects.filter(flag=notice.flag_id, due_at__gte=since).values_list("practitioner", flat=True)
        known = set(told)
        notify(notice.flag, [who for who in others if who.pk not in known], now)
    return bool(others) and len(others) == len(instead)


def _since(notice: Notice) -> dt.datetime:
    """When the matter of this mail began: the flag was raised, opened again, or rose."""
    begins = [*OPENED, FlagEvent.Verb.ESCALATED]
    at: dt.datetime | None = notice.flag.events.filter(verb__in=begins, at__lte=notice.due_at).aggregate(at=Max("at"))[
        "at"
    ]
    return at or notice.flag.raised_at


def _client(notice: Notice) -> Client:
    return Client.objects.select_related("clinic", "practitioner").get(prescriptions__flags=notice.flag_id)
