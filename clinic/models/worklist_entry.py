"""The worklist entry: one row a client, by which the worklist is ordered and filtered."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.absence import covered_practitioners
from clinic.models.client import Client
from clinic.models.clinic import Clinic, Practitioner
from clinic.models.flag import Severity
from clinic.models.report import PainReport

NO_NEED = len(Severity.values)
NEED_ORDER = [
    F("worklist_entry__need").asc(),
    F("worklist_entry__open_flag_since").asc(nulls_last=True),
    F("worklist_entry__silent_since").asc(nulls_last=True),
    F("pk").asc(),
]
"""The order of clients: severity, then the oldest open flag, then silence. The indexes below begin with it."""


def visible_entries_q(memberships: Iterable[Practitioner], path: str = "worklist_entry__") -> Q:
    """The entries of the clients whom one person treats, as `Client.objects.treated_by`, but by an index in order.

    Args:
        memberships: the active ones of one person, each with its clinic.
        path: the lookup from the filtered model to the worklist entry; empty for the entry itself.
    """
    clinical = [membership for membership in memberships if membership.is_clinical]
    clinics = {row.clinic_id for row in clinical if row.owns(row.clinic_id) or row.clinic.shares_records}
    practitioners = {row.pk for row in clinical if row.clinic_id not in clinics}
    practitioners |= covered_practitioners([row for row in clinical if row.pk in practitioners])
    conditions = [Q(**{f"{path}clinic__in": sorted(clinics)})] if clinics else []
    conditions += [Q(**{f"{path}practitioner__in": sorted(practitioners)})] if practitioners else []
    return conditions[0] | conditions[-1] if conditions else Q(pk__in=[])


class WorklistEntry(models.Model):
    """Derived from other rows: `clinic.worklist.entries` writes it in the transaction of the change."""

    client = models.OneToOneField(Client, on_delete=models.CASCADE, primary_key=True, related_name="worklist_entry")
    clinic = models.ForeignKey(Clinic, on_delete=models.CASCADE, related_name="+", db_index=False)
    practitioner = models.ForeignKey(Practitioner, on_delete=models.CASCADE, related_name="+", db_index=False)
    listed = models.BooleanField(_("on the worklist"))
    need = models.PositiveSmallIntegerField(
        _("need"), help_text=_("Of the worst unresolved flag: 0 urgent, 1 high, 2 routine; 3 there is none.")
    )
    open_flag_since = models.DateTimeField(_("oldest flag that nobody has looked at"), null=True, blank=True)
    silent_since = models.DateTimeField(
        _("last heard of"), null=True, blank=True, help_text=_("Empty while no report is expected.")
    )
    last_report = models.ForeignKey(PainReport, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    last_report_at = models.DateTimeField(_("last report"), null=True, blank=True)
    held = models.BooleanField(_("an exercise is held"))
    joined_or_invited_at = models.DateTimeField(_("joined or, before that, invited"))

    class Meta:
        verbose_name = _("worklist entry")
        verbose_name_plural = _("worklist entries")
        indexes = [
            models.Index(
                fields=[owner, "need", "open_flag_since", "silent_since", "client", "held", "joined_or_invited_at"],
                condition=Q(listed=True),
                name=f"worklist_of_{owner}",
            )
            for owner in ("clinic", "practitioner")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(need__range=(0, NO_NEED)), name="need_is_a_severity_or_none"),
            models.CheckConstraint(
                condition=Q(need__lt=NO_NEED) | Q(open_flag_since__isnull=True), name="only_a_flag_waits_for_a_look"
            ),
        ]

    def __str__(self) -> str:
        return f"worklist entry of client {self.client_id}"
