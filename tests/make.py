"""Builders: each makes one thing with sensible defaults, through the product's own verbs."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Permission
from django.utils import timezone

from clinic.clients import acceptance, invitations, registration
from clinic.dosage.values import PlannedDosage
from clinic.models import Client, Clinic, PainReport, Practitioner, Prescription, Registrant
from clinic.models.fields import WEEKDAYS
from clinic.pain import reporting
from clinic.pain.reporting import Answers, ReportResult
from clinic.prescriptions import prescribing
from clinic.prescriptions.screening import ScreenedPrecaution
from exercises.loading import SHIPPED_LIBRARY, load_library
from exercises.models import Exercise

PASSWORD = "correct horse battery"


def user(email: str) -> AbstractBaseUser:
    """A person who can sign in, on whatever user model the project has."""
    users = get_user_model()
    account = users(**{users.get_email_field_name(): email})
    if users.get_email_field_name() != users.USERNAME_FIELD:
        setattr(account, users.USERNAME_FIELD, email)
    account.set_password(PASSWORD)
    account.save()
    return account


def platform_staff(email: str = "sam@host.example") -> AbstractBaseUser:
    """Platform staff, of no clinic."""
    return given_the_site(user(email))


def given_the_site(account: AbstractBaseUser) -> AbstractBaseUser:
    """The same account as platform staff."""
    account.is_staff = True  # type: ignore[attr-defined]
    account.save()
    account.user_permissions.add(Permission.objects.get(codename="run_the_site"))  # type: ignore[attr-defined]
    return account


def clinic(name: str = "Riverside Physio", **over: Any) -> Clinic:
    slug = name.lower().replace(" ", "-")
    given = {"slug": slug, "phone": "555 0100", "email": f"desk@{slug}.example", **over}
    return Clinic.objects.create(name=name, **given)


def practitioner(at: Clinic, name: str = "Alice", role: str = Practitioner.Role.PRACTITIONER) -> Practitioner:
    return Practitioner.objects.create(user=user(f"{name.lower()}@{at.slug}.example"), clinic=at, name=name, role=role)


def invited(by: Practitioner, name: str = "Dana", **over: Any) -> Client:
    """A client who has an invitation and has not joined."""
    given = {"name": name, "email": f"{name.lower()}@home.example", **over}
    return invitations.invite_client(Client(**given), by=by)


def client(by: Practitioner, name: str = "Dana", **over: Any) -> Client:
    """A client who has joined and can sign in with PASSWORD."""
    made = invited(by, name, **over)
    acceptance.accept_invitation(made.invitations.get(), password=PASSWORD)
    made.refresh_from_db()
    return made


def registrant(at: Clinic, name: str = "Nora") -> Registrant:
    """Somebody who registered on the public page and confirmed the address."""
    registration.register_visitor(at, name=name, email=f"{name.lower()}@home.example", language="en")
    return confirmed(Registrant.objects.get(clinic=at, email=f"{name.lower()}@home.example"))


def confirmed(registered: Registrant) -> Registrant:
    """The same person with the address proven and PASSWORD to sign in with."""
    registration.confirm_registrant(registered.confirmations.latest("pk"), password=PASSWORD)
    registered.refresh_from_db()
    return registered


def exercise() -> Exercise:
    """The forward bend, from the shipped library."""
    found = Exercise.objects.current().filter(slug="forward-bend").first()
    if found is None:
        list(load_library(SHIPPED_LIBRARY, Exercise.Origin.LIBRARY))
        found = Exercise.objects.current().get(slug="forward-bend")
    return found


def dose(**over: Any) -> PlannedDosage:
    """Every day at 18:00, from two months ago on."""
    given: dict[str, Any] = {
        "starts_on": timezone.now().date() - dt.timedelta(days=60), "days": WEEKDAYS, "times": ["18:00"], **over,
    }  # fmt: skip
    return PlannedDosage(**given)


def nothing_found(of: Exercise | None = None) -> dict[str, ScreenedPrecaution]:
    """Every precaution answered with no."""
    return {precaution.code: ScreenedPrecaution(False) for precaution in (of or exercise()).precautions_in("en")}


def prescription(
    to: Client, by: Practitioner | None = None, now: dt.datetime | None = None, **over: Any
) -> Prescription:
    return prescribing.prescribe_exercise(
        to, exercise(), dose(**over), nothing_found(), by=by or to.practitioner, now=now
    )


def report(
    on: Prescription, before: int | None = 4, after: int | None = None, at: dt.datetime | None = None, **over: Any
) -> ReportResult:
    """One report through the verb; with ``after`` the exercise was done."""
    at = at or timezone.now()
    answers = Answers(occurred_at=at, did_exercise=after is not None, before=before, after=after, **over)
    return reporting.report_pain(
        on, answers, by=on.client.user, source=PainReport.Source.PORTAL, now=max(at, timezone.now())
    )
