"""How somebody registers on the public page: written down, confirmed by mail, declined by the clinic, deleted again.

Whatever an address is to the clinic, the page says the same and a mail tells its owner more; so nobody finds out by
this page who has a sign-in here. Taking a registrant on as a client is `clinic.clients.invitations.accept_registrant`.
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
from clinic.mail.compose import letter
from clinic.models import Client, Clinic, Confirmation, Practitioner, Registrant

MAIL_INTERVAL = dt.timedelta(minutes=10)  # a second press of the button brings no second mail
DAY = dt.timedelta(days=1)
MAX_MAILS_PER_DAY = 3  # to one address, so that nobody fills a stranger's mailbox from our page


class ConfirmationUnusable(Exception):
    """The link was used already, or has had its time."""


def register_visitor(clinic: Clinic, *, name: str, email: str, language: str, now: dt.datetime | None = None) -> None:
    """Write down who agreed to what the page says, and post a mail that proves the address.

    Says nothing of what the address was before: to the caller every address is alike.

    Args:
        language: code of the language that the person reads.

    Raises ValidationError by field; nothing is stored then.
    """
    now = now or timezone.now()
    given = Registrant(clinic=clinic, name=" ".join(name.split()), email=email.strip().lower(), consented_at=now)
    given.language = language
    given.clean_fields()
    with transaction.atomic():
        registrant = _locked(given)
        if registrant.state == Registrant.State.UNCONFIRMED:
            registrant.name, registrant.language, registrant.consented_at = given.name, language, now
            registrant.save(update_fields=["name", "language", "consented_at"])
        lately = registrant.confirmations.filter(due_at__gt=now - DAY)
        if lately.filter(due_at__gt=now - MAIL_INTERVAL).exists() or lately.count() >= MAX_MAILS_PER_DAY:
            return
        _post_confirmation(registrant, now)


def usable_confirmation(row: int, now: dt.datetime | None = None) -> Confirmation:
    """The confirmation behind a link. Raises ConfirmationOver when it cannot be used any more."""
    usable = Confirmation.objects.usable(now or timezone.now()).select_related("registrant__clinic")
    confirmation = usable.filter(pk=row).first()
    if confirmation is None:
        raise ConfirmationUnusable(row)
    return confirmation


def existing_account(registrant: Registrant) -> AbstractBaseUser | None:
    """Who has a sign-in with the registrant's address already: only that person may confirm it."""
    return users.find_user(registrant.email)


def confirm_registrant(
    confirmation: Confirmation,
    *,
    password: str = "",
    user: AbstractBaseUser | None = None,
    now: dt.datetime | None = None,
) -> AbstractBaseUser:
    """The address is proven: the person gets a sign-in, and the clinic sees that somebody waits.

    Who is a client of this clinic already does not wait.

    Args:
        password: optional; without one, sign-in is by a code sent by mail.
        user: who is signed in already, if anybody.

    Returns:
        The user to sign in.

    Raises:
        ConfirmationOver: used, or too old.
        SignInNeeded: the address has a sign-in that is not ``user``.
        ValidationError: the password is refused.
    """
    now = now or timezone.now()
    with transaction.atomic():
        registrant = Registrant.objects.select_for_update().filter(pk=confirmation.registrant_id).first()
        if registrant is None or not Confirmation.objects.usable(now).filter(pk=confirmation.pk).exists():
            raise ConfirmationUnusable(confirmation.pk)
        known = users.find_user(registrant.email)
        account = users.get_or_create_user(registrant.email, registrant.name, user, password)
        here = Client.objects.filter(clinic=registrant.clinic_id, email__iexact=registrant.email)
        registrant.client = here.exclude(state=Client.State.LEFT).first()
        registrant.state = Registrant.State.ACCEPTED if registrant.client else Registrant.State.WAITING
        registrant.user_id, registrant.confirmed_at = account.pk, now
        registrant.made_sign_in = known is None and account != user
        registrant.save(update_fields=["client", "state", "user", "confirmed_at", "made_sign_in"])
        # By the holder of a link; an entry that named the account would keep it from being deleted later.
        audit.record(None, audit.Verb.REGISTRATION_CONFIRMED, registrant, registrant.clinic)
        told = partial(signals.registrant_joined.send_robust, Registrant, registrant=registrant, user=account)
        transaction.on_commit(told)
    return account


