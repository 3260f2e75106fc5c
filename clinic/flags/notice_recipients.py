"""The recipients of notices, and the rows of these mails, which the next tick sends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from clinic.conf import conf
from clinic.models import Absence, Client, Clinic, Flag, FlagEvent, Notice, Practitioner, SkipReason
from clinic.models.outbox import State

NOTICE_AGE = dt.timedelta(hours=24)
MIN_GAP = dt.timedelta(minutes=3)
"""Between two notices to one person; the second covers all flags raised meanwhile. Within the five minutes after
which /readyz calls a notice late."""
OPENING_VERBS = (FlagEvent.Verb.RAISED, FlagEvent.Verb.REOPENED)
NOTIFYING_VERBS = (*OPENING_VERBS, FlagEvent.Verb.ESCALATED)


def find_recipients(client: Client, now: dt.datetime) -> list[Practitioner]:
    """The client's practitioner or, during an absence, the cover.

    Where there is none, or none who takes urgent mail: the owners. Where no owner takes it either: whoever of them is
    active, so that somebody gets it.
    """
    absence = Absence.objects.at(now).filter(practitioner=client.practitioner_id).select_related("cover").first()
    practitioner = client.practitioner if absence is None else absence.cover
    treating = list(Practitioner.objects.filter(pk=practitioner.pk, active=True).clinical()) if practitioner else []
    reachable = [row for row in treating if row.urgent_mail and row.undeliverable_since is None]
    recipients = (
        reachable or find_owner_recipients(client.clinic, now) or treating or list(active_owners(client.clinic))
    )
    return recipients or [client.practitioner] * client.practitioner.active


def find_owner_recipients(clinic: Clinic, now: dt.datetime) -> list[Practitioner]:
    """The owners who take urgent mail; for an absent one, the cover."""
    numbers: set[int] = set()
    for owner in active_owners(clinic):
        absence = owner.absences.at(now).first()
        number = owner.pk if absence is None else absence.cover_id
        if number is not None:
            numbers.add(number)
    return list(Practitioner.objects.receiving_urgent_mail().filter(pk__in=numbers).order_by("pk"))


def active_owners(clinic: Clinic) -> QuerySet[Practitioner]:
    """The owners of a clinic who still work there."""
    return clinic.practitioners.filter(active=True, role=Practitioner.Role.OWNER)


def create_notices(flag: Flag, practitioners: Iterable[Practitioner], now: dt.datetime) -> None:
    """Create the row of a mail about this flag to each practitioner.

    Not sent within `MIN_GAP` of the last one to the same person: many flags at once do not fill a mailbox.
    """
    for practitioner in practitioners:
        try_at = _earliest_try(practitioner, now)
        Notice.objects.create(
            practitioner=practitioner, flag=flag, due_at=now, try_at=try_at, expires_at=now + NOTICE_AGE,
            message_id=f"notice.{flag.pk}.{practitioner.pk}.{now:%Y%m%d%H%M%S%f}@{conf.mail_domain}",
        )  # fmt: skip


def notify_owners_instead(notice: Notice, now: dt.datetime) -> None:
    """After an undeliverable notice: notify the owners, or their covers, who have none of this flag."""
    flag = Flag.objects.select_related("prescription__client__clinic").get(pk=notice.flag_id)
    if flag.state == Flag.State.OPEN:
        clinic = flag.prescription.client.clinic
        notified = set(notices_of_event(notice).values_list("practitioner", flat=True))
        reachable = [row for row in find_owner_recipients(clinic, now) if row.pk not in notified]
        create_notices(flag, reachable or [row for row in active_owners(clinic) if row.pk not in notified], now)


def notices_of_event(notice: Notice, verbs: Iterable[str] = NOTIFYING_VERBS) -> QuerySet[Notice]:
    """The notices of the same flag, to anybody, since the last event of these verbs before this notice.

    Without the skipped ones, unless another mail to the same person covered them.
    """
    event = find_event(notice, verbs)
    since = notice.flag.raised_at if event is None else event.at
    notices = Notice.objects.filter(flag=notice.flag_id, due_at__gte=since)
    return notices.filter(~Q(state=State.SKIPPED) | Q(status_detail=SkipReason.TOGETHER))


def find_event(notice: Notice, verbs: Iterable[str] = NOTIFYING_VERBS) -> FlagEvent | None:
    """The last event of these verbs before the notice: what it is about."""
    return notice.flag.events.filter(verb__in=verbs, at__lte=notice.due_at).order_by("-at", "-pk").first()


def is_escalation(notice: Notice) -> bool:
    """Whether the notice is about an escalation, and not about a flag raised or reopened."""
    event = find_event(notice)
    return event is not None and event.verb == FlagEvent.Verb.ESCALATED


def _earliest_try(practitioner: Practitioner, now: dt.datetime) -> dt.datetime:
    notices = Notice.objects.filter(practitioner=practitioner)
    if notices.filter(state=State.SENDING).exists():
        return now + MIN_GAP
    recent = notices.filter(state=State.SENT, settled_at__gt=now - MIN_GAP, settled_at__lte=now)
    sent_at = recent.order_by("-sent_at").values_list("sent_at", flat=True).first()
    return now if sent_at is None else max(now, sent_at + MIN_GAP)
