"""The worklist: clients in order of need, with their flags, prescriptions and last report."""

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
from clinic.models.worklist_entry import NEED_ORDER, NO_NEED, visible_entries_q

MAX_COUNTED = 2000  # clients, 40 pages
FILTERS = ("held", "silent", "new")
SILENT_FOR = dt.timedelta(days=4)  # as clinic.flags.inactivity.SHORTEST_SILENCE
NEW_FOR = dt.timedelta(days=14)


@dataclass(frozen=True)
class Entry:
    """One client on the worklist.

    ``flags``: the unresolved ones, most severe first, each annotated with ``escalated``.
    """

    client: Client
    flags: Sequence[Flag]
    prescriptions: Sequence[Prescription]  # the running ones
    versions: Mapping[int, Sequence[PrescriptionVersion]]  # by prescription number, oldest first
    last_report: PainReport | None

    @property
    def trend(self) -> PainTrend | None:
        """The trend of the prescription that was reported on last; None before any report."""
        trends = [(row.trend.last_report_at, row.trend) for row in self.prescriptions if row.trend.last_report_at]
        return max(trends, key=lambda pair: pair[0])[1] if trends else None


def clients_by_need(user: Person) -> QuerySet[Client]:
    """The clients whom this person treats: by the worst unresolved flag, the oldest open flag, then silence."""
    return listed_clients(Practitioner.objects.for_user(user).select_related("clinic"))


def listed_clients(memberships: Iterable[Practitioner]) -> QuerySet[Client]:
    """As :func:`clients_by_need`, of a person whose active memberships are read already, each with its clinic."""
    listed = Client.objects.filter(Q(worklist_entry__listed=True) & visible_entries_q(memberships)).with_cover(
        memberships
    )
    return listed.select_related("practitioner", "clinic", "worklist_entry__last_report__prescription").order_by(
        *NEED_ORDER
    )


class Counts(NamedTuple):
    """How many clients of a list are in each filter; of the first MAX_COUNTED only, who need most."""

    listed: int
    needing: int
    held: int
    silent: int
    new: int

    @property
    def is_complete(self) -> bool:
        """Whether every client of the list was counted."""
        return self.listed <= MAX_COUNTED


def count_clients(memberships: Sequence[Practitioner], own: bool, now: dt.datetime) -> Counts:
    """Count in one statement that reads at most MAX_COUNTED + 1 index entries.

    Args:
        own: leave out the clients of colleagues.
    """
    listed = WorklistEntry.objects.filter(
        visible_entries_q(memberships, "") & (own_clients_q(memberships, "") if own else Q()), listed=True
    )
    first = listed.order_by("need", F("open_flag_since").asc(nulls_last=True))[: MAX_COUNTED + 1]
    counts = first.aggregate(
        listed=Count("*"),
        needing=Count("pk", filter=Q(need__lt=NO_NEED)),
        **{name: Count("pk", filter=filter_q(name, now, "")) for name in FILTERS},
    )
    return Counts(**counts)


def own_clients_q(memberships: Iterable[Practitioner], path: str = "worklist_entry__") -> Q:
    """The clients of these practitioners themselves, and those whom they cover today."""
    return Q(
        **{
            f"{path}practitioner__in": sorted(
                {membership.pk for membership in memberships} | covered_practitioners(memberships)
            )
        }
    )


def filter_q(name: str, now: dt.datetime, path: str = "worklist_entry__") -> Q:
    """The clients of one of FILTERS.

    held: a prescription is on hold. silent: no report for SILENT_FOR, though a prescription is active. new: joined
    within NEW_FOR, or invited then and not yet joined.
    """
    return {
        "held": Q(**{f"{path}held": True}),
        "silent": Q(**{f"{path}silent_since__lte": now - SILENT_FOR}),
        "new": Q(**{f"{path}joined_or_invited_at__gt": now - NEW_FOR}),
    }[name]


def unacknowledged_q(severity: str = "", kind: str = "") -> Q:
    """The clients with an open flag, as the daily mail counts them.

    Args:
        severity: of the client's worst open flag; empty: any.
        kind: of one of the open flags; empty: any.
    """
    opened = Flag.objects.filter(prescription__client=OuterRef("pk"), state=Flag.State.OPEN)
    condition = Q(Exists(opened.filter(kind=kind) if kind else opened))
    if severity:
        worse = Flag.Severity.values[: Flag.Severity.values.index(severity)]
        condition &= Q(Exists(opened.filter(severity=severity))) & ~Q(Exists(opened.filter(severity__in=worse)))
    return condition


def read_entries(clients: Sequence[Client]) -> list[Entry]:
    """Read the entries of these clients; three queries, however many they are.

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
    for version in _running_versions(clients):
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


def _running_versions(clients: Sequence[Client]) -> QuerySet[PrescriptionVersion]:
    """Every version of their running prescriptions, each with its prescription, in one query."""
    versions = PrescriptionVersion.objects.filter(prescription__client__in=clients).order_by("number")
    running = versions.exclude(prescription__state=Prescription.State.ENDED)
    related = (f"prescription__{name}" for name in ("trend", "exercise", "reminder_choice"))
    return running.select_related(*related).prefetch_related("prescription__exercise__texts")