def decline_registrant(registrant: Registrant, *, by: Practitioner, now: dt.datetime | None = None) -> bool:
    """The clinic does not take this registrant on; the library stays open to them, and no mail goes out.

    Returns whether it was still to be decided.
    """
    decision = {"state": Registrant.State.DECLINED, "decided_by": by, "decided_at": now or timezone.now()}
    with transaction.atomic():
        declined = Registrant.objects.waiting().filter(pk=registrant.pk, clinic=by.clinic_id).update(**decision)
        if declined:
            audit.record(by.user, audit.Verb.REGISTRANT_DECLINED, registrant, registrant.clinic)
    return bool(declined)


def decline_registrants(registrants: Sequence[Registrant], *, by: Practitioner) -> list[Registrant]:
    """Decline each of these that is still to be decided, all in one transaction; returns those."""
    with transaction.atomic():
        return [registrant for registrant in registrants if decline_registrant(registrant, by=by)]


def reconsider_registrant(registrant: Registrant, *, by: Practitioner) -> bool:
    """Declined by mistake: the registrant waits again, as if nobody had decided. Returns whether it was declined."""
    undecided = {"state": Registrant.State.WAITING, "decided_by": None, "decided_at": None}
    declined = Registrant.objects.filter(state=Registrant.State.DECLINED, clinic=by.clinic_id)
    with transaction.atomic():
        waits = declined.filter(pk=registrant.pk).update(**undecided)
        if waits:
            audit.record(by.user, audit.Verb.REGISTRANT_RECONSIDERED, registrant, registrant.clinic)
    return bool(waits)


def withdraw_registration(registrant: Registrant) -> None:
    """Delete the registration at the person's own wish, with the sign-in that it made.

    An invitation that was not taken up goes too, unless something was prescribed. A sign-in that the person has for
    another purpose stays, and so does the record of a client who has joined.
    """
    with transaction.atomic():
        stored = Registrant.objects.select_for_update().filter(pk=registrant.pk).first()
        if stored is None:  # the button was pressed twice
            return
        account = stored.user
        audit.record(None, audit.Verb.REGISTRATION_WITHDRAWN, stored, stored.clinic)
        # Under a lock: the invitation may be taken up in this very moment.
        invited = Client.objects.select_for_update().filter(registrations=stored, state=Client.State.INVITED).first()
        stored.delete()
        if invited is not None and not invited.prescriptions.exists():
            invited.delete()
        if account is not None and stored.made_sign_in:
            users.delete_unneeded_account(account)


def delete_unconfirmed(now: dt.datetime) -> int:
    """Delete those who never confirmed, once none of their links works; returns how many."""
    still = Confirmation.objects.filter(registrant=OuterRef("pk"), valid_until__gt=now)
    gone = Registrant.objects.filter(~Exists(still), state=Registrant.State.UNCONFIRMED)
    return gone.delete()[1].get(Registrant._meta.label, 0)


def compose(confirmation: Confirmation) -> EmailMultiAlternatives:
    """The mail: a link to confirm, or, to an address with a sign-in, the way to it.

    It says nothing that the visitor wrote, or the page would carry a stranger's words to any mailbox.
    """
    registrant = confirmation.registrant
    confirmed = registrant.state != Registrant.State.UNCONFIRMED
    here = conf.base_url + reverse("clinic:library")
    return letter(
        "registered" if confirmed or users.find_user(registrant.email) else "registration",
        to=("", registrant.email),
        clinic=registrant.clinic,
        language=registrant.language,
        message_id=confirmation.message_id,
        context={
            "open_url": here if confirmed else signed_links.url(signed_links.Purpose.CONFIRMATION, confirmation.pk),
            "days": conf.confirmation_age.days,
        },
    )


def _locked(given: Registrant) -> Registrant:
    """The stored row of this clinic and address, held until the transaction ends; made out of ``given`` if missing."""
    rows = Registrant.objects.select_for_update().filter(clinic=given.clinic, email__iexact=given.email)
    found = rows.first()
    if found is not None:
        return found
    try:
        with transaction.atomic():
            given.save()
    except IntegrityError:  # a second press of the button was quicker
        return rows.get()
    return given


def _post_confirmation(registrant: Registrant, now: dt.datetime) -> Confirmation:
    until = now + conf.confirmation_age
    return Confirmation.objects.create(
        registrant=registrant,
        due_at=now,
        try_at=now,
        expires_at=until,
        valid_until=until,
        message_id=f"confirmation.{uuid.uuid4().hex}@{conf.mail_domain}",
    )
