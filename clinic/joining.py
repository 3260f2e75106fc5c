"""How a client comes in: invited by mail, joined through the link, withdrawn again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Mapping
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit, links, sign_ins, signals
from clinic.conf import conf
from clinic.delivery import Mailbag, deliver
from clinic.flags import standing
from clinic.flags.undeliverable import mail_arrives
from clinic.letters import letter
from clinic.models import Client, Invitation, Practitioner, Registrant, Why
from clinic.reminders import planning


class InvitationOver(Exception):
    """The invitation was used, withdrawn, or has had its time."""


def invite(client: Client, *, by: Practitioner, now: dt.datetime | None = None) -> Client:
    """Store a new client of the practitioner's clinic and put the invitation in the outbox.

    Args:
        client: an unsaved row with name, e-mail, zone and so on; clinic and practitioner are set here.

    Raises ValidationError by field; nothing is stored then.
    """
    return _invite(client, by, by, now or timezone.now())


def accept_registrant(
    registrant: Registrant, practitioner: Practitioner, *, by: Practitioner, now: dt.datetime | None = None
) -> Client:
    """Take a registrant on as a client, who is invited and joins by agreeing to it.

    Args:
        practitioner: who will treat them; another than ``by`` only where ``by`` owns the clinic.

    Raises ValidationError when it was decided already, or there is such a client; nothing is stored then.
    """
    now = now or timezone.now()
    if by.clinic_id != registrant.clinic_id or practitioner.clinic_id != registrant.clinic_id:
        raise ValidationError({"practitioner": _("Choose somebody who works at this clinic.")})
    if practitioner.pk != by.pk and by.role != Practitioner.Role.OWNER:
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
        if not Registrant.objects.filter(pk=registrant.pk, client=client).exists():  # deleted in this very moment
            raise ValidationError(_("This is decided already."))
        audit.record(by.user, "accepted", registrant, registrant.clinic)
    return client


def _invite(client: Client, practitioner: Practitioner, by: Practitioner, now: dt.datetime) -> Client:
    if not practitioner.is_clinical or not practitioner.active:
        raise ValidationError({"practitioner": _("Only a practitioner may invite a client.")})
    client.clinic, client.practitioner, client.state = practitioner.clinic, practitioner, Client.State.INVITED
    client.name, client.email = " ".join(client.name.split()), client.email.strip().lower()
    _full_clean(client)
    try:
        with transaction.atomic():
            client.save()
            _post_invitation(client, practitioner, now)
            # Whoever registered with this address waits no more, however the invitation came about.
            known = Registrant.objects.confirmed().filter(clinic=client.clinic, email__iexact=client.email)
            known.update(state=Registrant.State.ACCEPTED, client=client, decided_by=by, decided_at=now)
            audit.record(by.user, "invited", client, practitioner.clinic)
            standing.restate(client.pk)
    except IntegrityError as error:  # somebody else invited the same address in this very moment
        raise ValidationError({"email": _("A client with this e-mail is already in this clinic.")}) from error
    return client


def invite_again(client: Client, *, by: Practitioner, now: dt.datetime | None = None) -> Invitation:
    """Withdraw the invitations that are out and post a new one. Raises ValidationError when the client has joined."""
    now = now or timezone.now()
    if client.state != Client.State.INVITED:
        raise ValidationError({"client": _("This client has joined already.")})
    with transaction.atomic():
        mail_arrives(client, by.user, _("A new invitation was sent."), now)
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
    return sign_ins.of(client.email)


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
        mail_arrives(invitation.client, None, _("The client opened the invitation."), now)
        client = Client.objects.select_for_update().get(pk=invitation.client_id)
        used = Invitation.objects.usable(now).filter(pk=invitation.pk).update(accepted_at=now)
        if not used or client.state != Client.State.INVITED:
            raise InvitationOver(invitation.pk)
        if not (client.clinic.code_sign_in or password or user):
            raise ValidationError({"password": _("Choose a password: this clinic mails no codes to sign in with.")})
        account = sign_ins.own_or_new(client.email, client.name, user, password)
        client.user_id, client.state, client.consented_at = account.pk, Client.State.JOINED, now
        client.time_zone = time_zone or client.time_zone
        _full_clean(client)
        client.save(update_fields=["user", "state", "consented_at", "time_zone"])
        for prescription in client.prescriptions.running():
            planning.set_schedules(prescription, now)
        audit.record(account, "joined", client, client.clinic)
        standing.restate(client.pk)
        transaction.on_commit(partial(signals.client_joined.send_robust, Client, client=client, user=account))
    return account


def send_due(now: dt.datetime | None = None) -> Counter[str]:
    """One tick: send every invitation that waits; returns how many ended in each state."""
    rows = Invitation.objects.select_related("client__clinic", "invited_by")
    return deliver(Mailbag(rows, _guard, _compose, _out_of_reach), now)


def _out_of_reach(invitation: Invitation, now: dt.datetime) -> None:
    Client.objects.out_of_reach(invitation.client_id, now)


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


def _full_clean(client: Client) -> None:
    """As full_clean, with a broken rule of the e-mail told at the e-mail."""
    try:
        client.full_clean()
    except ValidationError as error:
        wrong = error.message_dict
        if taken := wrong.pop("__all__", None):
            wrong.setdefault("email", []).extend(taken)
        raise ValidationError(wrong) from error
