"""A client of a clinic, and the mail that invites one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy as _

from clinic.models.absence import Absence
from clinic.models.clinic import Clinic, Person, Practitioner
from clinic.models.fields import LanguageField, SearchField, TimeZoneField
from clinic.models.outbox import OutboxMessage, OutboxQuerySet, State


class ClientQuerySet(models.QuerySet["Client"]):
    def for_user(self, user: Person) -> ClientQuerySet:
        """The records of this person as a client who has joined."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user_id=user.pk, state=Client.State.JOINED)

    def visible_to(self, user: Person) -> ClientQuerySet:
        """Clients whose name and contact this person may see: oneself, and those of the clinics worked at."""
        return self._reached_by(user, Q(role__in=[Practitioner.Role.OWNER, Practitioner.Role.FRONT_DESK]))

    def record_visible_to(self, user: Person) -> ClientQuerySet:
        """Clients whose health data this person may see: oneself, the own clients, an owner's whole clinic."""
        return self._reached_by(user, Q(role=Practitioner.Role.OWNER))

    def treated_by(self, user: Person) -> ClientQuerySet:
        """Clients whom this person may treat as a practitioner; never oneself as a client."""
        return self.filter(self._at_work(user, Q(role=Practitioner.Role.OWNER)))

    def handed_over_by(self, user: Person) -> ClientQuerySet:
        """Clients whom this person may hand over: the own ones, an owner's whole clinic; none who has left."""
        memberships = Practitioner.objects.for_user(user).filter(clinic=OuterRef("clinic_id"))
        treats = Q(pk=OuterRef("practitioner_id"), role=Practitioner.Role.PRACTITIONER)
        allowed = Exists(memberships.filter(treats | Q(role=Practitioner.Role.OWNER)))
        return self.filter(allowed).exclude(state=Client.State.LEFT)

    def unanswered(self, since: dt.datetime, at_most: int) -> ClientQuerySet:
        """Invited clients whose last mail was sent before ``since``, did not come back and was not accepted.

        ``at_most``: clients with so many invitations are left out.
        """
        mails = Invitation.objects.filter(client=OuterRef("pk"))
        newest = mails.order_by("-pk")[:1]
        count = mails.order_by().values("client").annotate(count=Count("pk")).values("count")
        waiting = self.filter(state=Client.State.INVITED, undeliverable_since=None)
        return waiting.annotate(
            last_state=Subquery(newest.values("state")),
            last_sent_at=Subquery(newest.values("sent_at")),
            last_status_detail=Subquery(newest.values("status_detail")),
            invitation_count=Subquery(count),
        ).filter(last_state=State.SENT, last_sent_at__lte=since, last_status_detail="", invitation_count__lt=at_most)

    def in_care_of(self, practitioner: Practitioner) -> ClientQuerySet:
        """The clients of a practitioner and of those they cover; an owner covers whoever is absent without a cover."""
        covered = Absence.objects.at().covered_by([practitioner]).values("practitioner")
        return self.filter(Q(practitioner=practitioner) | Q(practitioner__in=covered))

    def with_cover(self, memberships: Iterable[Practitioner]) -> ClientQuerySet:
        """Annotate ``covered_until``: the last day on which one of these covers for the client's practitioner."""
        absences = Absence.objects.at().filter(cover__in=memberships, practitioner=OuterRef("practitioner_id"))
        return self.annotate(covered_until=Subquery(absences.order_by("-ends_on").values("ends_on")[:1]))

    def mark_undeliverable(self, pk: int, now: dt.datetime) -> bool:
        """Store that mail to a client bounces since ``now``. False: it did before, and that date stays."""
        return bool(self.filter(pk=pk, undeliverable_since=None).update(undeliverable_since=now))

    def lock_for_writing(self, pk: int) -> Client:
        """Lock the row until the transaction ends, before a text about this client is stored; returns the row.

        The order of locks: the trends of the prescriptions, the client, everything else.

        Raises ValidationError on ``client`` when the record is erased.
        """
        client = self.select_for_update(of=("self",), no_key=True).get(pk=pk)
        if client.erased_at is not None:
            raise ValidationError({"client": gettext("This record is erased. Nothing more is written into it.")})
        return client

    def _reached_by(self, user: Person, sees_all: Q) -> ClientQuerySet:
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(user_id=user.pk, state=Client.State.JOINED) | Q(self._at_work(user, sees_all)))

    @staticmethod
    def _at_work(user: Person, sees_all: Q) -> Exists:
        treats = Q(pk=OuterRef("practitioner_id"), role__in=Practitioner.Role.clinical())
        shared = Q(clinic__shares_records=True, role__in=Practitioner.Role.clinical())
        away = Absence.objects.at().filter(practitioner=OuterRef(OuterRef("practitioner_id")), cover=OuterRef("pk"))
        covering = Q(Exists(away), role__in=Practitioner.Role.clinical())
        memberships = Practitioner.objects.for_user(user).filter(clinic=OuterRef("clinic_id"))
        return Exists(memberships.filter(sees_all | treats | shared | covering))


