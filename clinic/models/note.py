"""Notes of practitioners about a client, for themselves and their colleagues."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models.client import Client
from clinic.models.clinic import Person, Practitioner
from clinic.models.prescription import Prescription

MAX_TEXT = 4000  # characters


class NoteQuerySet(models.QuerySet["Note"]):
    def visible_to(self, user: Person) -> NoteQuerySet:
        """Notes of clients whom this person treats; clients read the notes about them in their data export alone."""
        return self.filter(client__in=Client.objects.treated_by(user))

    def same_as(self, note: Note) -> NoteQuerySet:
        """The note that the same form, or the same correction, stored before ``note``."""
        equal = self.filter(client=note.client, by=note.by, text=note.text, prescription=note.prescription)
        if note.corrects is not None:
            return equal.filter(corrects=note.corrects)
        return equal.filter(idempotency_key=note.idempotency_key, idempotency_key__isnull=False)

    def current(self) -> NoteQuerySet:
        """Notes that no later note corrects."""
        return self.filter(corrected_by=None)


class Note(models.Model):
    """One note, never changed: a correction is another note, and the corrected one stays readable."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="notes")
    prescription = models.ForeignKey(
        Prescription, on_delete=models.CASCADE, related_name="notes", null=True, blank=True, verbose_name=_("about")
    )
    text = models.TextField(_("note"), max_length=MAX_TEXT)
    by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("when"))
    corrects = models.OneToOneField(
        "self", on_delete=models.CASCADE, related_name="corrected_by", null=True, blank=True, verbose_name=_("corrects")
    )

    idempotency_key = models.UUIDField(null=True, blank=True, editable=False)

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["client", "-at", "-pk"]
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="note_says_something"),
            models.UniqueConstraint(fields=["client", "idempotency_key"], name="one_note_per_idempotency_key"),
        ]

    def __str__(self) -> str:
        return f"note {self.pk}"
