"""A clinic and the people who work in it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TypeAlias

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models.fields import LanguageField, TimeZoneField

LONGEST_ESCALATION = 168  # hours: a week
WORKDAYS = "mon,tue,wed,thu,fri"
LONGEST_RETENTION = 100  # years

Person: TypeAlias = AbstractBaseUser | AnonymousUser


def build_tel_link(phone: str) -> str:
    """Build the link of a phone number (RFC 3966): digits and a leading plus, without a (0) after a country code."""
    international = phone.lstrip().startswith("+")
    digits = re.sub(r"\D", "", phone.replace("(0)", "") if international else phone)
    return f"tel:{'+' * international}{digits}"


PLATFORM_STAFF_PERMISSION = "clinic.run_the_site"


def is_platform_staff(user: Person) -> bool:
    """Whether a user is platform staff: Django's staff with the permission `clinic.run_the_site`, or a superuser.

    Platform staff see the page of clinics and no health data. Always False for a user model without permissions.
    """
    if not (user.is_authenticated and user.is_active and getattr(user, "is_staff", True)):
        return False  # checked first: the permission takes two queries
    has_perm = getattr(user, "has_perm", None)
    return bool(has_perm is not None and has_perm(PLATFORM_STAFF_PERMISSION))


class ClinicQuerySet(models.QuerySet["Clinic"]):
    def staffed_by(self, user: Person) -> ClinicQuerySet:
        """Clinics where this person works, in any role."""
        return self.filter(pk__in=Practitioner.objects.for_user(user).values("clinic"))

    def owned_by(self, user: Person) -> ClinicQuerySet:
        """Clinics whose settings and team this person manages."""
        return self.filter(
            pk__in=Practitioner.objects.for_user(user).filter(role=Practitioner.Role.OWNER).values("clinic")
        )

    def administered_by(self, user: Person) -> ClinicQuerySet:
        """All clinics for platform staff; none for anybody else."""
        return self.all() if is_platform_staff(user) else self.none()


class Clinic(models.Model):
    """A practice: its name, its contact data and its settings."""

    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(_("short name"), unique=True)
    phone = models.CharField(_("phone"), max_length=40, help_text=_("Shown to a client who must stop."))
    phone_after_hours = models.CharField(_("phone outside your hours"), max_length=40, blank=True)
    after_hours = models.CharField(
        _("when it is answered"), max_length=100, blank=True, help_text=_("In words, such as: evenings and weekends")
    )
    email = models.EmailField(_("e-mail"), help_text=_("Answers to our mail arrive here."))
    postal_line = models.CharField(_("postal address, one line"), max_length=200, blank=True)
    language = LanguageField(_("language"))
    time_zone = TimeZoneField(_("time zone"))
    accent = models.CharField(
        _("accent colour"),
        max_length=7,
        default="#1F6F78",
        validators=[RegexValidator(r"^#[0-9A-Fa-f]{6}$", _("A colour such as #1F6F78."))],
    )
    logo = models.FileField(_("logo"), upload_to="clinic/logos", blank=True)
    featured_exercise = models.SlugField(_("featured exercise"), default="forward-bend")
    shares_records = models.BooleanField(
        _("colleagues share records"),
        default=False,
        help_text=_("On: every practitioner here sees every client's record. Off: only their own clients'."),
    )
    escalation_hours = models.PositiveSmallIntegerField(
        _("hours until a flag goes to the owner"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_ESCALATION)],
        help_text=_("A flag that nobody acknowledged for so long rises one severity, and the owner is told."),
    )
    code_sign_in = models.BooleanField(
        _("clients sign in by a code"),
        default=True,
        help_text=_("Off: its clients need a password or a passkey; no code is mailed to them."),
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    retention_years = models.PositiveSmallIntegerField(
        _("years until a record is erased"),
        default=10,  # the German law, § 630f BGB
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_RETENTION)],
        help_text=_("Counted from the day a client left. Empty: records are kept."),
    )
    onboarding_dismissed_at = models.DateTimeField(_("first steps put away"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ClinicQuerySet.as_manager()

    class Meta:
        permissions = [("run_the_site", _("runs the site: adds clinics, sees no health data"))]
        verbose_name = _("clinic")
        verbose_name_plural = _("clinics")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(escalation_hours__range=(1, LONGEST_ESCALATION)), name="escalation_is_1_to_168_hours"
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="clinic_quiet_hours_have_both_ends",
            ),
            models.CheckConstraint(
                condition=models.Q(retention_years__isnull=True)
                | models.Q(retention_years__range=(1, LONGEST_RETENTION)),
                name="retention_is_1_to_100_years",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone_link(self) -> str:
        """The phone as a link dials it: "tel:+442079460100"."""
        return build_tel_link(self.phone)

    @property
    def after_hours_link(self) -> str:
        return build_tel_link(self.phone_after_hours)

    @property
    def quiet_hours(self) -> tuple[dt.time, dt.time] | None:
        """From (included) to (excluded), in each client's own zone; None: mail may go at any hour."""
        begin: dt.time | None = self.quiet_from
        end: dt.time | None = self.quiet_until
        return None if begin is None or end is None else (begin, end)


