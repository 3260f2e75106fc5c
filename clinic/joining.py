"""How a client comes in: invited by mail, joined through the link, withdrawn again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from functools import partial

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, links, signals
from clinic.conf import conf
from clinic.delivery import Mailbag, deliver
from clinic.letters import letter
from clinic.models import Client, Invitation, Practitioner, Why
from clinic.reminders import planning


class InvitationOver(Exception):
    """The invitation was used, withdrawn, or has had its time."""


class SignInNeeded(Exception):
    """Somebody with this address has a sign-in already: only that person may take the invitation."""


def invite(client: Client, *, by: Practitioner, now: dt.datetime | None = None) -> Client:
    """Store a new client of the practitioner's clinic and put the invitation in the outbox.

    Args:
        client: an unsaved row with name, e-mail, zone and so on; clinic and practitioner are set here.

    Raises ValidationError by field; nothing is stored then.
    """
    now = now or timezone.now()
    if not by.is_clinical:
        raise ValidationError({"practitioner": _("Only a practitioner may invite a client.")})
    client.clinic, client.practitioner, client.state = by.clinic, by, Client.State.INVITED
    client.name, client.email = " ".join(client.name.split()), client.email.strip().lower()
    _full_clean(client)
    try:
        with transaction.atomic():
            client.save()
            _post_invitation(client, by, now)
            audit.record(by.user, "invited", client, by.clinic)
    except IntegrityError as error:  # somebody else invited the same address in this very moment
        raise ValidationError({"email": _("A client with this e-mail is already in this clinic.")}) from error
    return client


def invite_again(client: Client, *, by: Practitioner, now: dt.datetime | None = None) -> Invitation:
    """Withdraw the invitations that are out and post a new one. Raises ValidationError when the client has joined."""
    now = now or timezone.now()
    if client.state != Client.State.INVITED:
        raise ValidationError({"client": _("This client has joined already.")})
    with transaction.atomic():
        _withdraw(client, now)
        invitation = _post_invitation(client, by, now)
        audit.record(by.user, "invited", client, by.clinic)
    return invitation


def usable_invitation(row: int, now: dt.datetime | None = None) -> Invitation:
    """The invitation behind a link. Raises InvitationOver when it cannot be used any more."""
    usable = Invitation.objects.usable(now or timezone.now()).select_related("client__clinic")
    invitation = usable.filter(pk=row, client__state=Client.State.INVITED).first()
    if invitation is None:
        raise InvitationOver(row)
    return invitation


def sign_in_of(client: Client) -> AbstractBaseUser | None:
    """Who has a sign-in with the client's address already: only that person may take the invitation."""
    users = get_user_model()
    found: AbstractBaseUser | None = users._default_manager.filter(
        **{f"{users.get_email_field_name()}__iexact": client.email}
    ).first()
    return found


def accept(
    invitation: Invitation,
    *,
    password: str = "",
    user: AbstractBaseUser | None = None,
    time_zone: str | None = None,
    now: dt.datetime | None = None,
) -> AbstractBaseUser:
    """The invited person agrees and gets a sign-in; the link is used up.

    Args:
        password: optional; without one, sign-in is by a code sent by mail.
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
        client = Client.objects.select_for_update().get(pk=invitation.client_id)
        used = Invitation.objects.usable(now).filter(pk=invitation.pk).update(accepted_at=now)
        if not used or client.state != Client.State.INVITED:
            raise InvitationOver(invitation.pk)
        account = _account(client, user, password)
        client.user_id, client.state, client.consented_at = account.pk, Client.State.JOINED, now
        client.time_zone = time_zone or client.time_zone
        _full_clean(client)
        client.save(update_fields=["user", "state", "consented_at", "time_zone"])
        for prescription in client.prescriptions.running():
            planning.set_schedules(prescription, now)
        audit.record(account, "joined", client, client.clinic)
        transaction.on_commit(partial(signals.client_joined.send_robust, Client, client=client, user=account))
    return account


def send_due(now: dt.datetime | None = None) -> Counter[str]:
    """One tick: send every invitation that waits; returns how many ended in each state."""
    return deliver(Mailbag(Invitation.objects.select_related("client__clinic", "invited_by"), _guard, _compose), now)


def _guard(invitations: list[Invitation], now: dt.datetime) -> Mapping[int, Why]:
    usable = set(
        Invitation.objects.usable(now).filter(pk__in=[row.pk for row in invitations]).values_list("pk", flat=True)
    )
    return {row.pk: Why.WITHDRAWN for row in invitations if row.pk not in usable}


def _compose(invitation: Invitation) -> EmailMultiAlternatives:
    client = invitation.client
    return letter(
        "invitation",
        to=(client.name, client.email),
        clinic=client.clinic,
        language=client.language,
        message_id=invitation.message_id,
        context={
            "client": client,
            "practitioner": invitation.invited_by,
            "join_url": links.url(links.Purpose.INVITATION, invitation.pk),
            "days": conf.invitation_age.days,
        },
    )


def _post_invitation(client: Client, by: Practitioner, now: dt.datetime) -> Invitation:
    until = now + conf.invitation_age
    return Invitation.objects.create(
        client=client,
        invited_by=by,
        due_at=now,
        try_at=now,
        expires_at=until,
        valid_until=until,
        message_id=f"invitation.{uuid.uuid4().hex}@{conf.mail_domain}",
    )


def _withdraw(client: Client, now: dt.datetime) -> None:
    Invitation.objects.usable(now).filter(client=client).update(withdrawn_at=now)


def _account(client: Client, signed_in: AbstractBaseUser | None, password: str) -> AbstractBaseUser:
    users = get_user_model()
    address = users.get_email_field_name()
    known = sign_in_of(client)
    if signed_in is not None and (known is None or known.pk == signed_in.pk):
        return signed_in
    if known is not None:
        raise SignInNeeded(client.pk)
    account = users()
    setattr(account, address, client.email)
    if address != users.USERNAME_FIELD:
        setattr(account, users.USERNAME_FIELD, f"client-{uuid.uuid4().hex[:12]}")
    _give_name(account, client.name)
    if password:
        try:
            validate_password(password, account)
        except ValidationError as error:
            raise ValidationError({"password": error.messages}) from error
        account.set_password(password)
    else:
        account.set_unusable_password()
    try:
        with transaction.atomic():
            account.save()
    except IntegrityError as error:  # the same address joined another clinic in this very moment
        raise SignInNeeded(client.pk) from error
    return account


def _give_name(account: AbstractBaseUser, name: str) -> None:
    """Django's own user keeps two names; a host's may keep none."""
    first, _space, rest = name.partition(" ")
    for field, part in (("first_name", first), ("last_name", rest)):
        try:
            longest = getattr(account._meta.get_field(field), "max_length", None)
        except FieldDoesNotExist:
            continue
        setattr(account, field, part[:longest])


def _full_clean(client: Client) -> None:
    """As full_clean, with a broken rule of the e-mail told at the e-mail."""
    try:
        client.full_clean()
    except ValidationError as error:
        wrong = error.message_dict
        if taken := wrong.pop("__all__", None):
            wrong.setdefault("email", []).extend(taken)
        raise ValidationError(wrong) from error
