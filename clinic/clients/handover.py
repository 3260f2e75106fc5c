"""A client goes to a colleague: who treats them from now on, and who hears of what is unresolved."""

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
from clinic.worklist import entries as worklist_entries

LONGEST_REASON = Handover._meta.get_field("reason").max_length or 0


def colleagues(by: Practitioner) -> PractitionerQuerySet:
    """Who may be given clients: those who treat at the same clinic and work there still."""
    return Practitioner.objects.clinical().filter(clinic=by.clinic_id, active=True)


def hand_over_client(
    client: Client, to: Practitioner, *, by: Practitioner, reason: str, now: dt.datetime | None = None
) -> Handover:
    """As :func:`hand_over_clients`, of one client. Raises ValidationError also when ``to`` treats them already."""
    made = hand_over_clients([client], to, by=by, reason=reason, now=now)
    if not made:
        raise ValidationError({"to": _("%(name)s treats this client already.") % {"name": to}})
    client.practitioner = to
    return made[0]


def hand_over_clients(
    clients: Sequence[Client], to: Practitioner, *, by: Practitioner, reason: str, now: dt.datetime | None = None
) -> list[Handover]:
    """Make ``to`` the practitioner of each, all in one transaction. Plans go on; who prescribed them stays written.

    Args:
        to: treats at the same clinic and works there still.
        by: an owner of the clinic for any of its clients; a practitioner for the own ones.
        reason: 1 to 500 characters, for the colleague; in the portal it stands nowhere but in the copy of one's data.

    Returns:
        One row for each client whose practitioner changed: not for those whom ``to`` treats already.

    Raises:
        ValidationError by field, ``clients``, ``to`` or ``reason``; nothing is stored then.
    """
    now, reason = now or timezone.now(), reason.strip()
    wrong: dict[str, str] = {}
    if not reason:
        wrong["reason"] = _("Write in a few words why.")
    elif len(reason) > LONGEST_REASON:
        wrong["reason"] = _("Write at most %(most)s characters.") % {"most": LONGEST_REASON}
    if not colleagues(by).filter(pk=to.pk).exists():
        wrong["to"] = _("Choose somebody who treats at this clinic.")
    if not clients:
        wrong["clients"] = _("Choose at least one client.")
    if wrong:
        raise ValidationError(wrong)
    with transaction.atomic():
        wanted = {client.pk for client in clients}
        # The trends before the clients' rows, in the order of every other verb that touches both.
        list(PainTrend.objects.select_for_update().filter(prescription__client__in=wanted).order_by("pk"))
        given = Client.objects.handed_over_by(by.user).filter(clinic=by.clinic_id, pk__in=wanted)
        stored = list(given.select_for_update(of=("self",)).select_related("practitioner", "clinic").order_by("pk"))
        if len(stored) < len(wanted):
            raise ValidationError({"clients": _("Somebody else changed one of them in the meantime. Choose again.")})
        return [_hand_over(client, to, by, reason, now) for client in stored if client.practitioner_id != to.pk]


def _hand_over(client: Client, to: Practitioner, by: Practitioner, reason: str, now: dt.datetime) -> Handover:
    was, client.practitioner = client.practitioner, to
    client.save(update_fields=["practitioner"])
    made = Handover.objects.create(
        client=client, from_practitioner=was, to_practitioner=to, by=by, reason=reason, at=now
    )
    notify_new_practitioner(client, was, to, now, by=by.user)
    worklist_entries.update_entries(client.pk)
    audit.record(by.user, audit.Verb.CLIENT_HANDED_OVER, client, client.clinic)
    return made
