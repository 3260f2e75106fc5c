"""When somebody who treats clients is away, and which colleague sees and treats those clients meanwhile."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Person, Practitioner


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def at(self, now: dt.datetime | None = None) -> AbsenceQuerySet:
        """Those that last at an instant; None: now, by the database's clock."""
        instant = Now() if now is None else now
        return self.filter(begins_at__lte=instant, ends_at__gt=instant)

    def unended(self, now: dt.datetime) -> AbsenceQuerySet:
        """Those that last or are still to come."""
        return self.filter(ends_at__gt=now)

    def overlapping(self, begins_at: dt.datetime, ends_at: dt.datetime) -> AbsenceQuerySet:
        """Those with an instant in the time from ``begins_at`` (included) to ``ends_at`` (excluded)."""
        return self.filter(begins_at__lt=ends_at, ends_at__gt=begins_at)

    def covered_by(self, people: Iterable[Practitioner]) -> AbsenceQuerySet:
        """Those which these people cover; for an owner also those of the clinic that nobody covers."""
        people = list(people)
        owned = [one.clinic_id for one in people if one.role == Practitioner.Role.OWNER]
        return self.filter(Q(cover__in=people) | Q(cover__isnull=True, practitioner__clinic__in=owned))

    def visible_to(self, user: Person) -> AbsenceQuerySet:
        """When a colleague is away and who covers, for all that work at the clinic."""
        return self.filter(practitioner__in=Practitioner.objects.visible_to(user))

    def managed_by(self, user: Person) -> AbsenceQuerySet:
        """One's own, and an owner those of the clinic."""
        return self.filter(practitioner__in=Practitioner.objects.absences_managed_by(user))


class Absence(models.Model):
    """Some days of one practitioner, the first and the last included, as the clinic's own calendar counts them.

    The instants are those days in the clinic's zone: what a query can compare, whatever the zones of its clinics.
    """

    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.CASCADE, related_name="absences", verbose_name=_("practitioner")
    )
    cover = models.ForeignKey(
        Practitioner,
        on_delete=models.SET_NULL,
        related_name="covers",
        null=True,
        blank=True,
        verbose_name=_("covered by"),
        help_text=_("Nobody: urgent mail goes to the owners."),
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    begins_at = models.DateTimeField(editable=False)
    ends_at = models.DateTimeField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["starts_on", "pk"]
        indexes = [
            models.Index(fields=["practitioner", "ends_at"], name="absence_by_practitioner"),
            models.Index(fields=["cover", "ends_at"], name="absence_by_cover"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="absence_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="absence_lasts"),
            models.CheckConstraint(
                condition=Q(cover__isnull=True) | ~Q(cover=F("practitioner")), name="nobody_covers_for_oneself"
            ),
        ]

    def __str__(self) -> str:
        return f"absence {self.pk}"


def covered_practitioners(memberships: Iterable[Practitioner]) -> set[int]:
    """The practitioners, by number, whose clients are left to one person now; asked once for the rows of one request.

    Args:
        memberships: of that person; each remembers the answer.
    """
    mine = list(memberships)
    if asking := [one for one in mine if not hasattr(one, "_covers")]:
        found = list(Absence.objects.at().covered_by(asking).values_list("practitioner", "practitioner__clinic"))
        for one in asking:  # who covers is of the same clinic
            one._covers = {away for away, clinic in found if clinic == one.clinic_id}  # type: ignore[attr-defined]
    return set().union(*(one._covers for one in mine)) if mine else set()  # type: ignore[attr-defined]
