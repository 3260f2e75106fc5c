"""How far a new clinic has come: from its phone to the first answer of a client."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from clinic.models import Client, Clinic, Practitioner, Prescription, Reminder, WorklistEntry
from clinic.models.outbox import State


@dataclass(frozen=True)
class FirstSteps:
    """What has been done at least once."""

    reachable: bool  # the phone, the mailbox and the postal address are there
    colleague: bool
    invited: bool
    prescribed: bool
    reminded: bool


def first_steps(clinic: Clinic) -> FirstSteps | None:
    """The steps of one clinic, in one query; None: they are put away, or a client of the list has answered."""
    if clinic.first_steps_closed_at is not None:
        return None
    here = OuterRef("pk")
    heard = WorklistEntry.objects.filter(
        clinic=here, listed=True, last_report__isnull=False
    )  # by the index of the list
    found = (
        Clinic.objects.filter(pk=clinic.pk)
        .exclude(Exists(heard))
        .annotate(
            has_colleague=Exists(Practitioner.objects.filter(clinic=here, active=True)[1:]),
            has_client=Exists(Client.objects.filter(clinic=here)),
            has_plan=Exists(Prescription.objects.filter(client__clinic=here)),
            has_reminder=Exists(Reminder.objects.filter(schedule__prescription__client__clinic=here, state=State.SENT)),
        )
        .values("has_colleague", "has_client", "has_plan", "has_reminder")
        .first()
    )
    if found is None:
        return None
    return FirstSteps(
        reachable=bool(clinic.phone and clinic.email and clinic.postal_line),
        colleague=found["has_colleague"],
        invited=found["has_client"],
        prescribed=found["has_plan"],
        reminded=found["has_reminder"],
    )
