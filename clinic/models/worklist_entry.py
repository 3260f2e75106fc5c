"""Where a client stands on the worklist, one row a client: what the order of need and its filters look at."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.absence import covered
from clinic.models.client import Client
from clinic.models.clinic import Clinic, Practitioner
from clinic.models.flag import Severity
from clinic.models.report import PainReport

NO_NEED = len(Severity.values)
ORDER = [
    F("worklist_entry__need").asc(),
    F("worklist_entry__waits_since").asc(nulls_last=True),
    F("worklist_entry__quiet_since").asc(nulls_last=True),
    F("pk").asc(),
]
"""Of clients: severity, then the oldest flag that nobody has looked at, then silence.

The indexes below have it so, and go on with what the filters count."""


def visible_entries_q(memberships: Iterable[Practitioner], path: str = "worklist_entry__") -> Q:
    """Those whom somebody treats: what `Client.objects.treated_by` says, as numbers, so that an index gives the order.

    Args:
        memberships: the active ones of one person, each with its clinic.
        path: from the rows that are filtered to the worklist entry.
    """
    clinical = [one for one in memberships if one.is_clinical]
    whole = {one.clinic_id for one in clinical if one.role == Practitioner.Role.OWNER or one.clinic.shares_records}
    own = {one.pk for one in clinical if one.clinic_id not in whole}
    own |= covered([one for one in clinical if one.pk in own])
    parts = [Q(**{f"{path}clinic__in": sorted(whole)})] if whole else []
    parts += [Q(**{f"{path}practitioner__in": sorted(own)})] if own else []
    return parts[0] | parts[-1] if parts else Q(pk__in=[])


class WorklistEntry(models.Model):
    """All of it follows from other rows: `clinic.worklist.entries` writes it, in the transaction of what changed it."""

    client = models.OneToOneField(Client, on_delete=models.CASCADE, primary_key=True, related_name="worklist_entry")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+", db_index=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+", db_index=False)
    listed = models.BooleanField(_("on the worklist"))
    need = models.PositiveSmallIntegerField(
        _("need"), help_text=_("Of the worst unresolved flag: 0 urgent, 1 high, 2 routine; 3 there is none.")
    )
    waits_since = models.DateTimeField(_("oldest flag that nobody has looked at"), null=True, blank=True)
    quiet_since = models.DateTimeField(
        _("last heard of"), null=True, blank=True, help_text=_("Empty while no report is expected.")
    )
    last_report = models.ForeignKey(PainReport, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    last_report_at = models.DateTimeField(_("last report"), null=True, blank=True)
    held = models.BooleanField(_("an exercise is held"))
    came_at = models.DateTimeField(_("joined or, before that, invited"))

    class Meta:
        verbose_name = _("worklist entry")
        verbose_name_plural = _("standings")
        indexes = [
            models.Index(
                fields=[whose, "need", "waits_since", "quiet_since", "client", "held", "came_at"],
                condition=Q(listed=True),
                name=f"worklist_of_{whose}",
            )
            for whose in ("clinic", "practitioner")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(need__range=(0, NO_NEED)), name="need_is_a_severity_or_none"),
            models.CheckConstraint(
                condition=Q(need__lt=NO_NEED) | Q(waits_since__isnull=True), name="only_a_flag_waits_for_a_look"
            ),
        ]

    def __str__(self) -> str:
        return f"worklist entry of client {self.client_id}"
