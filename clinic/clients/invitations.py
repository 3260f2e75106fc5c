"""Invite clients, accept registrants, and resend or withdraw invitations: one or several at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _, override

from clinic import audit
from clinic.clients import invitation_mail
from clinic.flags.undeliverable import mark_deliverable
from clinic.models import Client, Invitation, Practitioner, Prescription, Registrant, WorklistEntry
from clinic.reminders import planning
from clinic.worklist import entries as worklist_entries

REMIND_AFTER = dt.timedelta(days=7)
MAX_INVITATIONS = 3  # unanswered mails; a practitioner sends further ones client by client
_NO_RECORD = (Invitation, Registrant, WorklistEntry)  # rows about a client that say nothing of a treatment


def invite_client(client: Client, *, by: Practitioner, now: dt.datetime | None = None) -> Client:
    """Store a new client of the practitioner and put the invitation in the outbox.

    Args:
        client: an unsaved row with name, email, language, zone; its clinic and practitioner are set here.

    Raises ValidationError by field; nothing is stored then.
    """
    return _invite(client, by, by, now or timezone.now())


def accept_registrant(
    registrant: Registrant, practitioner: Practitioner, *, by: Practitioner, now: dt.datetime | None = None
) -> Client:
    """Make a registrant a client, who is invited and joins by accepting the invitation.

    Args:
        practitioner: who will treat the client; only an owner may choose somebody else than ``by``.

    Raises ValidationError when the registrant was accepted before or is a client; nothing is stored then.
    """
    now = now or timezone.now()
    if by.clinic_id != registrant.clinic_id or practitioner.clinic_id != registrant.clinic_id:
        raise ValidationError({"practitioner": _("Choose somebody who works at this clinic.")})
    if practitioner.pk != by.pk and not by.owns(registrant.clinic_id):
        raise ValidationError({"practitioner": _("Only the owner may choose a colleague.")})
    if not Registrant.objects.undecided().filter(pk=registrant.pk).exists():
        raise ValidationError(_("This is decided already."))
    client = Client(
        name=registrant.name,
        email=registrant.email,
        language=registrant.language,
        time_zone=registrant.clinic.time_zone,
    )
    with transaction.atomic():
        client = _invite(client, practitioner, by, now)
        if not Registrant.objects.filter(pk=registrant.pk, client=client).exists():  # deleted at the same moment
            raise ValidationError(_("This is decided already."))
        audit.record(by.user, audit.Verb.REGISTRANT_ACCEPTED, registrant, registrant.clinic)
    return client


def accept_registrants(
    registrants: Sequence[Registrant], practitioner: Practitioner, *, by: Practitioner, now: dt.datetime | None = None
) -> list[Client]:
    """Accept the registrants who are undecided; the others are left out.

    Raises ValidationError when ``practitioner`` may not be chosen; nothing is stored then.
    """
    clients: list[Client] = []
    with transaction.atomic():
        for registrant in registrants:
            try:
                clients.append(accept_registrant(registrant, practitioner, by=by, now=now))
            except ValidationError as error:
                if hasattr(error, "error_dict") and "practitioner" in error.error_dict:
                    raise
    return clients


def _invite(client: Client, practitioner: Practitioner, by: Practitioner, now: dt.datetime) -> Client:
    if not practitioner.treats_at(practitioner.clinic_id):
        raise ValidationError({"practitioner": _("Only a practitioner may invite a client.")})
    set_clinic_and_practitioner(client, practitioner)
    full_clean(client)
    try:
        with transaction.atomic():
            client.save()
            invitation_mail.post_invitations([client], practitioner, now)
            settle_registrants([client], by, now)
            audit.record(by.user, audit.Verb.CLIENT_INVITED, client, practitioner.clinic)
            worklist_entries.update_entries(client.pk)
    except IntegrityError as error:  # somebody else invited the same address at the same moment
        raise ValidationError({"email": _("A client with this e-mail is already in this clinic.")}) from error
    return client


def set_clinic_and_practitioner(client: Client, practitioner: Practitioner) -> None:
    """Set clinic, practitioner and state; normalize spaces and the case of the email."""
    client.clinic, client.practitioner, client.state = practitioner.clinic, practitioner, Client.State.INVITED
    client.name, client.email = " ".join(client.name.split()), client.email.strip().lower()


def settle_registrants(clients: Sequence[Client], by: Practitioner, now: dt.datetime) -> None:
    """Accept the registrants with the address of one of these invited clients."""
    by_address = {client.email.lower(): client for client in clients}
    registrants = Registrant.objects.confirmed().filter(clinic=by.clinic_id).annotate(address=Lower("email"))
    for registrant in registrants.filter(address__in=by_address):
        decision = {"state": Registrant.State.ACCEPTED, "decided_by": by, "decided_at": now}
        Registrant.objects.filter(pk=registrant.pk).update(client=by_address[registrant.email.lower()], **decision)


def resend_invitation(client: Client, *, by: Practitioner, now: dt.datetime | None = None) -> Invitation:
    """Withdraw the invitations of a client and post a new one. Raises ValidationError when the client has joined."""
    posted = resend_invitations([client], by=by, now=now)
    if not posted:
        raise ValidationError({"client": _("This client has joined already.")})
    return posted[0]


def resend_invitations(
    clients: Sequence[Client], *, by: Practitioner, now: dt.datetime | None = None
) -> list[Invitation]:
    """Withdraw the invitations of clients who have not joined and post new ones; returns the new ones."""
    now = now or timezone.now()
    with transaction.atomic():
        # The flags before the clients' rows, in the order of every other service that locks both.
        for client in sorted(clients, key=lambda client: client.pk):
            if client.state == Client.State.INVITED:
                mark_deliverable(client, by.user, _("A new invitation was sent."), now)
        waiting = _lock_waiting(clients, by)
        invitation_mail.withdraw_links(waiting, now)
        posted = invitation_mail.post_invitations(waiting, by, now)
        for client in waiting:
            audit.record(by.user, audit.Verb.CLIENT_INVITED, client, by.clinic)
    return posted


def withdraw_invitation(client: Client, *, by: Practitioner, now: dt.datetime | None = None) -> None:
    """As :func:`withdraw_invitations`. Raises ValidationError when the client has joined, or left."""
    if not withdraw_invitations([client], by=by, now=now):
        raise ValidationError({"client": _("There is no invitation to withdraw: this client has joined, or left.")})


def withdraw_invitations(
    clients: Sequence[Client], *, by: Practitioner, now: dt.datetime | None = None
) -> list[Client]:
    """Withdraw the invitations of clients who have not joined; their addresses may be invited again.

    A client without a record is deleted; one about whom something was written or prescribed is kept as a client who
    left. A registrant waits again.

    Returns the clients whose invitations were withdrawn: not those who have joined or left.
    """
    now = now or timezone.now()
    with transaction.atomic():
        waiting = _lock_waiting(clients, by)
        invitation_mail.withdraw_links(waiting, now)
        undecided = {"state": Registrant.State.WAITING, "client": None, "decided_by": None, "decided_at": None}
        Registrant.objects.filter(client__in=waiting).update(**undecided)
        for client in waiting:
            audit.record(by.user, audit.Verb.INVITATION_WITHDRAWN, client, by.clinic)
            if _has_record(client):
                _leave(client, by, now)
            else:
                Client.objects.filter(pk=client.pk).delete()  # by a queryset: the instance keeps its primary key
    return waiting


def _lock_waiting(clients: Sequence[Client], by: Practitioner) -> list[Client]:
    """The rows of those who have not joined the practitioner's clinic, locked until the transaction ends."""
    own = Client.objects.filter(clinic=by.clinic_id, pk__in=[client.pk for client in clients])
    return list(own.filter(state=Client.State.INVITED).select_for_update().order_by("pk"))


