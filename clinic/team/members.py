"""Members of a clinic: create a clinic with its owner, add a member, change a role, end or restore access.

The interface checks permissions. These services keep the invariants: a clinic keeps an owner, and no member with
clients is deactivated. Every change has an audit entry.
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
from clinic.mail.compose import build_email
from clinic.models import Client, Clinic, Practitioner, SkipReason, Welcome

Role = Practitioner.Role
_ROLE_VERBS: dict[str, audit.Verb] = {
    Role.OWNER: audit.Verb.ROLE_CHANGED_TO_OWNER,
    Role.PRACTITIONER: audit.Verb.ROLE_CHANGED_TO_PRACTITIONER,
    Role.FRONT_DESK: audit.Verb.ROLE_CHANGED_TO_FRONT_DESK,
}
WELCOME_EXPIRES_AFTER = dt.timedelta(days=7)  # time to send the mail when the server is down


def create_clinic(
    clinic: Clinic, *, owner_name: str, owner_email: str, by: AbstractBaseUser, now: dt.datetime | None = None
) -> Clinic:
    """Store a new clinic with its first owner, who gets a mail.

    Args:
        clinic: an unsaved row; an empty slug is derived from the name.

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
        errors = {names.get(field, field): messages for field, messages in error.message_dict.items()}
        raise ValidationError(errors) from error
    return clinic


def add_member(
    clinic: Clinic, *, name: str, email: str, role: str, by: AbstractBaseUser, now: dt.datetime | None = None
) -> Practitioner:
    """Add a member with the account of the address or a new one, and queue a welcome mail.

    Raises ValidationError by field: name, email, role; nothing is stored then.
    """
    name, email = " ".join(name.split()), email.strip().lower()
    _check_address(email)
    existing = users.find_user(email)
    if existing is not None:
        _check_account(existing, clinic)
    try:
        with transaction.atomic():
            account = existing or _create_account(email, name)
            member = Practitioner(user_id=account.pk, clinic=clinic, name=name, role=role)
            member.full_clean(exclude=["user"])
            member.save()
            _queue_welcome(member, now or timezone.now())
            audit.record(by, audit.Verb.MEMBER_ADDED, member, clinic)
    except (IntegrityError, users.SignInNeeded) as error:  # added by somebody else at the same time
        raise ValidationError({"email": _("Somebody with this e-mail works here already.")}) from error
    return member


def resend_welcome(member: Practitioner, *, by: AbstractBaseUser, now: dt.datetime | None = None) -> Welcome:
    """Queue the mail again. Raises ValidationError for an inactive member or one who has signed in."""
    if not member.active or member.user.last_login is not None:
        raise ValidationError(_("They have signed in already, or work here no more."))
    with transaction.atomic():
        welcome = _queue_welcome(member, now or timezone.now())
        audit.record(by, audit.Verb.WELCOME_RESENT, member, member.clinic)
    return welcome


def change_role(member: Practitioner, role: str, *, by: AbstractBaseUser) -> bool:
    """Set the role. False: unchanged. Raises ValidationError on ``role``; nothing is changed then."""
    if role not in Role.values:
        raise ValidationError({"role": _("Choose one of the roles.")})
    with transaction.atomic():
        _lock_owners(member.clinic_id)
        member.refresh_from_db(fields=["role", "active"])
        if role == member.role:
            return False
        if role != Role.OWNER:
            _check_owner_remains(member, "role")
        if role not in Role.clinical():
            _check_no_clients(member, "role")
        member.role = role
        member.save(update_fields=["role"])
        audit.record(by, _ROLE_VERBS[role], member, member.clinic)
    return True


def deactivate_member(member: Practitioner, *, by: AbstractBaseUser) -> bool:
    """End a member's access to the clinic at once. False: it had ended before.

    Raises ValidationError for the last owner, and for a member with clients, who must be handed over first.
    """
    with transaction.atomic():
        _lock_owners(member.clinic_id)
        member.refresh_from_db(fields=["role", "active"])
        if not member.active:
            return False
        _check_owner_remains(member)
        _check_no_clients(member)
        _set_active(member, False, audit.Verb.MEMBER_DEACTIVATED, by)
    return True


