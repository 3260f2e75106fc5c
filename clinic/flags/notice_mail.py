"""The notice that clients need a look: no health data, no name, one link; one mail for all flags of the moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.core.mail import EmailMultiAlternatives
from django.db.models import Max, Q

from clinic.conf import conf
from clinic.flags import notice_recipients
from clinic.flags.notice_rerouting import reroute_notices
from clinic.mail.compose import build_email
from clinic.models import Flag, Notice, Practitioner, SkipReason
from clinic.models.outbox import State


def guard(notices: list[Notice], now: dt.datetime) -> Mapping[int, SkipReason]:
    """Skip notices of flags that are no longer open, and all but the first of several to one person.

    A notice whose own flag is closed still goes where it covers others that were skipped for it. One whose recipient
    is absent or no longer concerned is skipped: whoever treats the client gets one instead.
    """
    open_notices = set(
        Flag.objects.filter(state=Flag.State.OPEN, notices__in=notices).values_list("notices", flat=True)
    )
    left_over = _left_over({notice.practitioner_id for notice in notices})
    skipped: dict[int, SkipReason] = {}
    mailed: set[int] = set()
    rerouted = reroute_notices(notices, left_over, now)
    for notice in notices:
        recipient = notice.practitioner_id
        if notice.pk in rerouted and (notice.pk in open_notices or recipient in left_over):
            skipped[notice.pk] = rerouted[notice.pk]
        elif recipient in mailed:
            skipped[notice.pk] = SkipReason.TOGETHER if notice.pk in open_notices else SkipReason.SETTLED
        elif notice.pk in open_notices or recipient in left_over:
            mailed.add(recipient)
        else:
            skipped[notice.pk] = SkipReason.SETTLED
    return skipped


def compose(notice: Notice) -> EmailMultiAlternatives:
    practitioner = notice.practitioner
    covered = [notice.pk, *_left_over({practitioner.pk}).get(practitioner.pk, [])]
    flags = Flag.objects.filter(notices__in=covered, state=Flag.State.OPEN).distinct()
    clients = flags.order_by().values("prescription__client").distinct().count()
    return build_email(
        "notice",
        to=(practitioner.name, practitioner.email),
        clinic=practitioner.clinic,
        language=practitioner.mail_language,
        message_id=notice.message_id,
        context={
            "practitioner": practitioner,
            "worklist_url": f"{conf.base_url}{conf.worklist_path}",
            "count": max(1, clients),
            "overdue": all(notice_recipients.is_escalation(row) for row in Notice.objects.filter(pk__in=covered)),
        },
    )


def _left_over(practitioners: Collection[int]) -> dict[int, list[int]]:
    """By practitioner, the notices of open flags that were skipped for another mail, and no mail went out since.

    The mail that was to cover them may have failed, or wait for its next attempt.
    """
    notices = Notice.objects.filter(practitioner__in=practitioners)
    last_sent = dict(
        Practitioner.objects.filter(pk__in=practitioners)
        .annotate(last_sent=Max("notices__sent_at", filter=Q(notices__state=State.SENT)))
        .values_list("pk", "last_sent")
    )
    skipped = notices.filter(state=State.SKIPPED, status_detail=SkipReason.TOGETHER, flag__state=Flag.State.OPEN)
    left_over: dict[int, list[int]] = {}
    for pk, recipient, at in skipped.order_by("pk").values_list("pk", "practitioner", "settled_at"):
        if last_sent[recipient] is None or at > last_sent[recipient]:
            left_over.setdefault(recipient, []).append(pk)
    return left_over
