"""Sign-ins of people who came by a link in their mail: find the one of an address, make one, close or delete it."""

from __future__ import annotations

import uuid

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError, RestrictedError

from clinic.models import Client, Practitioner, Registrant


class SignInNeeded(Exception):
    """Somebody with this address has a sign-in already: only that person may go on."""


def find_user(email: str) -> AbstractBaseUser | None:
    """Who has a sign-in with this mail address already."""
    users = get_user_model()
    found: AbstractBaseUser | None = users._default_manager.filter(
        **{f"{users.get_email_field_name()}__iexact": email}
    ).first()
    return found


def get_or_create_user(email: str, name: str, signed_in: AbstractBaseUser | None, password: str) -> AbstractBaseUser:
    """The sign-in for somebody who holds a mail to ``email``: the one they use now, or a new one.

    Args:
        name: first name, then the rest; kept as far as the host's user model has room for it.
        signed_in: who is signed in already, if anybody.
        password: optional; without one, sign-in is by a code sent by mail.

    Raises:
        SignInNeeded: the address has a sign-in that is not ``signed_in``.
        ValidationError: the password is refused.
    """
    known = find_user(email)
    if signed_in is not None and (known is None or known.pk == signed_in.pk):
        return signed_in
    if known is not None:
        raise SignInNeeded
    users = get_user_model()
    account = users(**{users.get_email_field_name(): email})
    if users.get_email_field_name() != users.USERNAME_FIELD:
        setattr(account, users.USERNAME_FIELD, f"client-{uuid.uuid4().hex[:12]}")
    _set_name(account, name)
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
    except IntegrityError as error:  # the same address got a sign-in in this very moment
        raise SignInNeeded from error
    return account


def is_account_needed(account: AbstractBaseUser, but_for: Client | None = None) -> bool:
    """Is there anything here that somebody still signs in for by ``account``?

    Args:
        but_for: a client whose record, and whose registration at the same clinic, do not count.
    """
    if getattr(account, "is_staff", False) or getattr(account, "is_superuser", False):
        return True
    clients, registrants = Client.objects.exclude(state=Client.State.LEFT), Registrant.objects.all()
    if but_for is not None:
        clients, registrants = clients.exclude(pk=but_for.pk), registrants.exclude(clinic=but_for.clinic_id)
    return any(role.filter(user=account.pk).exists() for role in (Practitioner.objects.all(), clients, registrants))


def close_account(account: AbstractBaseUser) -> None:
    """Shut a sign-in for good and forget whose it was. The row stays: what was done is kept by its number.

    The password and the address change, so every session of it ends, and the address is free for a new sign-in.
    """
    users, nobody = get_user_model(), f"left-{uuid.uuid4().hex[:12]}"
    gone: dict[str, object] = {
        users.get_email_field_name(): f"{nobody}@left.invalid",
        "first_name": "",
        "last_name": "",
        "is_active": False,
    }
    if users.get_email_field_name() != users.USERNAME_FIELD:
        gone[users.USERNAME_FIELD] = nobody
    columns = {field.name for field in users._meta.concrete_fields}
    for field, value in gone.items():
        if field in columns:
            setattr(account, field, value)
    account.set_unusable_password()
    account.save(update_fields=["password", *(field for field in gone if field in columns)])


def delete_unneeded_account(account: AbstractBaseUser) -> None:
    """Remove a sign-in that nothing needs any more, here or in the host's own tables."""
    if is_account_needed(account):
        return
    try:
        with transaction.atomic():
            get_user_model()._default_manager.filter(pk=account.pk).delete()
    except (ProtectedError, RestrictedError):  # the host keeps something of theirs
        return


def _set_name(account: AbstractBaseUser, name: str) -> None:
    """Django's own user keeps two names; a host's may keep none."""
    first, _space, rest = name.partition(" ")
    for field, part in (("first_name", first), ("last_name", rest)):
        try:
            longest = getattr(account._meta.get_field(field), "max_length", None)
        except FieldDoesNotExist:
            continue
        setattr(account, field, part[:longest])