class Client(models.Model):
    """A person who does exercises at home for this clinic."""

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        JOINED = "joined", _("joined")
        LEFT = "left", _("left")

    class ReminderChannel(models.TextChoices):
        """How reminders come."""

        MAIL = "mail", _("by mail")
        PHONE = "phone", _("on my phone")
        BOTH = "both", _("both")

    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="clients", verbose_name=_("clinic"))
    practitioner = models.ForeignKey(
        Practitioner, on_delete=models.PROTECT, related_name="clients", verbose_name=_("practitioner")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="clients",
        null=True,
        blank=True,
        verbose_name=_("sign-in"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.INVITED)
    name = models.CharField(_("name"), max_length=120)
    name_search = SearchField(of="name")
    email = models.EmailField(_("e-mail"))
    language = LanguageField(_("language"))
    time_zone = TimeZoneField(_("time zone"))
    wakes_at = models.TimeField(_("usually gets up at"), default=dt.time(7, 0))
    reminders_wanted = models.BooleanField(_("wants reminders"), default=True)
    reminder_channel = models.CharField(
        _("reminders come"), max_length=5, choices=ReminderChannel, default=ReminderChannel.MAIL
    )
    paused_until = models.DateField(_("reminders paused until"), null=True, blank=True)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    reminders_since = models.DateTimeField(
        _("reminders started anew"),
        null=True,
        blank=True,
        help_text=_("Reminders before it no longer count as ignored."),
    )
    calendar_key = models.CharField(max_length=43, null=True, blank=True, unique=True, editable=False)
    calendar_revision = models.PositiveIntegerField(default=0, editable=False)  # changes of the feed by the client
    calendar_changed_at = models.DateTimeField(default=timezone.now, editable=False)
    undeliverable_since = models.DateTimeField(_("mail comes back since"), null=True, blank=True)
    consented_at = models.DateTimeField(_("agreed on"), null=True, blank=True)
    left_at = models.DateTimeField(_("left on"), null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClientQuerySet.as_manager()

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "clinic",
                Lower("email"),
                condition=~Q(state="left"),
                name="one_client_per_clinic_and_email",
                violation_error_message=_("A client with this e-mail is already in this clinic."),
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="quiet_hours_have_both_ends",
            ),
            models.CheckConstraint(
                condition=Q(reminder_channel__in=["mail", "phone", "both"]), name="client_reminder_channel_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="joined") | Q(user__isnull=False, consented_at__isnull=False),
                name="joined_client_has_sign_in_and_consent",
            ),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(state="left"), name="erased_client_has_left"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def first_name(self) -> str:
        return self.name.split()[0] if self.name.split() else self.name

    @property
    def quiet_hours(self) -> tuple[dt.time, dt.time] | None:
        """The hours without mail: the client's own, else the clinic's; None: mail may come at any hour."""
        begin: dt.time | None = self.quiet_from
        end: dt.time | None = self.quiet_until
        return self.clinic.quiet_hours if begin is None or end is None else (begin, end)


class InvitationQuerySet(OutboxQuerySet["Invitation"]):
    def usable(self, now: dt.datetime) -> InvitationQuerySet:
        """Invitations that are not accepted, withdrawn or expired."""
        return self.filter(accepted_at__isnull=True, withdrawn_at__isnull=True, valid_until__gt=now)


class Invitation(OutboxMessage):
    """One mail that invites a client; its link works once, until ``valid_until``."""

    kind = "invitation"
    urgency = 30
    recipient_path = "client"
    related_paths = ("client__clinic", "invited_by")
    composer = "clinic.clients.invitation_mail.compose"
    guard = "clinic.clients.invitation_mail.guard"
    is_watched = False

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="invitations")
    invited_by = models.ForeignKey(Practitioner, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = InvitationQuerySet.as_manager()

    class Meta(OutboxMessage.Meta):
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [*OutboxMessage.Meta.constraints]
