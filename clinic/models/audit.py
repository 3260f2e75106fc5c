"""Who did what to which record, and when. Rows are added, never changed."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models.clinic import Clinic, Person, Practitioner


class AppendOnly(TypeError):
    """Somebody tried to change or delete an audit entry."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: Person) -> AuditQuerySet:
        """The owner of a clinic reads what was done in it."""
        owned = Practitioner.objects.for_user(user).filter(role=Practitioner.Role.OWNER)
        return self.filter(clinic__in=owned.values("clinic"))

    def erasure_of(self, client: int) -> AuditQuerySet:
        """That the record of this client, by number, was erased; empty where it was not."""
        return self.filter(verb="erased", target_kind="client", target_id=client)

    def update(self, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never changed.")

    def delete(self) -> NoReturn:
        raise AppendOnly("Audit entries are never deleted.")


class AuditEntry(models.Model):
    """One act. The target is kept as its kind and number, so that it outlives the record."""

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    verb = models.SlugField(_("act"), max_length=40)
    target_kind = models.CharField(_("what"), max_length=40)
    target_id = models.BigIntegerField(_("number"))
    at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["clinic", "target_kind", "target_id"], name="audit_by_target")]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_kind} {self.target_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise AppendOnly("Audit entries are never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("Audit entries are never deleted.")
