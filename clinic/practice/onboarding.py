"""How far a new clinic has come in its onboarding: from contact details to the first sent reminder."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from clinic.models import Client, Clinic, Practitioner, Prescription, Reminder, WorklistEntry
from clinic.models.outbox import State


@dataclass(frozen=True)
class OnboardingProgress:
    """The steps taken at least once."""

    has_contact_details: bool  # phone, email and postal address
    has_colleague: bool
    has_client: bool
    has_prescription: bool
    has_sent_reminder: bool


def get_onboarding_progress(clinic: Clinic) -> OnboardingProgress | None:
    """The progress of one clinic, in one query; None after the first report of a client, or once dismissed."""
    if clinic.onboarding_dismissed_at is not None:
        return None
    clinic_pk = OuterRef("pk")
    reported = WorklistEntry.objects.filter(clinic=clinic_pk, listed=True, last_report__isnull=False)
    sent = Reminder.objects.filter(schedule__prescription__client__clinic=clinic_pk, state=State.SENT)
    steps = (
        Clinic.objects.filter(pk=clinic.pk)
        .exclude(Exists(reported))
        .annotate(
            has_colleague=Exists(Practitioner.objects.filter(clinic=clinic_pk, active=True)[1:]),
            has_client=Exists(Client.objects.filter(clinic=clinic_pk)),
            has_prescription=Exists(Prescription.objects.filter(client__clinic=clinic_pk)),
            has_sent_reminder=Exists(sent),
        )
        .values("has_colleague", "has_client", "has_prescription", "has_sent_reminder")
        .first()
    )
    if steps is None:
        return None
    has_contact_details = bool(clinic.phone and clinic.email and clinic.postal_line)
    return OnboardingProgress(has_contact_details=has_contact_details, **steps)