class PractitionerQuerySet(models.QuerySet["Practitioner"]):
    def for_user(self, user: Person) -> PractitionerQuerySet:
        """The active memberships of a signed-in person; none for anybody else."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user_id=user.pk, active=True)

    def clinical(self) -> PractitionerQuerySet:
        """Practitioners whose role may see health data."""
        return self.filter(role__in=Practitioner.Role.clinical())

    def visible_to(self, user: Person) -> PractitionerQuerySet:
        """The colleagues in the clinics where this person works."""
        return self.filter(clinic__in=Practitioner.objects.for_user(user).values("clinic"))

    def managed_by(self, user: Person) -> PractitionerQuerySet:
        """Practitioners whose role and access this person manages: an owner's, of the own clinics."""
        return self.filter(clinic__in=Clinic.objects.owned_by(user))

    def administered_by(self, user: Person) -> PractitionerQuerySet:
        """Practitioners whose access platform staff may revoke: all; none for anybody else."""
        return self.filter(clinic__in=Clinic.objects.administered_by(user))

    def second_factor_resettable_by(self, user: Person) -> PractitionerQuerySet:
        """Practitioners whose second factor this person may reset; never the own.

        Platform staff: of all. An owner: of members without access to anything beyond the own clinics.
        """
        others = self.filter(active=True).exclude(user=user.pk)
        owned = Clinic.objects.owned_by(user)
        members = Practitioner.objects.managed_by(user)._without_access_beyond(owned)
        return others.filter(Q(pk__in=members.values("pk")) | Q(clinic__in=Clinic.objects.administered_by(user)))

    def _without_access_beyond(self, owned: ClinicQuerySet) -> PractitionerQuerySet:
        """Members who signed in since they were added, work or are clients nowhere else, and are not staff."""
        other_clinics = Clinic.objects.exclude(pk__in=owned)
        working = Practitioner.objects.filter(active=True, clinic__in=other_clinics).values("user")
        members = self.exclude(user__in=working)
        members = members.exclude(user__clients__clinic__in=other_clinics)
        members = members.exclude(user__registrants__clinic__in=other_clinics)
        columns = {field.name for field in get_user_model()._meta.concrete_fields}
        for column in columns & {"is_staff", "is_superuser"}:
            members = members.exclude(**{f"user__{column}": True})
        if "last_login" in columns:  # a member is added without consent: signing in afterwards is the consent
            signed_in = Q(welcomes=None) | Q(welcomes__due_at__lte=F("user__last_login"))
            members = members.filter(pk__in=Practitioner.objects.filter(signed_in).values("pk"))
        return members

    def absences_managed_by(self, user: Person) -> PractitionerQuerySet:
        """Practitioners whose absences this person manages: oneself; for an owner, all members of the clinic."""
        own = Practitioner.objects.for_user(user)
        owned = Clinic.objects.owned_by(user)
        return self.filter(active=True).filter(Q(pk__in=own.values("pk")) | Q(clinic__in=owned))

    def receiving_urgent_mail(self) -> PractitionerQuerySet:
        """Active clinical practitioners who want urgent mail and whose address is deliverable."""
        return self.clinical().filter(active=True, urgent_mail=True, undeliverable_since=None)

    def digest_due(self, now: dt.datetime) -> PractitionerQuerySet:
        """Practitioners whose daily mail is due or has no next time.

        The front desk is included, though it gets none: its next time must advance too, as the index has no roles.
        """
        due = Q(next_digest_at__isnull=True) | Q(next_digest_at__lte=now)
        return self.filter(due, active=True, digest_wanted=True).order_by("next_digest_at")

    def mark_undeliverable(self, pk: int, now: dt.datetime) -> bool:
        """Store that mail to a practitioner bounces since ``now``. False: it did before, and that date stays."""
        return bool(self.filter(pk=pk, undeliverable_since=None).update(undeliverable_since=now))


