"""The demo clinic, its team, and the sign-ins for the visitor."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Permission
from django.core.files import File
from django.db import transaction
from django.urls import reverse

from clinic.accounts.users import find_user
from clinic.conf import conf
from clinic.models import Clinic, Practitioner, is_platform_staff
from clinic.models.clinic import PLATFORM_STAFF_PERMISSION
from clinic.practice import settings as practice_settings
from clinic.signals import practitioner_joined

SLUG = "demo"
EMPTY_SLUG = "demo-empty"
EXERCISE_SLUG = "forward-bend"
PASSWORD = "plumbline-demo"  # noqa: S105  printed at every start, on a machine that shows its mail to anybody
DOMAIN = "demo.example"
ACCENT = "#2F5D8C"
LOGO = Path(__file__).parent / "logo.png"
ESCALATION_HOURS = 120  # long enough that one flag is escalated, and not all of them


@dataclass(frozen=True)
class SignIn:
    """The sign-in of one role."""

    role: str
    email: str
    password: str
    url: str

    def __str__(self) -> str:
        return f"{self.role:<14}{self.email:<22}{self.password:<16}{self.url}"


def email_address(first_name: str) -> str:
    """The email address of a person of the demo, without accents."""
    plain = unicodedata.normalize("NFKD", first_name).encode("ascii", "ignore").decode()
    return f"{plain.lower()}@{DOMAIN}"


def sign_ins() -> list[SignIn]:
    """Return the sign-ins, the same at every run."""
    worklist, portal = conf.base_url + conf.worklist_path, conf.base_url + reverse("clinic:today")
    people = [
        ("owner", email_address("owner"), worklist),
        ("practitioner", email_address("alice"), worklist),
        ("practitioner", email_address("bob"), worklist),
        ("front-desk", email_address("fran"), worklist),
        ("client", email_address("dana"), portal),
    ]
    if (staff := find_user(email_address("staff"))) is not None and is_platform_staff(staff):
        people.append(("site-staff", email_address("staff"), worklist))
    if Clinic.objects.filter(slug=EMPTY_SLUG).exists():
        people.append(("new-owner", email_address("nina"), worklist))
    return [SignIn(role, email, PASSWORD, url) for role, email, url in people]


def find_demo_clinic() -> Clinic | None:
    return Clinic.objects.filter(slug=SLUG).first()


def find_taken_addresses() -> list[str]:
    """Return addresses of the demo that are in use before its first run."""
    users = get_user_model()
    field = users.get_email_field_name()
    taken = users._default_manager.filter(**{f"{field}__iendswith": f"@{DOMAIN}"})
    return sorted(taken.values_list(field, flat=True))


def create_clinic() -> Clinic:
    """Create the clinic, in the time zone of the project."""
    return Clinic.objects.create(
        name="Harbour Street Physiotherapy",
        slug=SLUG,
        phone="+44 20 7946 0100",
        phone_after_hours="+44 20 7946 0199",
        after_hours="evenings and weekends",
        email=email_address("desk"),
        postal_line="12 Harbour Street, Demo Town",
        time_zone=settings.TIME_ZONE,
        escalation_hours=ESCALATION_HOURS,
        accent=ACCENT,
    )


def set_logo(owner: Practitioner) -> None:
    """Set the logo; not where a project has no MEDIA_ROOT, or it would be stored among its code."""
    if not settings.MEDIA_ROOT:
        return
    with LOGO.open("rb") as file:
        practice_settings.set_logo(owner.clinic, File(file), by=owner)


def create_empty_clinic() -> Clinic:
    """Create, once, a second clinic with its owner and nothing else."""
    clinic, created = Clinic.objects.get_or_create(
        slug=EMPTY_SLUG,
        defaults={
            "name": "Quay Lane Practice",
            "phone": "+44 20 7946 0150",
            "email": email_address("quay"),
            "time_zone": settings.TIME_ZONE,
        },
    )
    if created:
        hashed = make_password(PASSWORD)
        add_member(clinic, "Nina Osborne", email_address("nina"), hashed, Practitioner.Role.OWNER)
    return clinic


def add_member(
    clinic: Clinic, name: str, email: str, hashed: str, role: str = Practitioner.Role.PRACTITIONER
) -> Practitioner:
    """Add a member of the team with a sign-in; ``hashed`` is the password as it is stored."""
    account = _account(email, hashed)
    account.save()
    practitioner = Practitioner.objects.create(user=account, clinic=clinic, name=name, role=role)
    joined = partial(practitioner_joined.send_robust, Practitioner, practitioner=practitioner, user=account)
    transaction.on_commit(joined)
    return practitioner


def add_platform_staff(hashed: str) -> None:
    """Add a user who runs the site and works at no clinic; none where the project's users have no permissions."""
    account = _account(email_address("staff"), hashed)
    if not {"is_staff", "user_permissions"} <= {field.name for field in account._meta.get_fields()}:
        return
    account.is_staff = True
    account.save()
    app, codename = PLATFORM_STAFF_PERMISSION.split(".")
    account.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    if apps.is_installed("allauth.account"):  # which would first ask for a code sent by mail
        addresses = apps.get_model("account", "EmailAddress")._default_manager
        addresses.create(user=account, email=email_address("staff"), verified=True, primary=True)


def _account(email: str, hashed: str) -> Any:
    """Return a sign-in that is not stored yet."""
    users = get_user_model()
    field = users.get_email_field_name()
    account = users(**{field: email})
    if field != users.USERNAME_FIELD:
        setattr(account, users.USERNAME_FIELD, f"demo-{uuid.uuid5(uuid.NAMESPACE_DNS, email).hex[:12]}")
    account.password = hashed
    return account