def revoke_access(member: Practitioner, *, by: AbstractBaseUser) -> bool:
    """End a member's access at once, even with clients or as the last owner: for platform staff, in an emergency.

    The clients stay assigned to the member. Access can be restored. False: it had ended before.
    """
    with transaction.atomic():
        if not Practitioner.objects.select_for_update().filter(pk=member.pk, active=True).exists():
            return False
        _set_active(member, False, audit.Verb.ACCESS_REVOKED, by)
    return True


def reactivate_member(member: Practitioner, *, by: AbstractBaseUser) -> bool:
    """Restore a member's access, in the previous role. False: the member is active."""
    with transaction.atomic():
        if not Practitioner.objects.select_for_update().filter(pk=member.pk, active=False).exists():
            return False
        _set_active(member, True, audit.Verb.MEMBER_REACTIVATED, by)
    return True


def guard_welcomes(welcomes: list[Welcome], now: dt.datetime) -> Mapping[int, SkipReason]:
    inactive = Welcome.objects.filter(pk__in=[row.pk for row in welcomes], practitioner__active=False)
    return dict.fromkeys(inactive.values_list("pk", flat=True), SkipReason.WITHDRAWN)


def compose_welcome(welcome: Welcome) -> EmailMultiAlternatives:
    member = welcome.practitioner
    return build_email(
        "welcome",
        to=(member.name, member.email),
        clinic=member.clinic,
        language=member.clinic.language,
        message_id=welcome.message_id,
        context={
            "member": member,
            "worklist_url": conf.base_url + conf.worklist_path,
            "second_factor_needed": conf.two_factor and member.is_clinical,
        },
    )


def _queue_welcome(member: Practitioner, now: dt.datetime) -> Welcome:
    return Welcome.objects.create(
        practitioner=member,
        due_at=now,
        try_at=now,
        expires_at=now + WELCOME_EXPIRES_AFTER,
        message_id=f"welcome.{uuid.uuid4().hex}@{conf.mail_domain}",
    )


def _create_account(email: str, name: str) -> AbstractBaseUser:
    account = users.get_or_create_user(email, name, None, "")
    if not apps.is_installed("allauth.account"):
        # Django's password reset mails nobody with an unusable password, so set a random one.
        account.set_password(secrets.token_urlsafe(32))
        account.save(update_fields=["password"])
    return account


def _check_address(email: str) -> None:
    try:
        validate_email(email)
    except ValidationError as error:
        raise ValidationError({"email": error.messages}) from error


def _check_account(account: AbstractBaseUser, clinic: Clinic) -> None:
    if not account.is_active:
        raise ValidationError({"email": _("The sign-in of this address is closed.")})
    member = Practitioner.objects.filter(user_id=account.pk, clinic=clinic).first()
    if member is None:
        return
    if member.active:
        raise ValidationError({"email": _("Somebody with this e-mail works here already.")})
    message = _("%(name)s worked here before. On their page, choose “Works here again”.") % {"name": member}
    raise ValidationError({"email": message})


def _check_owner_remains(member: Practitioner, field: str = "__all__") -> None:
    others = Practitioner.objects.filter(clinic=member.clinic_id, role=Role.OWNER, active=True)
    if member.role == Role.OWNER and member.active and not others.exclude(pk=member.pk).exists():
        raise ValidationError({field: _("A clinic keeps one owner: make somebody else owner first.")})


def _check_no_clients(member: Practitioner, field: str = "__all__") -> None:
    if member.clients.exclude(state=Client.State.LEFT).exists():
        raise ValidationError({field: _("%(name)s has clients: hand them over first.") % {"name": member}})


def _lock_owners(clinic_id: int) -> None:
    """Lock the owners, so that two who remove each other at the same time cannot both succeed."""
    list(Practitioner.objects.select_for_update().filter(clinic=clinic_id, role=Role.OWNER).values_list("pk"))


def _set_active(member: Practitioner, active: bool, verb: audit.Verb, by: AbstractBaseUser) -> None:
    member.active = active
    member.save(update_fields=["active"])
    audit.record(by, verb, member, member.clinic)


def _free_slug(name: str) -> str:
    """A slug of the name, with a random suffix if another clinic has it."""
    slug = slugify(name)[:40] or "clinic"
    return f"{slug}-{uuid.uuid4().hex[:6]}" if Clinic.objects.filter(slug=slug).exists() else slug