class Practitioner(models.Model):
    """One person's work at one clinic. A person may work at several."""

    class Role(models.TextChoices):
        OWNER = "owner", _("owner")
        PRACTITIONER = "practitioner", _("practitioner")
        FRONT_DESK = "front_desk", _("front desk")

        @classmethod
        def clinical(cls) -> list[str]:
            """Roles that may see and write health data."""
            return [cls.OWNER, cls.PRACTITIONER]

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="practitioners", verbose_name=_("user")
    )
    clinic = models.ForeignKey(Clinic, on_delete=models.PROTECT, related_name="practitioners", verbose_name=_("clinic"))
    name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.PRACTITIONER)
    active = models.BooleanField(_("active"), default=True)
    language = LanguageField(_("language of mails"), blank=True, default="", help_text=_("Empty: the clinic's."))
    urgent_mail = models.BooleanField(_("mail at once when a client needs a look"), default=True)
    digest_wanted = models.BooleanField(_("wants the daily mail"), default=True)
    digest_at = models.TimeField(_("daily mail at"), default=dt.time(7, 30))
    digest_days = models.CharField(_("daily mail on"), max_length=27, default=WORKDAYS)
    next_digest_at = models.DateTimeField(null=True, blank=True, editable=False)  # empty: the next tick sets it
    undeliverable_since = models.DateTimeField(_("mail comes back since"), null=True, blank=True)

    objects = PractitionerQuerySet.as_manager()

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        ordering = ["name"]
        indexes = [
            models.Index(
                fields=["next_digest_at"],
                condition=Q(active=True, digest_wanted=True),
                name="practitioner_by_next_digest",
            )
        ]
        constraints = [models.UniqueConstraint(fields=["user", "clinic"], name="one_membership_per_person_and_clinic")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_clinical(self) -> bool:
        return self.role in self.Role.clinical()

    def owns(self, clinic: int) -> bool:
        """Whether this practitioner manages the settings and the team of a clinic, by number."""
        return self.active and self.role == self.Role.OWNER and self.clinic_id == clinic

    def treats_at(self, clinic: int) -> bool:
        """Whether this practitioner may see and write health data at a clinic, by number."""
        return self.active and self.is_clinical and self.clinic_id == clinic

    @property
    def mail_language(self) -> str:
        """The language of mails to this practitioner: the own, or else the clinic's."""
        return self.language or self.clinic.language

    @property
    def digest_day_names(self) -> list[str]:
        """The days of the daily mail, as "mon"."""
        return self.digest_days.split(",")

    @property
    def email(self) -> str:
        """The email address of the user, in whichever field the host's user model has it."""
        return str(getattr(self.user, type(self.user).get_email_field_name(), ""))
