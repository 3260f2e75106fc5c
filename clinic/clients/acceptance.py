"""The invited person agrees, and gets a sign-in."""

from __future__ import annotations

import datetime as dt
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, signals
from clinic.accounts import users
from clinic.clients.invitations import full_clean
from clinic.flags.undeliverable import mark_deliverable
from clinic.models import Client, Invitation
from clinic.reminders import planning
from clinic.worklist import entries as worklist_entries


class InvitationUnusable(Exception):
    """The invitation was used, withdrawn, or has had its time."""


def usable_invitation(row: int, now: dt.datetime | None = None) -> Invitation:
    """The invitation behind a link. Raises InvitationOver when it cannot be used any more."""
    usable = Invitation.objects.usable(now or timezone.now()).select_related("client__clinic")
    invitation = usable.filter(pk=row, client__state=Client.State.INVITED).first()
    if invitation is None:
        raise InvitationUnusable(row)
    return invitation


def existing_account(client: Client) -> AbstractBaseUser | None:
    """Who has a sign-in with the client's address already: only that person may take the invitation."""
    return users.find_user(client.email)


def accept_invitation(
    invitation: Invitation,
    *,
    password: str = "",
    user: AbstractBaseUser | None = None,
    time_zone: str | None = None,
    now: dt.datetime | None = None,
) -> AbstractBaseUser:
    """The invited person agrees and gets a sign-in; the link is used up.

    Args:
        password: optional where the clinic sends codes to sign in with; else whoever has none yet must choose one.
        user: who is signed in already, if anybody.
        time_zone: the zone the client chose; None keeps the clinic's guess.

    Returns:
        The user to sign in.

    Raises:
        InvitationOver: used or withdrawn in the meantime.
        SignInNeeded: the address has a sign-in that is not ``user``.
        ValidationError: by field.
    """
    now = now or timezone.now()
    with transaction.atomic():
        mark_deliverable(invitation.client, None, _("The client opened the invitation."), now)
        client = Client.objects.select_for_update().filter(pk=invitation.client_id).first()
        used = Invitation.objects.usable(now).filter(pk=invitation.pk).update(accepted_at=now)
        if client is None or not used or client.state != Client.State.INVITED:
            raise InvitationUnusable(invitation.pk)
        if not (client.clinic.code_sign_in or password or user):
            raise ValidationError({"password": _("Choose a password: this clinic mails no codes to sign in with.")})
        account = users.get_or_create_user(client.email, client.name, user, password)
        client.user_id, client.state, client.consented_at = account.pk, Client.State.JOINED, now
        client.time_zone = time_zone or client.time_zone
        full_clean(client)
        client.save(update_fields=["user", "state", "consented_at", "time_zone"])
        for prescription in client.prescriptions.running():
            planning.set_schedules(prescription, now)
        audit.record(account, audit.Verb.INVITATION_ACCEPTED, client, client.clinic)
        worklist_entries.update_entries(client.pk)
        transaction.on_commit(partial(signals.client_joined.send_robust, Client, client=client, user=account))
    return account
