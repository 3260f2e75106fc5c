"""Record who did what, inside the transaction of the act, so that neither is stored without the other."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from clinic.models import AuditEntry, Clinic
from clinic.models.audit import AuditVerb as Verb

__all__ = ["Verb", "record", "record_all"]


def record(actor: AbstractBaseUser | None, verb: Verb, target: models.Model, clinic: Clinic) -> None:
    """Add one entry.

    Args:
        actor: the acting user; None: the rules, or the holder of a mail link.
        verb: the act; it names no value.
        target: a saved row; only its kind and number are kept.
        clinic: the clinic in whose log the entry is shown.
    """
    record_all(actor, verb, [target], clinic)


def record_all(actor: AbstractBaseUser | None, verb: Verb, targets: Sequence[models.Model], clinic: Clinic) -> None:
    """Add one entry for each of many rows, as :func:`record`, by one statement."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            clinic=clinic,
            actor_id=actor.pk if actor else None,
            verb=verb,
            target_kind=str(target._meta.model_name),
            target_id=target.pk,
        )
        for target in targets
    )