def _has_record(client: Client) -> bool:
    return any(
        related.related_model._default_manager.filter(**{related.field.name: client}).exists()
        for related in Client._meta.related_objects
        if related.related_model not in _NO_RECORD
    )


def _leave(client: Client, by: Practitioner, now: dt.datetime) -> None:
    """End the plans of a client who never joined, and so has no sign-in, phone or preferences."""
    with override(by.clinic.language):
        reason = _("The invitation was withdrawn.")
    for prescription in client.prescriptions.running():
        running: list[str] = [Prescription.State.ACTIVE, Prescription.State.HELD]
        ended = Prescription.State.ENDED
        Prescription.objects.change_state(prescription, leaves=running, to=ended, reason=reason, by=by.user, at=now)
        planning.set_schedules(prescription, now)
    client.state, client.left_at, client.undeliverable_since = Client.State.LEFT, now, None
    client.save(update_fields=["state", "left_at", "undeliverable_since"])
    worklist_entries.update_entries(client.pk)


def full_clean(client: Client) -> None:
    """Call ``client.full_clean()``; the error of the unique email is reported on ``email``."""
    try:
        client.full_clean()
    except ValidationError as error:
        errors = error.message_dict
        if taken := errors.pop("__all__", None):
            errors.setdefault("email", []).extend(taken)
        raise ValidationError(errors) from error
