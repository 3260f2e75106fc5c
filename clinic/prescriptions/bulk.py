"""Prescribe one exercise to several clients at once: each is screened, and all get it or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.dosage.values import PlannedDosage
from clinic.models import Client, Practitioner, Prescription
from clinic.prescriptions.prescribing import (
    draft_prescription,
    find_prescribed_since,
    keep_dose_template,
    morning_times,
    prescribe_exercise,
)
from clinic.prescriptions.screening import OtherAnswersError, ScreenedPrecaution
from exercises.models import Exercise

MAX_CLIENTS = 20  # on one page: more nobody screens with care at one sitting


@dataclass(frozen=True)
class ScreenedClient:
    """One of several clients: the screening answers, and whether a time in the morning is intended."""

    client: Client
    screening: Mapping[str, ScreenedPrecaution]
    mornings_allowed: bool = False


def prescribe_to_clients(
    screened: Sequence[ScreenedClient],
    exercise: Exercise,
    dose: PlannedDosage,
    *,
    by: Practitioner,
    keep_as: str = "",
    displayed_plans: Collection[int] | None = None,
    now: dt.datetime | None = None,
) -> list[Prescription]:
    """Prescribe one exercise in one dose to several clients: to all of them, or to none.

    Args:
        screened: each client once; at most ``MAX_CLIENTS``.
        dose: the same for all but for ``mornings_allowed``, which each client has.
        keep_as: as in :func:`prescribe_exercise`.
        displayed_plans: the numbers of these clients' running plans of the exercise on the practitioner's page. When
            all clients have this plan since, with the same answers, those plans are returned, as after a second press
            of the button. None: no comparison.

    Raises ValidationError: by field for an error in the dose, under ``client_<number>`` for one of a client; nothing
    is stored then.
    """
    now = now or timezone.now()
    with transaction.atomic():
        # A second press waits here and then finds the stored plans; a departure meanwhile is seen too.
        rows = Client.objects.select_for_update(of=("self",)).select_related("clinic", "practitioner").order_by("pk")
        locked = {client.pk: client for client in rows.filter(pk__in=[row.client.pk for row in screened])}
        screened = [replace(row, client=locked.get(row.client.pk, row.client)) for row in screened]
        repeated = None
        if displayed_plans is not None:
            repeated = _find_repeated(screened, exercise, dose, by, displayed_plans, now)
        if not repeated:
            validate_clients(screened, exercise, dose, by=by, now=now)
        if keep_as.strip():
            keep_dose_template(keep_as, exercise, dose, by)
        return repeated or [
            prescribe_exercise(row.client, exercise, dose_for(row, dose), row.screening, by=by, now=now)
            for row in screened
        ]


def _find_repeated(
    screened: Sequence[ScreenedClient],
    exercise: Exercise,
    dose: PlannedDosage,
    by: Practitioner,
    displayed_plans: Collection[int],
    now: dt.datetime,
) -> list[Prescription]:
    """The plans that the first press of the same button stored; empty unless every client has one.

    Raises ValidationError under ``client_<number>`` for a client whose plan rests on other answers.
    """
    plans, errors = [], {}
    for row in screened:
        try:
            version = draft_prescription(row.client, exercise, dose_for(row, dose), row.screening, by=by, now=now)
            plan = find_prescribed_since(version, row.screening, displayed_plans)
        except OtherAnswersError as error:
            errors[f"client_{row.client.pk}"] = error.messages
            continue
        except ValidationError:
            return []  # validate_clients raises it by field
        if plan is None:
            return []
        plans.append(plan)
    if errors:
        raise ValidationError(errors)
    return plans


def dose_for(row: ScreenedClient, dose: PlannedDosage) -> PlannedDosage:
    """The dose of this client: mornings are allowed only where one of the times is in this client's morning."""
    return replace(dose, mornings_allowed=row.mornings_allowed and bool(morning_times(row.client, dose.times)))


def validate_clients(
    screened: Sequence[ScreenedClient],
    exercise: Exercise,
    dose: PlannedDosage,
    *,
    by: Practitioner,
    now: dt.datetime | None = None,
) -> None:
    """Raise what :func:`prescribe_to_clients` would raise, and store nothing."""
    if not screened or len(screened) > MAX_CLIENTS:
        raise ValidationError({"clients": _("Choose from one to %(most)s clients.") % {"most": MAX_CLIENTS}})
    has_exercise = set(
        Prescription.objects.running()
        .filter(client__in=[row.client for row in screened], exercise__slug=exercise.slug)
        .values_list("client", flat=True)
    )
    errors: dict[str, list[str]] = {}
    for row in screened:
        client, params = row.client, {"name": row.client.name, "exercise": exercise.name}
        messages = errors.setdefault(f"client_{client.pk}", [])
        if client.pk in has_exercise:
            messages.append(_("%(name)s has %(exercise)s already. Change that dose instead.") % params)
        if client.clinic_id != by.clinic_id:
            messages.append(_("%(name)s is a client of another clinic.") % params)
            continue
        try:
            draft_prescription(client, exercise, dose, row.screening, by=by, now=now)
        except ValidationError as error:
            for field, texts in error.message_dict.items():
                if field in ("client", "screening"):
                    messages += [f"{client.name}: {text}" for text in texts]
                else:
                    errors[field] = texts  # the dose is one for all
        else:
            early = morning_times(client, dose.times)
            if early and not row.mornings_allowed:
                params |= {"times": ", ".join(early), "wakes": f"{client.wakes_at:%H:%M}"}
                messages.append(_("%(times)s is within two hours after %(name)s gets up (%(wakes)s).") % params)
    if errors := {field: messages for field, messages in errors.items() if messages}:
        raise ValidationError(errors)
