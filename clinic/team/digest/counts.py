"""The numbers in the daily mail; no names."""

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
"""An invitation counts as open from 3 to 30 days after it was sent: not earlier, since clients need time, and not
later, since a mail that repeats the same every day is not read."""

LONGEST_PERIOD = dt.timedelta(days=7)  # older reports are not counted


@dataclass(frozen=True)
class DigestCounts:
    """The counts of one mail; all zero: no mail."""

    urgent: int = 0  # clients by the most severe of their unacknowledged flags
    high: int = 0
    routine: int = 0
    silent: int = 0  # of these clients, those with a flag for missing reports
    reports: int = 0  # since the last daily mail
    registrants: int = 0
    invitations: int = 0  # not accepted
    escalated: int = 0  # for an owner: clients of the clinic with an escalated flag

    def __bool__(self) -> bool:
        return any(astuple(self))

    @property
    def flagged_clients(self) -> int:
        """Clients with an open flag."""
        return self.urgent + self.high + self.routine


def count_for(practitioner: Practitioner, since: dt.datetime | None, now: dt.datetime) -> DigestCounts:
    """Count for one practitioner, as of now, in at most six queries.

    Args:
        since: when the last daily mail was sent; None: never. Reports are counted since then, for a week at most.
    """
    clients = Client.objects.in_care_of(practitioner)
    since = max(since, now - LONGEST_PERIOD) if since else now - LONGEST_PERIOD
    open_flags = _open_flags().filter(prescription__client__in=clients.values("pk"))
    worst = Counter(
        open_flags.order_by().values("prescription__client").annotate(worst=Min(rank())).values_list("worst", flat=True)
    )
    urgent, high, routine = (worst[position] for position in range(len(Flag.Severity.values)))
    reports = PainReport.objects.filter(prescription__client__in=clients.values("pk"), received_at__gt=since)
    return DigestCounts(
        urgent=urgent,
        high=high,
        routine=routine,
        silent=_count_clients(open_flags.filter(kind=Flag.Kind.SILENT)),
        reports=reports.filter(received_at__lte=now).count(),
        registrants=Registrant.objects.waiting().filter(clinic=practitioner.clinic_id).count(),
        invitations=_count_open_invitations(clients, now),
        escalated=_count_escalated(practitioner) if practitioner.role == Practitioner.Role.OWNER else 0,
    )


def _open_flags() -> QuerySet[Flag]:
    """Unacknowledged flags; of a client who left only urgent ones, as on the worklist."""
    on_worklist = ~Q(prescription__client__state=Client.State.LEFT) | Q(severity=Flag.Severity.URGENT)
    return Flag.objects.filter(on_worklist, state=Flag.State.OPEN)


def _count_clients(flags: QuerySet[Flag]) -> int:
    return flags.order_by().values("prescription__client").distinct().count()


def _count_open_invitations(clients: QuerySet[Client], now: dt.datetime) -> int:
    invited = Invitation.objects.filter(client__in=clients.filter(state=Client.State.INVITED).values("pk"))
    sent = invited.filter(state=State.SENT).order_by().values("client").annotate(last=Max("sent_at"))
    return sent.filter(last__lte=now - INVITATION_OPEN_AFTER, last__gt=now - INVITATION_OPEN_UNTIL).count()


def _count_escalated(owner: Practitioner) -> int:
    """Count the clinic's clients with an open flag whose last event is an escalation."""
    last = FlagEvent.objects.filter(flag=OuterRef("pk")).order_by("-at", "-pk").values("verb")[:1]
    open_flags = _open_flags().filter(prescription__client__clinic=owner.clinic_id)
    return _count_clients(open_flags.annotate(last=Subquery(last)).filter(last=FlagEvent.Verb.ESCALATED))
