"""User accounts of members, clients and registrants: find, create, close or delete one."""

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
    """The address belongs to an existing account: its holder must sign in to continue."""


def find_user(email: str) -> AbstractBaseUser | None:
    """The user with this email address, if any; case is ignored."""
    users = get_user_model()
    user: AbstractBaseUser | None = users._default_manager.filter(
        **{f"{users.get_email_field_name()}__iexact": email}
    ).first()
    return user


def get_or_create_user(email: str, name: str, signed_in: AbstractBaseUser | None, password: str) -> AbstractBaseUser:
    """The account for somebody who received a mail at ``email``: the one signed in, or a new one.

    Args:
        name: first name, then the rest; shortened to the fields of the host's user model.
        signed_in: the user of the current session, if any.
        password: optional; without one, sign-in is by a code sent by mail.

    Raises:
        SignInNeeded: the address has an account that is not ``signed_in``.
        ValidationError: the password is too weak; by field.
    """
    existing = find_user(email)
    if signed_in is not None and (existing is None or existing.pk == signed_in.pk):
        return signed_in
    if existing is not None:
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
    except IntegrityError as error:  # an account with this address was created at the same time
        raise SignInNeeded from error
    return account


def is_account_needed(account: AbstractBaseUser, excluding: Client | None = None) -> bool:
    """Whether somebody still needs ``account``: as staff, practitioner, client or registrant.

    Args:
        excluding: a client whose record, and whose registration at the same clinic, do not count.
    """
    if getattr(account, "is_staff", False) or getattr(account, "is_superuser", False):
        return True
    clients, registrants = Client.objects.exclude(state=Client.State.LEFT), Registrant.objects.all()
    if excluding is not None:
        clients, registrants = clients.exclude(pk=excluding.pk), registrants.exclude(clinic=excluding.clinic_id)
    return any(role.filter(user=account.pk).exists() for role in (Practitioner.objects.all(), clients, registrants))


def close_account(account: AbstractBaseUser) -> None:
    """Deactivate an account for good and erase its name and address. The row stays, for the audit.

    The password changes, so that every session ends; the address is free for a new account.
    """
    users, placeholder = get_user_model(), f"left-{uuid.uuid4().hex[:12]}"
    values: dict[str, object] = {
        users.get_email_field_name(): f"{placeholder}@left.invalid",
        "first_name": "",
        "last_name": "",
        "is_active": False,
    }
    if users.get_email_field_name() != users.USERNAME_FIELD:
        values[users.USERNAME_FIELD] = placeholder
    columns = {field.name for field in users._meta.concrete_fields}
    for field, value in values.items():
        if field in columns:
            setattr(account, field, value)
    account.set_unusable_password()
    account.save(update_fields=["password", *(field for field in values if field in columns)])


def delete_unneeded_account(account: AbstractBaseUser) -> None:
    """Delete an account that nothing needs, here or in the host's tables."""
    if is_account_needed(account):
        return
    try:
        with transaction.atomic():
            get_user_model()._default_manager.filter(pk=account.pk).delete()
    except (ProtectedError, RestrictedError):  # a row of the host's refers to it
        return


def _set_name(account: AbstractBaseUser, name: str) -> None:
    """Set the names; a host's user model may have no such fields."""
    first, _space, rest = name.partition(" ")
    for field, value in (("first_name", first), ("last_name", rest)):
        try:
            max_length = getattr(account._meta.get_field(field), "max_length", None)
        except FieldDoesNotExist:
            continue
        setattr(account, field, value[:max_length])
