"""The mail to somebody who was added to a clinic's team."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Practitioner
from clinic.models.outbox import OutboxMessage


class Welcome(OutboxMessage):
    """One mail that says where to sign in; it has no signed link, so nothing in it expires."""

    kind = "welcome"
    urgency = 40
    recipient_path = "practitioner"
    related_paths = ("practitioner__user", "practitioner__clinic")
    composer = "clinic.team.members.compose_welcome"
    guard = "clinic.team.members.guard_welcomes"
    marks_undeliverable = is_watched = False

    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="welcomes")

    class Meta(OutboxMessage.Meta):
        verbose_name = _("welcome")
        verbose_name_plural = _("welcomes")
        constraints = [*OutboxMessage.Meta.constraints]
