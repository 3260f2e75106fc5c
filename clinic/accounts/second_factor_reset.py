"""Reset of a lost second factor by an owner or platform staff; its holder sets up a new one.

`Practitioner.objects.second_factor_resettable_by` is the permission, checked by the page and again here under the row
lock. The holder is signed out everywhere and gets a mail, so that an unwanted reset is noticed.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic import audit
from clinic.accounts import second_factor
from clinic.conf import conf
from clinic.mail.compose import build_email
from clinic.models import Practitioner, SecondFactorReset, is_platform_staff
from clinic.models.second_factor_reset import LONGEST_REASON

EXPIRES_AFTER = dt.timedelta(days=7)  # time to send the mail when the server is down


def reset_second_factor(
    member: Practitioner, *, by: AbstractBaseUser, reason: str, now: dt.datetime | None = None
) -> SecondFactorReset | None:
    """Remove every second factor of a member, end the sessions and queue a mail to the member.

    Args:
        reason: 1 to `LONGEST_REASON` characters, for the audit; not in the mail.

    Returns:
        The stored reset; None: no second factor is set up.

    Raises:
        ValidationError, by field for the reason; nothing is changed then.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": _("Write in a few words why.")})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("Write at most %(most)s characters.") % {"most": LONGEST_REASON}})
    with transaction.atomic():
        rows = Practitioner.objects.select_for_update(of=("self", "user")).select_related("user", "clinic")
        locked = rows.get(pk=member.pk)
        _check_may_reset(locked, by)
        if not second_factor.is_set_up(locked.user):
            return None
        second_factor.remove_factors(locked.user)
        reset = _queue_mail(locked, by, reason, now or timezone.now())
        for membership in Practitioner.objects.filter(user=locked.user_id, active=True).select_related("clinic"):
            audit.record(by, audit.Verb.SECOND_FACTOR_RESET, membership, membership.clinic)  # it protected each clinic
    return reset


def compose(reset: SecondFactorReset) -> EmailMultiAlternatives:
    member = reset.practitioner
    return build_email(
        "second_factor_reset",
        to=(member.name, member.email),
        clinic=member.clinic,
        language=member.mail_language,
        message_id=reset.message_id,
        context={"member": member, "worklist_url": conf.base_url + conf.worklist_path},
    )


def _check_may_reset(member: Practitioner, by: AbstractBaseUser) -> None:
    if member.user_id == by.pk:
        raise ValidationError(_("Nobody takes their own second step away like this."))
    if not member.active:
        raise ValidationError(_("They work here no more."))
    if _has_further_access(member.user):
        raise ValidationError(
            _("Their sign-in opens more than clinics here: only somebody with access to the server can do this.")
        )
    if not second_factor.can_reset():
        raise ValidationError(_("The second step cannot be taken away here: ask who runs this site."))
    if not Practitioner.objects.second_factor_resettable_by(by).filter(pk=member.pk).exists():
        raise ValidationError(_("This is not yours to do any more: ask who runs this site."))


def _has_further_access(account: AbstractBaseUser) -> bool:
    return is_platform_staff(account) or any(getattr(account, flag, False) for flag in ("is_staff", "is_superuser"))


def _queue_mail(member: Practitioner, by: AbstractBaseUser, reason: str, now: dt.datetime) -> SecondFactorReset:
    return SecondFactorReset.objects.create(
        practitioner=member,
        by_id=by.pk,
        reason=reason,
        due_at=now,
        try_at=now,
        expires_at=now + EXPIRES_AFTER,
        message_id=f"second-factor-reset.{uuid.uuid4().hex}@{conf.mail_domain}",
    )
