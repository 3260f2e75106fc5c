"""What the daily mail tells: numbers, and nothing about whom."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import astuple, dataclass

from django.db.models import Max, Min, OuterRef, Q, QuerySet, Subquery

from clinic.models import Client, Flag, FlagEvent, Invitation, PainReport, Practitioner, Registrant
from clinic.models.flag import rank
from clinic.models.outbox import State

INVITATION_OPEN_AFTER = dt.timedelta(days=3)
INVITATION_OPEN_UNTIL = dt.timedelta(days=30)
"""An invitation counts as not taken from 3 to 30 days after it went out: before, nobody need worry; after, it was
said often enough, and a mail that says the same each day is not read."""

LONGEST_PERIOD = dt.timedelta(days=7)  # reports of more than a week are no news


@dataclass(frozen=True)
class DigestCounts:
    """How many; all zero: nothing to tell."""

    urgent: int = 0  # clients by the worst of the flags that nobody acknowledged
    high: int = 0
    routine: int = 0
    silent: int = 0  # of these clients, those who are not heard of
    reports: int = 0  # since the last daily mail
    registrants: int = 0
    invitations: int = 0  # not taken
    unseen: int = 0  # for an owner: clients of the clinic whose flag rose as nobody looked

    def __bool__(self) -> bool:
        return any(astuple(self))

    @property
    def to_look_at(self) -> int:
        """Clients with an open flag."""
        return self.urgent + self.high + self.routine


def count_for(who: Practitioner, since: dt.datetime | None, now: dt.datetime) -> DigestCounts:
    """The numbers for one practitioner, as of now; six queries at most.

    Args:
        since: when the last daily mail went out; None: never. Reports count from then on, a week at most.
    """
    clients = Client.objects.in_care_of(who)
    since = max(since, now - LONGEST_PERIOD) if since else now - LONGEST_PERIOD
    opened = _open_flags().filter(prescription__client__in=clients.values("pk"))
    worst = Counter(
        opened.order_by().values("prescription__client").annotate(worst=Min(rank())).values_list("worst", flat=True)
    )
    urgent, high, routine = (worst[place] for place in range(len(Flag.Severity.values)))
    reports = PainReport.objects.filter(prescription__client__in=clients.values("pk"), received_at__gt=since)
    return DigestCounts(
        urgent=urgent,
        high=high,
        routine=routine,
        silent=_count_clients(opened.filter(kind=Flag.Kind.SILENT)),
        reports=reports.filter(received_at__lte=now).count(),
        registrants=Registrant.objects.waiting().filter(clinic=who.clinic_id).count(),
        invitations=_count_open_invitations(clients, now),
        unseen=_count_escalated(who) if who.role == Practitioner.Role.OWNER else 0,
    )


def _open_flags() -> QuerySet[Flag]:
    """Flags that nobody acknowledged; of a client who left a warning sign alone, as on the worklist."""
    here = ~Q(prescription__client__state=Client.State.LEFT) | Q(severity=Flag.Severity.URGENT)
    return Flag.objects.filter(here, state=Flag.State.OPEN)


def _count_clients(flags: QuerySet[Flag]) -> int:
    return flags.order_by().values("prescription__client").distinct().count()


def _count_open_invitations(clients: QuerySet[Client], now: dt.datetime) -> int:
    invited = Invitation.objects.filter(client__in=clients.filter(state=Client.State.INVITED).values("pk"))
    sent = invited.filter(state=State.SENT).order_by().values("client").annotate(last=Max("sent_at"))
    return sent.filter(last__lte=now - INVITATION_OPEN_AFTER, last__gt=now - INVITATION_OPEN_UNTIL).count()


def _count_escalated(owner: Practitioner) -> int:
    """Clients of the clinic with an open flag whose last step was to go to the owner."""
    last = FlagEvent.objects.filter(flag=OuterRef("pk")).order_by("-at", "-pk").values("verb")[:1]
    opened = _open_flags().filter(prescription__client__clinic=owner.clinic_id)
    return _count_clients(opened.annotate(last=Subquery(last)).filter(last=FlagEvent.Verb.ESCALATED))
