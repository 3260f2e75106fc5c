"""Whom a mail about a client goes to, and its row: the next tick sends it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from clinic.conf import conf
from clinic.models import Absence, Client, Clinic, Flag, FlagEvent, Notice, Practitioner, SkipReason
from clinic.models.outbox import State

NOTICE_AGE = dt.timedelta(hours=24)
MIN_GAP = dt.timedelta(minutes=3)
"""So long after a mail the next one to the same person waits, and tells of all that came meanwhile; well within the
five minutes after which /readyz calls a notice late."""
OPENING_VERBS = (FlagEvent.Verb.RAISED, FlagEvent.Verb.REOPENED)
NOTIFYING_VERBS = (*OPENING_VERBS, FlagEvent.Verb.ESCALATED)


def find_recipients(client: Client, now: dt.datetime) -> list[Practitioner]:
    """The client's practitioner or, while that one is away, the cover.

    Where that is nobody, or nobody whom mail reaches at once: the owners. Where none of these takes mail at once
    either: whoever of them works here, for a mail that nobody gets helps no client.
    """
    away = Absence.objects.at(now).filter(practitioner=client.practitioner_id).select_related("cover").first()
    treats = away.cover if away is not None else client.practitioner
    first = [] if treats is None else list(Practitioner.objects.filter(pk=treats.pk, active=True).clinical())
    at_once = [one for one in first if one.urgent_mail and one.undeliverable_since is None]
    others = at_once or find_owner_recipients(client.clinic, now) or first or list(active_owners(client.clinic))
    return others or [client.practitioner] * client.practitioner.active


def find_owner_recipients(clinic: Clinic, now: dt.datetime) -> list[Practitioner]:
    """The owners who take mail at once; for one who is away, the cover."""
    found: dict[int, Practitioner] = {}
    for owner in active_owners(clinic):
        away = owner.absences.at(now).select_related("cover").first()
        stands_in = away.cover if away is not None else owner
        if stands_in is not None:
            found[stands_in.pk] = stands_in
    reached = Practitioner.objects.receiving_urgent_mail().filter(pk__in=found)
    return list(reached.order_by("pk"))


def active_owners(clinic: Clinic) -> QuerySet[Practitioner]:
    """Those at the head of a clinic who still work there."""
    return clinic.practitioners.filter(active=True, role=Practitioner.Role.OWNER)


def create_notices(flag: Flag, practitioners: Iterable[Practitioner], now: dt.datetime) -> None:
    """The row of a mail to each of these that the client needs a look.

    Somebody who had such a mail just now gets the next after `BREATH`, for all that comes meanwhile: a day on which
    everything happens at once does not fill a mailbox, and the first mail led to the worklist already.
    """
    for told in practitioners:
        try_at = _earliest_try(told, now)
        Notice.objects.create(
            practitioner=told, flag=flag, due_at=now, try_at=try_at, expires_at=now + NOTICE_AGE,
            message_id=f"notice.{flag.pk}.{told.pk}.{now:%Y%m%d%H%M%S%f}@{conf.mail_domain}",
        )  # fmt: skip


def notify_owners_instead(notice: Notice, now: dt.datetime) -> None:
    """The mail reached nobody and the flag is open: the owners who were not told yet are, or who stands in for them."""
    flag = Flag.objects.select_related("prescription__client__clinic").get(pk=notice.flag_id)
    if flag.state == Flag.State.OPEN:
        clinic, known = flag.prescription.client.clinic, set(told(notice).values_list("practitioner", flat=True))
        at_once = [one for one in find_owner_recipients(clinic, now) if one.pk not in known]
        create_notices(flag, at_once or [owner for owner in active_owners(clinic) if owner.pk not in known], now)


def told(notice: Notice, verbs: Iterable[str] = NOTIFYING_VERBS) -> QuerySet[Notice]:
    """The mails of this flag, to anybody, since the last of these steps before this mail, tried in vain or not.

    A skipped one told nobody, unless another mail to the same person spoke for it.
    """
    event = find_event(notice, verbs)
    since = notice.flag.raised_at if event is None else event.at
    theirs = Notice.objects.filter(flag=notice.flag_id, due_at__gte=since)
    return theirs.filter(~Q(state=State.SKIPPED) | Q(status_detail=SkipReason.TOGETHER))


def find_event(notice: Notice, verbs: Iterable[str] = NOTIFYING_VERBS) -> FlagEvent | None:
    """The step of the flag that this mail is about, be it written at once or anew."""
    return notice.flag.events.filter(verb__in=verbs, at__lte=notice.due_at).order_by("-at", "-pk").first()


def is_escalation(notice: Notice) -> bool:
    """Whether this mail is of a flag that rose, as nobody looked, and not of one just raised."""
    event = find_event(notice)
    return event is not None and event.verb == FlagEvent.Verb.ESCALATED


def _earliest_try(told: Practitioner, now: dt.datetime) -> dt.datetime:
    theirs = Notice.objects.filter(practitioner=told)
    if theirs.filter(state=State.SENDING).exists():
        return now + MIN_GAP
    lately = theirs.filter(state=State.SENT, settled_at__gt=now - MIN_GAP, settled_at__lte=now)
    sent_at = lately.order_by("-sent_at").values_list("sent_at", flat=True).first()
    return now if sent_at is None else max(now, sent_at + MIN_GAP)
