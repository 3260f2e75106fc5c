"""Sign-ins of people who came by a link in their mail: find the one of an address, or make one."""

from __future__ import annotations

import uuid

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import IntegrityError, transaction


class SignInNeeded(Exception):
    """Somebody with this address has a sign-in already: only that person may go on."""


def of(email: str) -> AbstractBaseUser | None:
    """Who has a sign-in with this mail address already."""
    users = get_user_model()
    found: AbstractBaseUser | None = users._default_manager.filter(
        **{f"{users.get_email_field_name()}__iexact": email}
    ).first()
    return found


def own_or_new(email: str, name: str, signed_in: AbstractBaseUser | None, password: str) -> AbstractBaseUser:
    """The sign-in for somebody who holds a mail to ``email``: the one they use now, or a new one.

    Args:
        name: first name, then the rest; kept as far as the host's user model has room for it.
        signed_in: who is signed in already, if anybody.
        password: optional; without one, sign-in is by a code sent by mail.

    Raises:
        SignInNeeded: the address has a sign-in that is not ``signed_in``.
        ValidationError: the password is refused.
    """
    known = of(email)
    if signed_in is not None and (known is None or known.pk == signed_in.pk):
        return signed_in
    if known is not None:
        raise SignInNeeded
    users = get_user_model()
    account = users(**{users.get_email_field_name(): email})
    if users.get_email_field_name() != users.USERNAME_FIELD:
        setattr(account, users.USERNAME_FIELD, f"client-{uuid.uuid4().hex[:12]}")
    _give_name(account, name)
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


def _give_name(account: AbstractBaseUser, name: str) -> None:
    """Django's own user keeps two names; a host's may keep none."""
    first, _space, rest = name.partition(" ")
    for field, part in (("first_name", first), ("last_name", rest)):
        try:
            longest = getattr(account._meta.get_field(field), "max_length", None)
        except FieldDoesNotExist:
            continue
        setattr(account, field, part[:longest])
