"""The reset of a lost second factor: its author and reason, and the mail to its holder."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Practitioner
from clinic.models.outbox import OutboxMessage

LONGEST_REASON = 500  # characters


class SecondFactorReset(OutboxMessage):
    """One reset and its mail, which has no signed link."""

    kind = "second_factor_reset"
    urgency = 50
    recipient_path = "practitioner"
    related_paths = ("practitioner__user", "practitioner__clinic")
    composer = "clinic.accounts.second_factor_reset.compose"
    marks_undeliverable = is_watched = False

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="second_factor_resets")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    reason = models.CharField(_("why it was done"), max_length=LONGEST_REASON)

    class Meta(OutboxMessage.Meta):
        verbose_name = _("second step taken away")
        verbose_name_plural = _("second steps taken away")
        constraints = [
            *OutboxMessage.Meta.constraints,
            models.CheckConstraint(condition=~Q(reason=""), name="second_factor_reset_says_why"),
        ]
