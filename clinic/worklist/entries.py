"""Keep true where each client stands on the worklist: recomputed in the transaction of whatever changed it.

A verb calls it last, so that no two wait for each other: rows are locked in the order trend, client, prescription,
flag, standing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, Subquery, Value, When

from clinic.models import Client, Flag, PainReport, Prescription, WorklistEntry
from clinic.models.flag import rank
from clinic.models.worklist_entry import NO_NEED

BATCH_SIZE = 500  # clients a statement
UPDATED_FIELDS = [field.name for field in WorklistEntry._meta.concrete_fields if not field.primary_key]
COLUMNS = [field.attname for field in WorklistEntry._meta.concrete_fields]


def update_entries(*clients: int) -> None:
    """Recompute the rows of these clients, by number; the rows are locked first, lest one of two changes be lost."""
    with transaction.atomic():
        mine = WorklistEntry.objects.select_for_update().filter(client__in=clients).order_by("client")
        list(mine.values_list("pk", flat=True))
        _save_entries(compute_entries(clients))


def record_last_report(report: PainReport) -> None:
    """The same after a report that changed nothing else, in one statement: it may be the client's newest."""
    at = report.occurred_at
    older = Q(last_report_at=None) | Q(last_report_at__lte=at)
    quiet = Case(When(quiet_since__isnull=False, then=Value(at, DateTimeField())), default=F("quiet_since"))
    mine = WorklistEntry.objects.filter(older, client=report.prescription.client_id)
    mine.update(last_report=report, last_report_at=at, quiet_since=quiet)


def compute_entries(clients: Collection[int]) -> Iterator[WorklistEntry]:
    """What the rows of these clients should say, in one query."""
    theirs = Prescription.objects.filter(client=OuterRef("pk"))
    flags = Flag.objects.unresolved().filter(prescription__client=OuterRef("pk"))
    unseen = flags.filter(state=Flag.State.OPEN).order_by("raised_at")
    newest = PainReport.objects.filter(prescription__client=OuterRef("pk")).order_by("-occurred_at", "-pk")
    facts = Client.objects.filter(pk__in=clients).annotate(
        worst=Subquery(flags.annotate(place=rank()).order_by("place").values("place")[:1]),
        waits=Subquery(unseen.values("raised_at")[:1]),
        newest=Subquery(newest.values("pk")[:1]),
        heard_at=Subquery(newest.values("occurred_at")[:1]),
        active=Exists(theirs.filter(state=Prescription.State.ACTIVE)),
        paused=Exists(theirs.filter(state=Prescription.State.HELD)),
    )
    client: Any  # with what was annotated
    for client in facts:
        need = NO_NEED if client.worst is None else client.worst
        expected = client.active and client.state == Client.State.JOINED
        yield WorklistEntry(
            client_id=client.pk,
            clinic_id=client.clinic_id,
            practitioner_id=client.practitioner_id,
            listed=client.state != Client.State.LEFT or need == 0,  # a warning sign is looked at after leaving too
            need=need,
            waits_since=client.waits,
            quiet_since=(client.heard_at or client.consented_at) if expected else None,
            last_report_id=client.newest,
            last_report_at=client.heard_at,
            held=client.paused,
            came_at=client.consented_at or client.created_at,
        )


def correct_entries() -> int:
    """Compare the row of every client with what it should say and correct it; returns how many were wrong."""
    numbers = list(Client.objects.order_by("pk").values_list("pk", flat=True))
    return sum(_correct_batch(numbers[first : first + BATCH_SIZE]) for first in range(0, len(numbers), BATCH_SIZE))


def create_missing_entries() -> int:
    """Make the rows of clients who have none, as bulk inserts and a host's own code leave them; returns how many."""
    missing = list(Client.objects.filter(worklist_entry=None).values_list("pk", flat=True))
    for first in range(0, len(missing), BATCH_SIZE):
        update_entries(*missing[first : first + BATCH_SIZE])
    return len(missing)


@transaction.atomic
def _correct_batch(clients: Sequence[int]) -> int:
    locked = WorklistEntry.objects.select_for_update().filter(client__in=clients).order_by("client")
    stand = {row[0]: row for row in locked.values_list(*COLUMNS)}
    wrong = [
        row for row in compute_entries(clients) if stand.get(row.pk) != tuple(getattr(row, name) for name in COLUMNS)
    ]
    _save_entries(wrong)
    return len(wrong)


def _save_entries(rows: Collection[WorklistEntry] | Iterator[WorklistEntry]) -> None:
    WorklistEntry.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["client"], update_fields=UPDATED_FIELDS
    )
