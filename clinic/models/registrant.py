"""A person who registered on the public page of a clinic, and the mail that proves the address."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clinic.models.client import Client
from clinic.models.clinic import Clinic, Person, Practitioner
from clinic.models.fields import LanguageField
from clinic.models.outbox import OutboxMessage, OutboxQuerySet


class RegistrantQuerySet(models.QuerySet["Registrant"]):
    def confirmed(self) -> RegistrantQuerySet:
        """Registrants whose address is proven."""
        return self.exclude(state=Registrant.State.UNCONFIRMED)

    def for_user(self, user: Person) -> RegistrantQuerySet:
        """The registrations of this person."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.confirmed().filter(user_id=user.pk)

    def visible_to(self, user: Person) -> RegistrantQuerySet:
        """The confirmed registrants of the clinics where this person works."""
        return self.confirmed().filter(clinic__in=Practitioner.objects.for_user(user).values("clinic"))

    def decided_on_by(self, user: Person) -> RegistrantQuerySet:
        """The confirmed registrants whom this person may accept or decline: those where this person treats."""
        return self.confirmed().filter(clinic__in=Practitioner.objects.for_user(user).clinical().values("clinic"))

    def waiting(self) -> RegistrantQuerySet:
        return self.filter(state=Registrant.State.WAITING)

    def undecided(self) -> RegistrantQuerySet:
        """Registrants who can be accepted: the waiting and the declined ones."""
        return self.filter(state__in=[Registrant.State.WAITING, Registrant.State.DECLINED])


class Registrant(models.Model):
    """A person who may read the library of a clinic and waits to be accepted as its client. No health data."""

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("unconfirmed")
        WAITING = "waiting", _("waiting")
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("declined")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="registrants", verbose_name=_("clinic"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="registrants",
        null=True,
        blank=True,
        verbose_name=_("sign-in"),
    )
    created_sign_in = models.BooleanField(default=False, editable=False)  # deleted with the registration
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.UNCONFIRMED)
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail"))
    language = LanguageField(_("language"))
    consented_at = models.DateTimeField(_("agreed on"))
    confirmed_at = models.DateTimeField(_("confirmed on"), null=True, blank=True)
    decided_by = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided on"), null=True, blank=True)
    client = models.ForeignKey(
        Client, on_delete=models.CASCADE, related_name="registrations", null=True, blank=True, verbose_name=_("client")
    )

    objects = RegistrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("registrant")
        verbose_name_plural = _("registrants")
        ordering = ["confirmed_at", "pk"]
        constraints = [
            models.UniqueConstraint("clinic", Lower("email"), name="one_registrant_per_clinic_and_email"),
            models.CheckConstraint(
                condition=Q(state__in=["unconfirmed", "waiting", "accepted", "declined"]),
                name="registrant_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="unconfirmed", user__isnull=True, confirmed_at__isnull=True)
                | (~Q(state="unconfirmed") & Q(user__isnull=False, confirmed_at__isnull=False)),
                name="confirmed_registrant_has_sign_in",
            ),
            models.CheckConstraint(
                condition=Q(state="accepted", client__isnull=False) | (~Q(state="accepted") & Q(client__isnull=True)),
                name="accepted_registrant_is_client",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name

    @property
    def time_zone(self) -> str:
        """The clinic's zone, since a registrant has none."""
        return str(self.clinic.time_zone)


class ConfirmationQuerySet(OutboxQuerySet["Confirmation"]):
    def usable(self, now: dt.datetime) -> ConfirmationQuerySet:
        """Confirmations that are not expired, of addresses that are not proven."""
        return self.filter(registrant__state=Registrant.State.UNCONFIRMED, valid_until__gt=now)


class Confirmation(OutboxMessage):
    """One mail to an address that registered: a link to prove it or, where an account exists, to the library."""

    kind = "confirmation"
    urgency = 20
    recipient_path = "registrant"
    related_paths = ("registrant__clinic",)
    composer = "clinic.clients.registration.compose"
    marks_undeliverable = is_watched = False

    registrant = models.ForeignKey(Registrant, on_delete=models.CASCADE, related_name="confirmations")
    valid_until = models.DateTimeField()

    objects: ClassVar = ConfirmationQuerySet.as_manager()

    class Meta(OutboxMessage.Meta):
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        constraints = [*OutboxMessage.Meta.constraints]
