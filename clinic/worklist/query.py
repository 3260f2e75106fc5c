"""Clients in order of need: whom a practitioner should look at first, with the reason in words."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from clinic.models import (
    Client,
    Flag,
    FlagEvent,
    PainReport,
    PainTrend,
    Person,
    Practitioner,
    Prescription,
    PrescriptionVersion,
    WorklistEntry,
)
from clinic.models.absence import covered_practitioners
from clinic.models.worklist_entry import NO_NEED, ORDER, visible_entries_q

MAX_COUNTED = 2000  # 40 pages: further down nobody turns page by page
FILTERS = ("held", "silent", "new")
SILENT_FOR = dt.timedelta(days=4)  # as the rule has it: clinic.flags.inactivity.LEAST
NEW_FOR = dt.timedelta(days=14)


@dataclass(frozen=True)
class Entry:
    """One client on the worklist: all that is unresolved, most severe first, and what stands now.

    Each of the flags says as ``escalated`` whether it went to the owner.
    """

    client: Client
    flags: Sequence[Flag]
    prescriptions: Sequence[Prescription]  # those that run
    versions: Mapping[int, Sequence[PrescriptionVersion]]  # of each, by its number, oldest first
    last_report: PainReport | None

    @property
    def trend(self) -> PainTrend | None:
        """Of the prescription that was reported on last; None before any report."""
        heard = [(row.trend.last_report_at, row.trend) for row in self.prescriptions if row.trend.last_report_at]
        return max(heard, key=lambda pair: pair[0])[1] if heard else None


def clients_by_need(user: Person) -> QuerySet[Client]:
    """Those whom this person treats: by the worst unresolved flag, the oldest nobody has looked at, then silence."""
    return listed_clients(Practitioner.objects.for_user(user).select_related("clinic"))


def listed_clients(memberships: Iterable[Practitioner]) -> QuerySet[Client]:
    """The same of a person whose active memberships are read already, each with its clinic."""
    listed = Client.objects.filter(Q(worklist_entry__listed=True) & visible_entries_q(memberships)).with_cover(
        memberships
    )
    return listed.select_related("practitioner", "clinic", "worklist_entry__last_report__prescription").order_by(*ORDER)


class Counts(NamedTuple):
    """How many of a list stand where; of more than COUNTED_AT_MOST only of the first, who are those in need."""

    listed: int
    needing: int
    held: int
    silent: int
    new: int

    @property
    def whole(self) -> bool:
        """Whether nobody was left out."""
        return self.listed <= MAX_COUNTED


def count_clients(memberships: Sequence[Practitioner], own: bool, now: dt.datetime) -> Counts:
    """Count in one statement that reads one more than COUNTED_AT_MOST index entries and no more.

    Args:
        own: only the clients of these memberships themselves, not their colleagues'.
    """
    listed = WorklistEntry.objects.filter(
        visible_entries_q(memberships, "") & (own_clients_q(memberships, "") if own else Q()), listed=True
    )
    first = listed.order_by("need", F("waits_since").asc(nulls_last=True))[: MAX_COUNTED + 1]
    told = first.aggregate(
        listed=Count("*"),
        needing=Count("pk", filter=Q(need__lt=NO_NEED)),
        **{which: Count("pk", filter=filter_q(which, now, "")) for which in FILTERS},
    )
    return Counts(**told)


def own_clients_q(memberships: Iterable[Practitioner], path: str = "worklist_entry__") -> Q:
    """The clients of these practitioners themselves, and those whom they cover for today."""
    return Q(**{f"{path}practitioner__in": sorted({one.pk for one in memberships} | covered_practitioners(memberships))})


def filter_q(which: str, now: dt.datetime, path: str = "worklist_entry__") -> Q:
    """The clients who are one of WHICH.

    held: an exercise of theirs is held. silent: nothing heard for SILENT_FOR, though an exercise runs. new: joined, or
    while they have not, invited, within NEW_FOR.
    """
    return {
        "held": Q(**{f"{path}held": True}),
        "silent": Q(**{f"{path}quiet_since__lte": now - SILENT_FOR}),
        "new": Q(**{f"{path}came_at__gt": now - NEW_FOR}),
    }[which]


def unacknowledged_q(severity: str = "", kind: str = "") -> Q:
    """The clients with a flag that nobody acknowledged, as the daily mail counts them.

    Args:
        severity: that of the worst of these; empty: any.
        kind: what one of them is about; empty: anything.
    """
    opened = Flag.objects.filter(prescription__client=OuterRef("pk"), state=Flag.State.OPEN)
    found = Q(Exists(opened.filter(kind=kind) if kind else opened))
    if severity:
        worse = Flag.Severity.values[: Flag.Severity.values.index(severity)]
        found &= Q(Exists(opened.filter(severity=severity))) & ~Q(Exists(opened.filter(severity__in=worse)))
    return found


def read_entries(clients: Sequence[Client]) -> list[Entry]:
    """What the list says of each of these; three queries, however many they are.

    Args:
        clients: rows of :func:`clients_by_need`; their order is kept.
    """
    flags: dict[int, list[Flag]] = defaultdict(list)
    prescriptions: dict[int, list[Prescription]] = defaultdict(list)
    unresolved = Flag.objects.unresolved().by_need().filter(prescription__client__in=clients)
    escalated = FlagEvent.objects.filter(flag=OuterRef("pk"), verb=FlagEvent.Verb.ESCALATED)
    for flag in unresolved.annotate(escalated=Exists(escalated)).select_related("prescription__trend"):
        flags[flag.prescription.client_id].append(flag)
    versions: dict[int, list[PrescriptionVersion]] = defaultdict(list)
    for version in _running(clients):
        if version.prescription_id not in versions:
            prescriptions[version.prescription.client_id].append(version.prescription)
        versions[version.prescription_id].append(version)
    return [
        Entry(
            client,
            flags[client.pk],
            own := sorted(prescriptions[client.pk], key=lambda row: -row.pk),
            {row.pk: versions[row.pk] for row in own},
            client.worklist_entry.last_report,
        )
        for client in clients
    ]


def _running(clients: Sequence[Client]) -> QuerySet[PrescriptionVersion]:
    """What they do, every version with its prescription: one query, where asking for each in turn is two."""
    theirs = PrescriptionVersion.objects.filter(prescription__client__in=clients).order_by("number")
    running = theirs.exclude(prescription__state=Prescription.State.ENDED)
    along = (f"prescription__{name}" for name in ("trend", "exercise", "reminder_choice"))
    return running.select_related(*along).prefetch_related("prescription__exercise__texts")
