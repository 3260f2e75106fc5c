"""Prescribe one exercise to several clients at once: each is screened, and all get it or none."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import Client, Practitioner, Prescription
from clinic.prescriptions import prescribing
from clinic.prescriptions.prescribing import Dose
from clinic.prescriptions.screening import OtherAnswersError, ScreenedPrecaution
from exercises.models import Exercise

MAX_CLIENTS = 20  # clients on one page: more nobody screens with care at one sitting


@dataclass(frozen=True)
class ScreenedClient:
    """One client's share of what is prescribed to several: the answers, and whether a morning is meant."""

    client: Client
    screening: Mapping[str, ScreenedPrecaution]
    mornings_allowed: bool = False


def prescribe_to_clients(
    orders: Sequence[ScreenedClient],
    exercise: Exercise,
    dose: Dose,
    *,
    by: Practitioner,
    keep_as: str = "",
    beside: Collection[int] | None = None,
    now: dt.datetime | None = None,
) -> list[Prescription]:
    """Prescribe one exercise in one dose to several clients: to all of them, or to none.

    Args:
        orders: each client once; at most ``AT_ONCE``.
        dose: the same for all but for ``mornings_allowed``, which each order says.
        beside: the numbers of these clients' running plans of the exercise, as the practitioner was shown them. When
            all of them have this very plan since, on the very same answers, those are given back: it was a second
            press. None: whatever runs.

    Raises ValidationError: by field for what is wrong with the dose, under ``client_<number>`` for what is wrong with
    one client; nothing is stored then.
    """
    now = now or timezone.now()
    with transaction.atomic():
        # A second press waits here, and then finds that they have it already; so does who left meanwhile.
        stored = Client.objects.select_for_update(of=("self",)).select_related("clinic", "practitioner").order_by("pk")
        now_so = {client.pk: client for client in stored.filter(pk__in=[order.client.pk for order in orders])}
        orders = [replace(order, client=now_so.get(order.client.pk, order.client)) for order in orders]
        made = [] if beside is None else _find_repeated(orders, exercise, dose, by, beside, now)
        if not made:
            validate_clients(orders, exercise, dose, by=by, now=now)
        if keep_as.strip():
            prescribing.keep_dose_template(keep_as, exercise, dose, by)
        return made or [
            prescribing.prescribe_exercise(
                order.client, exercise, dose_for(order, dose), order.screening, by=by, now=now
            )
            for order in orders
        ]


def _find_repeated(
    orders: Sequence[ScreenedClient],
    exercise: Exercise,
    dose: Dose,
    by: Practitioner,
    beside: Collection[int],
    now: dt.datetime,
) -> list[Prescription]:
    """What the first press of the same button made; empty where it did not make all of it.

    Raises ValidationError under ``client_<number>`` for whom it made it on other answers.
    """
    made, wrong = [], {}
    for order in orders:
        try:
            version = prescribing.draft_prescription(
                order.client, exercise, dose_for(order, dose), order.screening, by=by, now=now
            )
            plan = prescribing.find_prescribed_since(version, order.screening, beside)
        except OtherAnswersError as error:
            wrong[f"client_{order.client.pk}"] = error.messages
            continue
        except ValidationError:
            return []  # check_all says what is wrong
        if plan is None:
            return []
        made.append(plan)
    if wrong:
        raise ValidationError(wrong)
    return made


def dose_for(order: ScreenedClient, dose: Dose) -> Dose:
    """The dose as this client gets it: a morning is allowed only to whom it matters."""
    return replace(
        dose, mornings_allowed=order.mornings_allowed and bool(prescribing.morning_times(order.client, dose))
    )


def validate_clients(
    orders: Sequence[ScreenedClient],
    exercise: Exercise,
    dose: Dose,
    *,
    by: Practitioner,
    now: dt.datetime | None = None,
) -> None:
    """Raise what :func:`prescribe_to_clients` would raise, and store nothing."""
    wrong = _errors_by_field(orders, exercise, dose, by, now or timezone.now())
    if wrong:
        raise ValidationError(wrong)


def _errors_by_field(
    orders: Sequence[ScreenedClient], exercise: Exercise, dose: Dose, by: Practitioner, now: dt.datetime
) -> dict[str, list[str]]:
    """What is wrong, by the field it stands at: each client's own under that client's number."""
    if not orders or len(orders) > MAX_CLIENTS:
        return {"clients": [_("Choose from one to %(most)s clients.") % {"most": MAX_CLIENTS}]}
    has_it = set(
        Prescription.objects.running()
        .filter(client__in=[order.client for order in orders], exercise__slug=exercise.slug)
        .values_list("client", flat=True)
    )
    wrong: dict[str, list[str]] = {}
    for order in orders:
        client, about = order.client, {"name": order.client.name, "exercise": exercise.name}
        said = wrong.setdefault(f"client_{client.pk}", [])
        if client.clinic_id != by.clinic_id:
            said.append(_("%(name)s is a client of another clinic.") % about)
        if client.pk in has_it:
            said.append(_("%(name)s has %(exercise)s already. Change that dose instead.") % about)
        try:
            prescribing.draft_prescription(client, exercise, dose, order.screening, by=by, now=now)
        except ValidationError as error:
            for field, messages in error.message_dict.items():
                if field in ("client", "screening"):
                    said += [f"{client.name}: {message}" for message in messages]
                else:
                    wrong[field] = messages  # the dose is one for all
        else:
            early = prescribing.morning_times(client, dose)
            if early and not order.mornings_allowed:
                told = {**about, "times": ", ".join(early), "wakes": f"{client.wakes_at:%H:%M}"}
                said.append(_("%(times)s is within two hours after %(name)s gets up (%(wakes)s).") % told)
    return {field: messages for field, messages in wrong.items() if messages}
