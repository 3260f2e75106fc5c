"""Clients in order of need: whom a practitioner should look at first, with the reason in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, F, Min, OuterRef, Q, QuerySet, Subquery

from clinic.models import Client, Flag, FlagEvent, PainReport, PainTrend, Person, Practitioner, Prescription
from clinic.models.flag import rank

MOST_URGENT = Flag.Severity.values.index(Flag.Severity.URGENT)


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
    """Those whom this person treats: by the severity of the worst unresolved flag, then its age, then by name."""
    unresolved = Q(prescriptions__flags__isnull=False) & ~Q(prescriptions__flags__state=Flag.State.RESOLVED)
    return (
        Client.objects.treated_by(user)
        .with_cover(Practitioner.objects.of(user).clinical())
        .select_related("practitioner", "clinic")
        .annotate(
            worst=Min(rank("prescriptions__flags__severity"), filter=unresolved),
            flagged_at=Min("prescriptions__flags__raised_at", filter=unresolved),
        )
        .filter(~Q(state=Client.State.LEFT) | Q(worst=MOST_URGENT))  # a warning sign is looked at after leaving too
        .order_by(F("worst").asc(nulls_last=True), F("flagged_at").asc(nulls_last=True), "name", "pk")
    )


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
    running = Prescription.objects.running().filter(client__in=clients).select_related("trend", "exercise")
    for prescription in running.prefetch_related("exercise__texts"):
        prescriptions[prescription.client_id].append(prescription)
    reports = {report.prescription.client_id: report for report in _newest_reports(clients)}
    return [Entry(client, flags[client.pk], prescriptions[client.pk], reports.get(client.pk)) for client in clients]


def _newest_reports(clients: Sequence[Client]) -> QuerySet[PainReport]:
    theirs = PainReport.objects.filter(prescription__client=OuterRef("pk")).order_by("-occurred_at", "-pk")
    newest = Client.objects.filter(pk__in=[client.pk for client in clients]).values(
        newest=Subquery(theirs.values("pk")[:1])
    )
    return PainReport.objects.filter(pk__in=newest).select_related("prescription")
