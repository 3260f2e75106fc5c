"""Hand clients over to a colleague, who treats them from now on and is notified of their unresolved flags."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.flags.notice_rerouting import notify_new_practitioner
from clinic.models import Client, Handover, PainTrend, Practitioner
from clinic.models.clinic import PractitionerQuerySet
from clinic.models.handover import MAX_REASON
from clinic.worklist import entries as worklist_entries


def colleagues(by: Practitioner) -> PractitionerQuerySet:
    """The active practitioners at the clinic of ``by``, to whom clients may be handed over."""
    return Practitioner.objects.clinical().filter(clinic=by.clinic_id, active=True)


def hand_over_client(
    client: Client, to: Practitioner, *, by: Practitioner, reason: str, now: dt.datetime | None = None
) -> Handover:
    """As :func:`hand_over_clients`, of one client. Raises ValidationError also when ``to`` treats them already."""
    handovers = hand_over_clients([client], to, by=by, reason=reason, now=now)
    if not handovers:
        raise ValidationError({"to": _("%(name)s treats this client already.") % {"name": to}})
    client.practitioner = to
    return handovers[0]


def hand_over_clients(
    clients: Sequence[Client], to: Practitioner, *, by: Practitioner, reason: str, now: dt.datetime | None = None
) -> list[Handover]:
    """Make ``to`` the practitioner of the clients, in one transaction. Their plans and prescribers stay as they are.

    Args:
        to: an active practitioner at the same clinic.
        by: an owner of the clinic, for any of its clients; a practitioner, for the own ones.
        reason: 1 to MAX_REASON characters, for the colleague; clients read it in their data export alone.

    Returns:
        One row for each client whose practitioner changed; none for the clients whom ``to`` treats already.

    Raises:
        ValidationError by field, ``clients``, ``to`` or ``reason``; nothing is stored then.
    """
    now, reason = now or timezone.now(), reason.strip()
    errors: dict[str, str] = {}
    if not reason:
        errors["reason"] = _("Write in a few words why.")
    elif len(reason) > MAX_REASON:
        errors["reason"] = _("Write at most %(most)s characters.") % {"most": MAX_REASON}
    if not colleagues(by).filter(pk=to.pk).exists():
        errors["to"] = _("Choose somebody who treats at this clinic.")
    if not clients:
        errors["clients"] = _("Choose at least one client.")
    if errors:
        raise ValidationError(errors)
    with transaction.atomic():
        ids = {client.pk for client in clients}
        # The trends before the clients' rows, in the order of every other service that locks both.
        list(PainTrend.objects.select_for_update().filter(prescription__client__in=ids).order_by("pk"))
        allowed = Client.objects.handed_over_by(by.user).filter(clinic=by.clinic_id, pk__in=ids)
        stored = list(allowed.select_for_update(of=("self",)).select_related("practitioner", "clinic").order_by("pk"))
        if len(stored) < len(ids):
            raise ValidationError({"clients": _("Somebody else changed one of them in the meantime. Choose again.")})
        return [_hand_over(client, to, by, reason, now) for client in stored if client.practitioner_id != to.pk]


def _hand_over(client: Client, to: Practitioner, by: Practitioner, reason: str, now: dt.datetime) -> Handover:
    previous, client.practitioner = client.practitioner, to
    client.save(update_fields=["practitioner"])
    handover = Handover.objects.create(
        client=client, from_practitioner=previous, to_practitioner=to, by=by, reason=reason, at=now
    )
    notify_new_practitioner(client, previous, to, now, by=by.user)
    worklist_entries.update_entries(client.pk)
    audit.record(by.user, audit.Verb.CLIENT_HANDED_OVER, client, client.clinic)
    return handover
