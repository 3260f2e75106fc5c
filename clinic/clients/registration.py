"""Registrants of the public page: register, confirm by mail, decline, reconsider, withdraw, delete.

The page answers the same for every address and only the mail differs, so that nobody learns from the page who has an
account. Accepting a registrant as a client is `clinic.clients.invitations.accept_registrant`.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from functools import partial

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from clinic import audit, signals
from clinic.accounts import users
from clinic.conf import conf
from clinic.mail import signed_links
from clinic.mail.compose import build_email
from clinic.models import Client, Clinic, Confirmation, Practitioner, Registrant

MAIL_INTERVAL = dt.timedelta(minutes=10)  # a form that is sent twice brings one mail
DAY = dt.timedelta(days=1)
MAX_MAILS_PER_DAY = 3  # to one address, so that nobody fills a stranger's mailbox from our page


class ConfirmationUnusable(Exception):
    """The link was used, or has expired."""


def register_visitor(clinic: Clinic, *, name: str, email: str, language: str, now: dt.datetime | None = None) -> None:
    """Store a registrant who consented on the public page, and post a mail that proves the address.

    The caller learns nothing of the address: every address is treated alike.

    Args:
        language: code of the language of the mail.

    Raises ValidationError by field; nothing is stored then.
    """
    now = now or timezone.now()
    new = Registrant(clinic=clinic, name=" ".join(name.split()), email=email.strip().lower(), consented_at=now)
    new.language = language
    new.clean_fields()
    with transaction.atomic():
        registrant = _lock_or_create(new)
        if registrant.state == Registrant.State.UNCONFIRMED:
            registrant.name, registrant.language, registrant.consented_at = new.name, language, now
            registrant.save(update_fields=["name", "language", "consented_at"])
        recent = registrant.confirmations.filter(due_at__gt=now - DAY)
        if recent.filter(due_at__gt=now - MAIL_INTERVAL).exists() or recent.count() >= MAX_MAILS_PER_DAY:
            return
        _post_confirmation(registrant, now)


def usable_confirmation(pk: int, now: dt.datetime | None = None) -> Confirmation:
    """The confirmation of a link, by primary key. Raises ConfirmationUnusable."""
    usable = Confirmation.objects.usable(now or timezone.now()).select_related("registrant__clinic")
    confirmation = usable.filter(pk=pk).first()
    if confirmation is None:
        raise ConfirmationUnusable(pk)
    return confirmation


def existing_account(registrant: Registrant) -> AbstractBaseUser | None:
    """The account with the registrant's address, whose owner alone may confirm it; None: there is none."""
    return users.find_user(registrant.email)


def confirm_registrant(
    confirmation: Confirmation,
    *,
    password: str = "",
    user: AbstractBaseUser | None = None,
    now: dt.datetime | None = None,
) -> AbstractBaseUser:
    """Store that the address is proven: the registrant gets a sign-in and waits for the clinic's decision.

    A client of this clinic is accepted at once.

    Args:
        password: optional; without one, sign-in is by a code sent by mail.
        user: the person who is signed in, if anybody.

    Returns:
        The user to sign in.

    Raises:
        ConfirmationUnusable: used, or expired.
        SignInNeeded: the address has a sign-in that is not ``user``.
        ValidationError: the password is refused.
    """
    now = now or timezone.now()
    with transaction.atomic():
        registrant = Registrant.objects.select_for_update().filter(pk=confirmation.registrant_id).first()
        if registrant is None or not Confirmation.objects.usable(now).filter(pk=confirmation.pk).exists():
            raise ConfirmationUnusable(confirmation.pk)
        existing = users.find_user(registrant.email)
        account = users.get_or_create_user(registrant.email, registrant.name, user, password)
        clients = Client.objects.filter(clinic=registrant.clinic_id, email__iexact=registrant.email)
        registrant.client = clients.exclude(state=Client.State.LEFT).first()
        registrant.state = Registrant.State.ACCEPTED if registrant.client else Registrant.State.WAITING
        registrant.user_id, registrant.confirmed_at = account.pk, now
        registrant.created_sign_in = existing is None and account != user
        registrant.save(update_fields=["client", "state", "user", "confirmed_at", "created_sign_in"])
        # By the holder of a link; an entry that named the account would keep it from being deleted later.
        audit.record(None, audit.Verb.REGISTRATION_CONFIRMED, registrant, registrant.clinic)
        signal = signals.registrant_joined
        transaction.on_commit(partial(signal.send_robust, Registrant, registrant=registrant, user=account))
    return account


