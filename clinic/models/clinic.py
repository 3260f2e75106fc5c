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
    """The address of a phone (RFC 3966): its digits, a leading plus kept, the (0) of a foreign number left out."""
    international = phone.lstrip().startswith("+")
    digits = re.sub(r"\D", "", phone.replace("(0)", "") if international else phone)
    return f"tel:{'+' * international}{digits}"


PLATFORM_STAFF_PERMISSION = "clinic.run_the_site"


def is_platform_staff(user: Person) -> bool:
    """Whether this person is platform staff: Django's staff with the permission `clinic.run_the_site`; superusers too.

    It opens the page of clinics and no health data; a user model without permissions has no such people.
    """
    if not (user.is_authenticated and user.is_active and getattr(user, "is_staff", True)):
        return False  # staff first: the permission is two queries, on every page of everybody who works here
    asked = getattr(user, "has_perm", None)
    return bool(asked is not None and asked(PLATFORM_STAFF_PERMISSION))


class ClinicQuerySet(models.QuerySet["Clinic"]):
    def staffed_by(self, user: Person) -> ClinicQuerySet:
        """Those where this person works, in whatever role."""
        return self.filter(pk__in=Practitioner.objects.for_user(user).values("clinic"))

    def owned_by(self, user: Person) -> ClinicQuerySet:
        """Those whose settings and team this person decides on."""
        return self.filter(
            pk__in=Practitioner.objects.for_user(user).filter(role=Practitioner.Role.OWNER).values("clinic")
        )

    def administered_by(self, user: Person) -> ClinicQuerySet:
        """All of them for platform staff, to see that each works; none for anybody else."""
        return self.all() if is_platform_staff(user) else self.none()


class Clinic(models.Model):
    """A practice: its name, how to reach it, and how it wants its clients watched."""

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
                condition=models.Q(escalation_hours__range=(1, LONGEST_ESCALATION)),
                name="escalation_is_1_to_168_hours",
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
        """The active memberships of a signed-in person; none for a stranger."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(user_id=user.pk, active=True)

    def clinical(self) -> PractitionerQuerySet:
        """Those whose role lets them see health data."""
        return self.filter(role__in=Practitioner.Role.clinical())

    def visible_to(self, user: Person) -> PractitionerQuerySet:
        """The colleagues in the clinics where this person works."""
        return self.filter(clinic__in=Practitioner.objects.for_user(user).values("clinic"))

    def managed_by(self, user: Person) -> PractitionerQuerySet:
        """Whose role and work here this person decides on: an owner, of the own clinics."""
        return self.filter(clinic__in=Clinic.objects.owned_by(user))

    def administered_by(self, user: Person) -> PractitionerQuerySet:
        """Whom platform staff may shut out: everybody who works at a clinic; nobody for anybody else."""
        return self.filter(clinic__in=Clinic.objects.administered_by(user))

    def second_factor_resettable_by(self, user: Person) -> PractitionerQuerySet:
        """Whose lost second step this person may take away: platform staff, that of everybody who works at a clinic;

        an owner, that of colleagues whose sign-in opens nothing beyond this owner's clinics. Never one's own.
        """
        others = self.filter(active=True).exclude(user=user.pk)
        mine = Practitioner.objects.managed_by(user)._without_access_beyond(Clinic.objects.owned_by(user))
        return others.filter(Q(pk__in=mine.values("pk")) | Q(clinic__in=Clinic.objects.administered_by(user)))

    def _without_access_beyond(self, owned: ClinicQuerySet) -> PractitionerQuerySet:
        """Those who came in since they were added, work nowhere else, are nobody's client there, and no staff."""
        beyond = Clinic.objects.exclude(pk__in=owned)
        found = self.exclude(user__in=Practitioner.objects.filter(active=True, clinic__in=beyond).values("user"))
        found = found.exclude(user__clients__clinic__in=beyond).exclude(user__registrants__clinic__in=beyond)
        columns = {field.name for field in get_user_model()._meta.concrete_fields}
        for opens_more in columns & {"is_staff", "is_superuser"}:
            found = found.exclude(**{f"user__{opens_more}": True})
        if "last_login" in columns:  # an address is added without asking: to sign in after it is to agree
            came = Q(welcomes=None) | Q(welcomes__due_at__lte=F("user__last_login"))
            found = found.filter(pk__in=Practitioner.objects.filter(came).values("pk"))
        return found

    def absences_managed_by(self, user: Person) -> PractitionerQuerySet:
        """Whose absences this person sets: one's own, and an owner those of all who work at the clinic."""
        mine = Practitioner.objects.for_user(user)
        owned = Clinic.objects.owned_by(user)
        return self.filter(active=True).filter(Q(pk__in=mine.values("pk")) | Q(clinic__in=owned))

    def receiving_urgent_mail(self) -> PractitionerQuerySet:
        """Those who can be told of a client now: they work here, treat, take mail at once, and it arrives."""
        return self.clinical().filter(active=True, urgent_mail=True, undeliverable_since=None)

    def digest_due(self, now: dt.datetime) -> PractitionerQuerySet:
        """Those whose daily mail is to be planned: due, or never pointed at a day. The front desk too, for no mail:

        the index knows no roles, and whom the planner left alone it would look at again at each tick.
        """
        due = Q(next_digest_at__isnull=True) | Q(next_digest_at__lte=now)
        return self.filter(due, active=True, digest_wanted=True).order_by("next_digest_at")

    def mark_undeliverable(self, pk: int, now: dt.datetime) -> bool:
        """Mail to this person comes back from now on; an earlier date of the same trouble stays (then False)."""
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
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="practitioners",
        verbose_name=_("user"),
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
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "clinic"], name="one_membership_per_person_and_clinic"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_clinical(self) -> bool:
        return self.role in self.Role.clinical()

    def owns(self, clinic: int) -> bool:
        """Whether this person decides on the settings and the team of a clinic, by number."""
        return self.active and self.role == self.Role.OWNER and self.clinic_id == clinic

    def treats_at(self, clinic: int) -> bool:
        """Whether this person may see and write health data at a clinic, by number."""
        return self.active and self.is_clinical and self.clinic_id == clinic

    @property
    def mail_language(self) -> str:
        """The language of mails to this person: the own, or else the clinic's."""
        return self.language or self.clinic.language

    @property
    def digest_day_names(self) -> list[str]:
        """The days of the daily mail, as "mon"."""
        return self.digest_days.split(",")

    @property
    def email(self) -> str:
        """The mailbox of the person behind, whatever the host's user model calls it."""
        return str(getattr(self.user, type(self.user).get_email_field_name(), ""))
