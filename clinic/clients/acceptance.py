"""Accept an invitation: the client agrees and gets a sign-in."""

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
    """The invitation was accepted or withdrawn, or has expired."""


def usable_invitation(pk: int, now: dt.datetime | None = None) -> Invitation:
    """The invitation of a link, by primary key. Raises InvitationUnusable."""
    usable = Invitation.objects.usable(now or timezone.now()).select_related("client__clinic")
    invitation = usable.filter(pk=pk, client__state=Client.State.INVITED).first()
    if invitation is None:
        raise InvitationUnusable(pk)
    return invitation


def existing_account(client: Client) -> AbstractBaseUser | None:
    """The account with the client's address, whose owner alone may accept the invitation; None: there is none."""
    return users.find_user(client.email)


def accept_invitation(
    invitation: Invitation,
    *,
    password: str = "",
    user: AbstractBaseUser | None = None,
    time_zone: str | None = None,
    now: dt.datetime | None = None,
) -> AbstractBaseUser:
    """Make the invited person a client with a sign-in; the link stops working.

    Args:
        password: optional where the clinic sends sign-in codes, or for a ``user``; else required.
        user: the person who is signed in, if anybody.
        time_zone: the zone the client chose; None keeps the stored one.

    Returns:
        The user to sign in.

    Raises:
        InvitationUnusable: accepted or withdrawn in the meantime.
        SignInNeeded: the address has a sign-in that is not ``user``.
        ValidationError: by field.
    """
    now = now or timezone.now()
    with transaction.atomic():
        mark_deliverable(invitation.client, None, _("The client opened the invitation."), now)
        client = Client.objects.select_for_update().filter(pk=invitation.client_id).first()
        accepted = Invitation.objects.usable(now).filter(pk=invitation.pk).update(accepted_at=now)
        if client is None or not accepted or client.state != Client.State.INVITED:
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