def decline_registrant(registrant: Registrant, *, by: Practitioner, now: dt.datetime | None = None) -> bool:
    """Decline a registrant, who keeps access to the library; no mail is sent.

    Returns whether the registrant was waiting.
    """
    decision = {"state": Registrant.State.DECLINED, "decided_by": by, "decided_at": now or timezone.now()}
    with transaction.atomic():
        declined = Registrant.objects.waiting().filter(pk=registrant.pk, clinic=by.clinic_id).update(**decision)
        if declined:
            audit.record(by.user, audit.Verb.REGISTRANT_DECLINED, registrant, registrant.clinic)
    return bool(declined)


def decline_registrants(registrants: Sequence[Registrant], *, by: Practitioner) -> list[Registrant]:
    """Decline the waiting ones of these registrants in one transaction; returns them."""
    with transaction.atomic():
        return [registrant for registrant in registrants if decline_registrant(registrant, by=by)]


def reconsider_registrant(registrant: Registrant, *, by: Practitioner) -> bool:
    """Undo a decline: the registrant waits again. Returns whether the registrant was declined."""
    undecided = {"state": Registrant.State.WAITING, "decided_by": None, "decided_at": None}
    declined = Registrant.objects.filter(state=Registrant.State.DECLINED, clinic=by.clinic_id)
    with transaction.atomic():
        reconsidered = declined.filter(pk=registrant.pk).update(**undecided)
        if reconsidered:
            audit.record(by.user, audit.Verb.REGISTRANT_RECONSIDERED, registrant, registrant.clinic)
    return bool(reconsidered)


def withdraw_registration(registrant: Registrant) -> None:
    """Delete a registration on the registrant's request, with the sign-in that was created for it.

    An invitation that was not accepted is deleted too, unless something was prescribed. A sign-in with another
    purpose is kept, and so is the record of a client who has joined.
    """
    with transaction.atomic():
        stored = Registrant.objects.select_for_update().filter(pk=registrant.pk).first()
        if stored is None:  # the form was sent twice
            return
        account = stored.user
        audit.record(None, audit.Verb.REGISTRATION_WITHDRAWN, stored, stored.clinic)
        # Under a lock: the invitation may be accepted at the same moment.
        invited = Client.objects.select_for_update().filter(registrations=stored, state=Client.State.INVITED).first()
        stored.delete()
        if invited is not None and not invited.prescriptions.exists():
            invited.delete()
        if account is not None and stored.created_sign_in:
            users.delete_unneeded_account(account)


def delete_unconfirmed(now: dt.datetime) -> int:
    """Delete the registrants who never confirmed and whose links have all expired; returns how many."""
    valid = Confirmation.objects.filter(registrant=OuterRef("pk"), valid_until__gt=now)
    expired = Registrant.objects.filter(~Exists(valid), state=Registrant.State.UNCONFIRMED)
    return expired.delete()[1].get(Registrant._meta.label, 0)


def compose(confirmation: Confirmation) -> EmailMultiAlternatives:
    """The mail: a link to confirm, or, to an address with an account, a link to the library.

    It quotes nothing that the visitor wrote, or the page would send a stranger's text to any mailbox.
    """
    registrant = confirmation.registrant
    confirmed = registrant.state != Registrant.State.UNCONFIRMED
    if confirmed:
        url = conf.base_url + reverse("clinic:library")
    else:
        url = signed_links.build_url(signed_links.Purpose.CONFIRMATION, confirmation.pk)
    return build_email(
        "registered" if confirmed or users.find_user(registrant.email) else "registration",
        to=("", registrant.email),
        clinic=registrant.clinic,
        language=registrant.language,
        message_id=confirmation.message_id,
        context={"open_url": url, "days": conf.confirmation_lifetime.days},
    )


def _lock_or_create(new: Registrant) -> Registrant:
    """The stored row with this clinic and address, locked until the transaction ends; ``new`` is stored if missing."""
    rows = Registrant.objects.select_for_update().filter(clinic=new.clinic, email__iexact=new.email)
    stored = rows.first()
    if stored is not None:
        return stored
    try:
        with transaction.atomic():
            new.save()
    except IntegrityError:  # the same form, sent twice, was quicker
        return rows.get()
    return new


def _post_confirmation(registrant: Registrant, now: dt.datetime) -> Confirmation:
    until = now + conf.confirmation_lifetime
    return Confirmation.objects.create(
        registrant=registrant,
        due_at=now,
        try_at=now,
        expires_at=until,
        valid_until=until,
        message_id=f"confirmation.{uuid.uuid4().hex}@{conf.mail_domain}",
    )
