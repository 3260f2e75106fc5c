"""Somebody has lost their second step: a person above them takes it away, and they set up a new one.

Who may is one question (`Practitioner.objects.unlocked_by`), asked at the door and again here, where nothing moves any
more. They are signed out everywhere and told by mail, so that one who did not ask for it hears of it.
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
from clinic.mail.compose import letter
from clinic.models import Practitioner, SecondFactorReset, is_platform_staff

LONGEST_REASON = 500
EXPIRES_AFTER = dt.timedelta(days=7)  # for a mail server that is away


def reset_second_factor(
    colleague: Practitioner, *, by: AbstractBaseUser, reason: str, now: dt.datetime | None = None
) -> SecondFactorReset | None:
    """Take every app, key and spare code of this person away, end their sessions, and tell them by mail.

    Args:
        reason: 1 to 500 characters, for the record; no mail has it.

    Returns:
        The row; None: they have no second step.

    Raises:
        ValidationError by field; nothing is changed then.
    """
    reason = " ".join(reason.split())
    if not reason:
        raise ValidationError({"reason": _("Write in a few words why.")})
    if len(reason) > LONGEST_REASON:
        raise ValidationError({"reason": _("Write at most %(most)s characters.") % {"most": LONGEST_REASON}})
    with transaction.atomic():
        held = Practitioner.objects.select_for_update(of=("self", "user")).select_related("user", "clinic")
        person = held.get(pk=colleague.pk)
        _check_may_reset(person, by)
        if not second_factor.is_set_up(person.user):
            return None
        second_factor.remove_factors(person.user)
        cleared = _queue_mail(person, by, reason, now or timezone.now())
        for work in Practitioner.objects.filter(user=person.user_id, active=True).select_related("clinic"):
            audit.record(by, audit.Verb.SECOND_FACTOR_RESET, work, work.clinic)  # it was a lock of each
    return cleared


def compose(cleared: SecondFactorReset) -> EmailMultiAlternatives:
    person = cleared.practitioner
    return letter(
        "second_factor_reset",
        to=(person.name, person.email),
        clinic=person.clinic,
        language=person.mail_language,
        message_id=cleared.message_id,
        context={"colleague": person, "worklist_url": conf.base_url + conf.worklist_path},
    )


def _check_may_reset(person: Practitioner, by: AbstractBaseUser) -> None:
    if person.user_id == by.pk:
        raise ValidationError(_("Nobody takes their own second step away like this."))
    if not person.active:
        raise ValidationError(_("They work here no more."))
    if _has_further_access(person.user):
        raise ValidationError(
            _("Their sign-in opens more than clinics here: only somebody with access to the server can do this.")
        )
    if not second_factor.can_reset():
        raise ValidationError(_("The second step cannot be taken away here: ask who runs this site."))
    if not Practitioner.objects.second_factor_resettable_by(by).filter(pk=person.pk).exists():
        raise ValidationError(_("This is not yours to do any more: ask who runs this site."))


def _has_further_access(account: AbstractBaseUser) -> bool:
    return is_platform_staff(account) or any(getattr(account, more, False) for more in ("is_staff", "is_superuser"))


def _queue_mail(person: Practitioner, by: AbstractBaseUser, reason: str, now: dt.datetime) -> SecondFactorReset:
    return SecondFactorReset.objects.create(
        practitioner=person,
        by_id=by.pk,
        reason=reason,
        due_at=now,
        try_at=now,
        expires_at=now + EXPIRES_AFTER,
        message_id=f"second-factor-reset.{uuid.uuid4().hex}@{conf.mail_domain}",
    )
