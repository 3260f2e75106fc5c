"""Tell the practitioner that clients need a look: no health data, no name, one link; one mail for all that came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping

from django.core.mail import EmailMultiAlternatives
from django.db.models import Max, Q

from clinic.conf import conf
from clinic.flags import notice_recipients
from clinic.flags.notice_rerouting import reroute_notices
from clinic.mail.compose import letter
from clinic.models import Flag, Notice, Practitioner, SkipReason
from clinic.models.outbox import State


def guard(notices: list[Notice], now: dt.datetime) -> Mapping[int, SkipReason]:
    """A flag already seen needs no mail, and of several to one person the first goes for all.

    One whose own flag was seen still goes where others, skipped for its sake, wait behind it. Whose reader is away by
    now, or is not concerned any more, does not go: whoever treats the client gets one instead.
    """
    waiting = set(Flag.objects.filter(state=Flag.State.OPEN, notices__in=notices).values_list("notices", flat=True))
    left_over = _left_over({notice.practitioner_id for notice in notices})
    unwanted: dict[int, SkipReason] = {}
    told: set[int] = set()
    elsewhere = reroute_notices(notices, left_over, now)
    for notice in notices:
        whom = notice.practitioner_id
        if notice.pk in elsewhere and (notice.pk in waiting or whom in left_over):
            unwanted[notice.pk] = elsewhere[notice.pk]
        elif whom in told:
            unwanted[notice.pk] = SkipReason.TOGETHER if notice.pk in waiting else SkipReason.SETTLED
        elif notice.pk in waiting or whom in left_over:
            told.add(whom)
        else:
            unwanted[notice.pk] = SkipReason.SETTLED
    return unwanted


def compose(notice: Notice) -> EmailMultiAlternatives:
    practitioner = notice.practitioner
    ours = [notice.pk, *_left_over({practitioner.pk}).get(practitioner.pk, [])]
    flags = Flag.objects.filter(notices__in=ours, state=Flag.State.OPEN).distinct()
    clients = flags.order_by().values("prescription__client").distinct().count()
    return letter(
        "notice",
        to=(practitioner.name, practitioner.email),
        clinic=practitioner.clinic,
        language=practitioner.mail_language,
        message_id=notice.message_id,
        context={
            "practitioner": practitioner,
            "worklist_url": f"{conf.base_url}{conf.worklist_path}",
            "count": max(1, clients),
            "overdue": all(notice_recipients.is_escalation(one) for one in Notice.objects.filter(pk__in=ours)),
        },
    )


def _left_over(practitioners: Collection[int]) -> dict[int, list[int]]:
    """By practitioner, the open ones that were skipped as another mail was to tell of them, and none has since.

    A mail that was to speak for them may have failed, or wait for its next attempt.
    """
    ours = Notice.objects.filter(practitioner__in=practitioners)
    last = dict(
        Practitioner.objects.filter(pk__in=practitioners)
        .annotate(last=Max("notices__sent_at", filter=Q(notices__state=State.SENT)))
        .values_list("pk", "last")
    )
    skipped = ours.filter(state=State.SKIPPED, status_detail=SkipReason.TOGETHER, flag__state=Flag.State.OPEN)
    found: dict[int, list[int]] = {}
    for pk, whom, at in skipped.order_by("pk").values_list("pk", "practitioner", "settled_at"):
        if last[whom] is None or at > last[whom]:
            found.setdefault(whom, []).append(pk)
    return found
