"""Tell the practitioner that a client needs a look: no health data, one link."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping

from django.core.mail import EmailMultiAlternatives

from clinic.conf import conf
from clinic.delivery import Mailbag, deliver
from clinic.letters import letter
from clinic.models import Flag, FlagEvent, Notice, Why


def send_due(now: dt.datetime | None = None) -> Counter[str]:
    """One tick: send every due notice whose flag nobody has looked at; returns how many ended in each state."""
    rows = Notice.objects.select_related("practitioner__user", "practitioner__clinic", "flag")
    return deliver(Mailbag(rows, guard, compose), now)


def guard(notices: list[Notice], now: dt.datetime) -> Mapping[int, Why]:
    """A flag already seen needs no mail."""
    waiting = Flag.objects.filter(state=Flag.State.OPEN, notices__in=notices).values_list("notices", flat=True)
    return {notice.pk: Why.SETTLED for notice in notices if notice.pk not in set(waiting)}


def compose(notice: Notice) -> EmailMultiAlternatives:
    practitioner = notice.practitioner
    return letter(
        "notice",
        to=(practitioner.name, practitioner.email),
        clinic=practitioner.clinic,
        language=practitioner.clinic.language,
        message_id=notice.message_id,
        context={
            "practitioner": practitioner,
            "worklist_url": f"{conf.base_url}{conf.worklist_path}",
            "overdue": _says_nobody_looked(notice),
        },
    )


def _says_nobody_looked(notice: Notice) -> bool:
    """Whether this is the mail of a flag that rose, and not that of one just raised."""
    return notice.flag.events.filter(verb=FlagEvent.Verb.ESCALATED, at=notice.due_at).exists()
