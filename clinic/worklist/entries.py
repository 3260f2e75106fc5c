"""The worklist entries of clients, recomputed in the transaction of each change.

A service calls this last, so that no two wait for each other: rows are locked in the order trend, client,
prescription, flag, worklist entry.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When

from clinic.models import Client, Flag, PainReport, Prescription, WorklistEntry
from clinic.models.flag import rank
from clinic.models.worklist_entry import NO_NEED

BATCH_SIZE = 500  # clients a statement
UPDATED_FIELDS = [field.name for field in WorklistEntry._meta.concrete_fields if not field.primary_key]
COLUMNS = [field.attname for field in WorklistEntry._meta.concrete_fields]


def update_entries(*clients: int) -> None:
    """Recompute the entries of these clients, by number; locked first, so that neither of two changes is lost."""
    with transaction.atomic():
        list(_locked(clients).values_list("pk"))
        _save_entries(compute_entries(clients))


def record_last_report(report: PainReport) -> None:
    """Update the entry after a report that changed nothing else, in one statement; it may be the newest."""
    at = report.occurred_at
    older = Q(last_report_at=None) | Q(last_report_at__lte=at)
    silent_since = Case(When(silent_since__isnull=False, then=Value(at, DateTimeField())), default=F("silent_since"))
    entry = WorklistEntry.objects.filter(older, client=report.prescription.client_id)
    entry.update(last_report=report, last_report_at=at, silent_since=silent_since)


def compute_entries(clients: Collection[int]) -> Iterator[WorklistEntry]:
    """The entries of these clients as they should be, in one query."""
    prescriptions = Prescription.objects.filter(client=OuterRef("pk"))
    flags = Flag.objects.unresolved().filter(prescription__client=OuterRef("pk"))
    oldest_open = flags.filter(state=Flag.State.OPEN).order_by("raised_at")
    newest = PainReport.objects.filter(prescription__client=OuterRef("pk")).order_by("-occurred_at", "-pk")
    annotated = Client.objects.filter(pk__in=clients).annotate(
        worst=Subquery(flags.annotate(rank=rank()).order_by("rank").values("rank")[:1]),
        open_flag_since=Subquery(oldest_open.values("raised_at")[:1]),
        newest_report=Subquery(newest.values("pk")[:1]),
        newest_report_at=Subquery(newest.values("occurred_at")[:1]),
        active=Exists(prescriptions.filter(state=Prescription.State.ACTIVE)),
        held=Exists(prescriptions.filter(state=Prescription.State.HELD)),
    )
    client: Any  # with the annotations
    for client in annotated:
        need = NO_NEED if client.worst is None else client.worst
        report_expected = client.active and client.state == Client.State.JOINED
        yield WorklistEntry(
            client_id=client.pk,
            clinic_id=client.clinic_id,
            practitioner_id=client.practitioner_id,
            listed=client.state != Client.State.LEFT or need == 0,  # with a warning sign after leaving too
            need=need,
            open_flag_since=client.open_flag_since,
            silent_since=(client.newest_report_at or client.consented_at) if report_expected else None,
            last_report_id=client.newest_report,
            last_report_at=client.newest_report_at,
            held=client.held,
            joined_or_invited_at=client.consented_at or client.created_at,
        )


def correct_entries() -> int:
    """Recompute the entry of every client and correct those that differ; returns how many did."""
    numbers = list(Client.objects.order_by("pk").values_list("pk", flat=True))
    return sum(_correct_batch(numbers[first : first + BATCH_SIZE]) for first in range(0, len(numbers), BATCH_SIZE))


def create_missing_entries() -> int:
    """Create the entries of clients who have none, as after bulk inserts or a host's own code; returns how many."""
    missing = list(Client.objects.filter(worklist_entry=None).values_list("pk", flat=True))
    for first in range(0, len(missing), BATCH_SIZE):
        update_entries(*missing[first : first + BATCH_SIZE])
    return len(missing)


@transaction.atomic
def _correct_batch(clients: Collection[int]) -> int:
    stored = {row[0]: row for row in _locked(clients).values_list(*COLUMNS)}
    changed = [
        row for row in compute_entries(clients) if stored.get(row.pk) != tuple(getattr(row, name) for name in COLUMNS)
    ]
    _save_entries(changed)
    return len(changed)


def _locked(clients: Collection[int]) -> QuerySet[WorklistEntry]:
    return WorklistEntry.objects.select_for_update().filter(client__in=clients).order_by("client")


def _save_entries(rows: Collection[WorklistEntry] | Iterator[WorklistEntry]) -> None:
    WorklistEntry.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["client"], update_fields=UPDATED_FIELDS
    )
