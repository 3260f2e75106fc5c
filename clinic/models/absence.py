"""Absences of practitioners, and the colleague who covers: sees and treats their clients meanwhile."""

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
        """Absences at an instant; None: now, by the database's clock."""
        instant = Now() if now is None else now
        return self.filter(begins_at__lte=instant, ends_at__gt=instant)

    def unended(self, now: dt.datetime) -> AbsenceQuerySet:
        """Absences that have not ended, including future ones."""
        return self.filter(ends_at__gt=now)

    def overlapping(self, begins_at: dt.datetime, ends_at: dt.datetime) -> AbsenceQuerySet:
        """Absences that overlap the time from ``begins_at`` (included) to ``ends_at`` (excluded)."""
        return self.filter(begins_at__lt=ends_at, ends_at__gt=begins_at)

    def covered_by(self, people: Iterable[Practitioner]) -> AbsenceQuerySet:
        """Absences that these practitioners cover; for an owner also those of the clinic without a cover."""
        people = list(people)
        owned = [person.clinic_id for person in people if person.role == Practitioner.Role.OWNER]
        return self.filter(Q(cover__in=people) | Q(cover__isnull=True, practitioner__clinic__in=owned))

    def visible_to(self, user: Person) -> AbsenceQuerySet:
        """Absences at the clinics where this person works."""
        return self.filter(practitioner__in=Practitioner.objects.visible_to(user))

    def managed_by(self, user: Person) -> AbsenceQuerySet:
        """Absences that this person may change: the own; for an owner, all of the clinic."""
        return self.filter(practitioner__in=Practitioner.objects.absences_managed_by(user))


class Absence(models.Model):
    """Days on which one practitioner is away, the first and the last included, in the clinic's zone.

    ``begins_at`` and ``ends_at`` are the same days as instants, so that queries can compare clinics of different zones.
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
    """The practitioners, by number, whom one person covers now.

    Args:
        memberships: of that person; each caches the answer, for the length of a request.
    """
    memberships = list(memberships)
    if uncached := [member for member in memberships if not hasattr(member, "_covers")]:
        rows = list(Absence.objects.at().covered_by(uncached).values_list("practitioner", "practitioner__clinic"))
        for member in uncached:  # a cover is of the same clinic
            member._covers = {pk for pk, clinic in rows if clinic == member.clinic_id}  # type: ignore[attr-defined]
    return set().union(*(member._covers for member in memberships))  # type: ignore[attr-defined]
