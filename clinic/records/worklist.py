"""Clients in order of need: whom a practitioner should look at first, with the reason in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import Client, Flag, FlagEvent, PainReport, PainTrend, Person, Practitioner, Prescription
from clinic.models.standing import ORDER, reach


@dataclass(frozen=True)
class Entry:
    """One client on the worklist: all that is unresolved, most severe first, and what stands now.

    Each of the flags says as ``escalated`` whether it went to the owner.
    """

    client: Client
    flags: Sequence[Flag]
    prescriptions: Sequence[Prescription]
    last_report: PainReport | None

    @property
    def trend(self) -> PainTrend | None:
        """Of the prescription that was reported on last; None before any report."""
        heard = [(row.trend.last_report_at, row.trend) for row in self.prescriptions if row.trend.last_report_at]
        return max(heard, key=lambda pair: pair[0])[1] if heard else None


def in_order_of_need(user: Person) -> QuerySet[Client]:
    """Those whom this person treats: by the worst unresolved flag, the oldest nobody has looked at, then silence."""
    return needing(Practitioner.objects.of(user).select_related("clinic"))


def needing(memberships: Iterable[Practitioner]) -> QuerySet[Client]:
    """The same of a person whose active memberships are read already, each with its clinic."""
    listed = Client.objects.filter(Q(standing__listed=True) & reach(memberships))
    return listed.select_related("practitioner", "clinic", "standing__last_report__prescription").order_by(*ORDER)


def entries(clients: Sequence[Client]) -> list[Entry]:
    """What the list says of each of these; three queries, however many they are.

    Args:
        clients: rows of :func:`in_order_of_need`; their order is kept.
    """
    flags: dict[int, list[Flag]] = defaultdict(list)
    prescriptions: dict[int, list[Prescription]] = defaultdict(list)
    unresolved = Flag.objects.unresolved().by_need().filter(prescription__client__in=clients)
    escalated = FlagEvent.objects.filter(flag=OuterRef("pk"), verb=FlagEvent.Verb.ESCALATED)
    for flag in unresolved.annotate(escalated=Exists(escalated)).select_related("prescription__trend"):
        flags[flag.prescription.client_id].append(flag)
    running = Prescription.objects.running().filter(client__in=clients)
    running = running.select_related("trend", "exercise", "reminder_choice").order_by("-pk")
    for prescription in running.prefetch_related("exercise__texts"):
        prescriptions[prescription.client_id].append(prescription)
    return [
        Entry(client, flags[client.pk], prescriptions[client.pk], client.standing.last_report) for client in clients
    ]
