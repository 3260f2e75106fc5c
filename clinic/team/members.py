"""Who works at a clinic: a clinic opened, a colleague added, a role changed, somebody who works there no more.

Whether the asker may do so is the door's to know; what must hold afterwards is held here: a clinic keeps an owner, and
nobody leaves clients behind. Nobody but an owner gives a role that sees health data, and each act is in the audit.
"""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Mapping

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from clinic import audit
from clinic.accounts import users
from clinic.conf import conf
from clinic.mail.compose import letter
from clinic.models import Client, Clinic, Practitioner, SkipReason, Welcome

Role = Practitioner.Role
_ROLE_VERBS: dict[str, audit.Verb] = {
    Role.OWNER: audit.Verb.ROLE_CHANGED_TO_OWNER,
    Role.PRACTITIONER: audit.Verb.ROLE_CHANGED_TO_PRACTITIONER,
    Role.FRONT_DESK: audit.Verb.ROLE_CHANGED_TO_FRONT_DESK,
}
WELCOME_EXPIRES_AFTER = dt.timedelta(
    days=7
)  # for a mail server that is away; whoever is still not in gets another by a button


def create_clinic(
    clinic: Clinic, *, owner_name: str, owner_email: str, by: AbstractBaseUser, now: dt.datetime | None = None
) -> Clinic:
    """Store a new clinic with its first owner, who gets a mail.

    Args:
        clinic: an unsaved row; its short name is made of the name where it has none.

    Raises ValidationError by field; nothing is stored then.
    """
    clinic.name = " ".join(clinic.name.split())
    clinic.slug = clinic.slug or _free_slug(clinic.name)
    clinic.full_clean()
    try:
        with transaction.atomic():
            clinic.save()
            audit.record(by, audit.Verb.CLINIC_OPENED, clinic, clinic)
            add_member(clinic, name=owner_name, email=owner_email, role=Role.OWNER, by=by, now=now)
    except ValidationError as error:
        clinic.pk = None
        names = {"name": "owner_name", "email": "owner_email"}
        told = {names.get(field, field): messages for field, messages in error.message_dict.items()}
        raise ValidationError(told) from error
    return clinic


def add_member(
    at: Clinic, *, name: str, email: str, role: str, by: AbstractBaseUser, now: dt.datetime | None = None
) -> Practitioner:
    """Let somebody work at a clinic from now on, by the sign-in of their address or a new one, and tell them by mail.

    Raises ValidationError by field: name, email, role; nothing is stored then.
    """
    name, email = " ".join(name.split()), email.strip().lower()
    _check_address(email)
    known = users.find_user(email)
    if known is not None:
        _check_account(known, at)
    try:
        with transaction.atomic():
            account = known or _create_account(email, name)
            colleague = Practitioner(user_id=account.pk, clinic=at, name=name, role=role)
            colleague.full_clean(exclude=["user"])
            colleague.save()
            _queue_welcome(colleague, now or timezone.now())
            audit.record(by, audit.Verb.MEMBER_ADDED, colleague, at)
    except (IntegrityError, users.SignInNeeded) as error:  # somebody else was quicker by this very moment
        raise ValidationError({"email": _("Somebody with this e-mail works here already.")}) from error
    return colleague


def resend_welcome(colleague: Practitioner, *, by: AbstractBaseUser, now: dt.datetime | None = None) -> Welcome:
    """Post the mail once more. Raises ValidationError for who works here no longer, or has signed in since."""
    if not colleague.active or colleague.user.last_login is not None:
        raise ValidationError(_("They have signed in already, or work here no more."))
    with transaction.atomic():
        posted = _queue_welcome(colleague, now or timezone.now())
        audit.record(by, audit.Verb.WELCOME_RESENT, colleague, colleague.clinic)
    return posted


def change_role(colleague: Practitioner, role: str, *, by: AbstractBaseUser) -> bool:
    """Give another role. False: it is theirs already. Raises ValidationError at ``role``; nothing is changed then."""
    if role not in Role.values:
        raise ValidationError({"role": _("Choose one of the roles.")})
    with transaction.atomic():
        _lock_owners(colleague.clinic_id)
        colleague.refresh_from_db(fields=["role", "active"])
        if role == colleague.role:
            return False
        if role != Role.OWNER:
            _check_owner_remains(colleague, "role")
        if role not in Role.clinical():
            _check_no_clients(colleague, "role")
        colleague.role = role
        colleague.save(update_fields=["role"])
        audit.record(by, _ROLE_VERBS[role], colleague, colleague.clinic)
    return True


def deactivate_member(colleague: Practitioner, *, by: AbstractBaseUser) -> bool:
    """They work here no more and see nothing at once. False: it is so already.

    Raises ValidationError for the last owner, and for somebody who still has clients: hand them over first.
    """
    with transaction.atomic():
        _lock_owners(colleague.clinic_id)
        colleague.refresh_from_db(fields=["role", "active"])
        if not colleague.active:
            return False
        _check_owner_remains(colleague)
        _check_no_clients(colleague)
        _set_active(colleague, False, audit.Verb.MEMBER_DEACTIVATED, by)
    return True


def revoke_access(colleague: Practitioner, *, by: AbstractBaseUser) -> bool:
    """Platform staff end somebody's access at once, clients or not: a sign-in is in the wrong hands. False: it is so.

    The clients stay with them and the owner sees them; even the last owner can be shut out, and be let in again.
    """
    with transaction.atomic():
        if not Practitioner.objects.select_for_update().filter(pk=colleague.pk, active=True).exists():
            return False
        _set_active(colleague, False, audit.Verb.ACCESS_REVOKED, by)
    return True


def reactivate_member(colleague: Practitioner, *, by: AbstractBaseUser) -> bool:
    """They work here again, in the role they had. False: they do already."""
    with transaction.atomic():
        if not Practitioner.objects.select_for_update().filter(pk=colleague.pk, active=False).exists():
            return False
        _set_active(colleague, True, audit.Verb.MEMBER_REACTIVATED, by)
    return True


def guard_welcomes(welcomes: list[Welcome], now: dt.datetime) -> Mapping[int, SkipReason]:
    gone = Welcome.objects.filter(pk__in=[row.pk for row in welcomes], practitioner__active=False)
    return dict.fromkeys(gone.values_list("pk", flat=True), SkipReason.WITHDRAWN)


def compose_welcome(welcome: Welcome) -> EmailMultiAlternatives:
    colleague = welcome.practitioner
    return letter(
        "welcome",
        to=(colleague.name, colleague.email),
        clinic=colleague.clinic,
        language=colleague.clinic.language,
        message_id=welcome.message_id,
        context={
            "colleague": colleague,
            "worklist_url": conf.base_url + conf.worklist_path,
            "second_step": conf.two_factor and colleague.is_clinical,
        },
    )


def _queue_welcome(colleague: Practitioner, now: dt.datetime) -> Welcome:
    return Welcome.objects.create(
        practitioner=colleague,
        due_at=now,
        try_at=now,
        expires_at=now + WELCOME_EXPIRES_AFTER,
        message_id=f"welcome.{uuid.uuid4().hex}@{conf.mail_domain}",
    )


def _create_account(email: str, name: str) -> AbstractBaseUser:
    account = users.get_or_create_user(email, name, None, "")
    if not apps.is_installed("allauth.account"):
        # Django's own page for a new password mails nobody whose password cannot be used: so one that nobody knows.
        account.set_password(secrets.token_urlsafe(32))
        account.save(update_fields=["password"])
    return account


def _check_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error


def _check_account(account: AbstractBaseUser, at: Clinic) -> None:
    if not account.is_active:
        raise ValidationError({"email": _("The sign-in of this address is closed.")})
    there = Practitioner.objects.filter(user_id=account.pk, clinic=at).first()
    if there is None:
        return
    if there.active:
        raise ValidationError({"email": _("Somebody with this e-mail works here already.")})
    again = _("%(name)s worked here before. On their page, choose “Works here again”.") % {"name": there}
    raise ValidationError({"email": again})


def _check_owner_remains(colleague: Practitioner, field: str = "__all__") -> None:
    others = Practitioner.objects.filter(clinic=colleague.clinic_id, role=Role.OWNER, active=True)
    if colleague.role == Role.OWNER and colleague.active and not others.exclude(pk=colleague.pk).exists():
        raise ValidationError({field: _("A clinic keeps one owner: make somebody else owner first.")})


def _check_no_clients(colleague: Practitioner, field: str = "__all__") -> None:
    if colleague.clients.exclude(state=Client.State.LEFT).exists():
        raise ValidationError({field: _("%(name)s has clients: hand them over first.") % {"name": colleague}})


def _lock_owners(clinic_id: int) -> None:
    """Two owners who each take the other's role away wait for one another, and the second finds the rule."""
    list(Practitioner.objects.select_for_update().filter(clinic=clinic_id, role=Role.OWNER).values_list("pk"))


def _set_active(colleague: Practitioner, active: bool, verb: audit.Verb, by: AbstractBaseUser) -> None:
    colleague.active = active
    colleague.save(update_fields=["active"])
    audit.record(by, verb, colleague, colleague.clinic)


def _free_slug(name: str) -> str:
    """``harbour-street``, or with a few letters behind it where another clinic has that."""
    slug = slugify(name)[:40] or "clinic"
    return f"{slug}-{uuid.uuid4().hex[:6]}" if Clinic.objects.filter(slug=slug).exists() else slug
