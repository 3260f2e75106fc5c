"""The demo clinic, who works there, and how the visitor signs in."""

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
EMPTY = "demo-empty"
EXERCISE = "forward-bend"
PASSWORD = "plumbline-demo"  # noqa: S105  printed at every start, on a machine that shows its mail to anybody
DOMAIN = "demo.example"
ACCENT = "#2F5D8C"  # of the sea
LOGO = Path(__file__).parent / "logo.png"
ESCALATION_HOURS = 120  # long enough that a visitor finds one flag that rose, and not all of them


@dataclass(frozen=True)
class SignIn:
    """One line of what the visitor needs."""

    role: str
    email: str
    password: str
    address: str

    def __str__(self) -> str:
        return f"{self.role:<14}{self.email:<22}{self.password:<16}{self.address}"


def address(first_name: str) -> str:
    """The mailbox of somebody in the demo; accents are left out, as mail servers like it."""
    plain = unicodedata.normalize("NFKD", first_name).encode("ascii", "ignore").decode()
    return f"{plain.lower()}@{DOMAIN}"


def sign_ins() -> list[SignIn]:
    """The sign-ins, the same at every run."""
    worklist, portal = conf.base_url + conf.worklist_path, conf.base_url + reverse("clinic:today")
    people = [
        ("owner", address("owner"), worklist),
        ("practitioner", address("alice"), worklist),
        ("practitioner", address("bob"), worklist),
        ("front-desk", address("fran"), worklist),
        ("client", address("dana"), portal),
    ]
    if (staff := find_user(address("staff"))) is not None and is_platform_staff(staff):
        people.append(("site-staff", address("staff"), worklist))
    if Clinic.objects.filter(slug=EMPTY).exists():
        people.append(("new-owner", address("nina"), worklist))
    return [SignIn(role, email, PASSWORD, where) for role, email, where in people]


def demo_clinic() -> Clinic | None:
    return Clinic.objects.filter(slug=SLUG).first()


def strangers() -> list[str]:
    """Addresses of the demo that somebody outside the demo clinic has already; none before the first run."""
    users = get_user_model()
    field = users.get_email_field_name()
    taken = users._default_manager.filter(**{f"{field}__iendswith": f"@{DOMAIN}"})
    return sorted(taken.values_list(field, flat=True))


def make_clinic() -> Clinic:
    """A clinic with its own phone and mailbox, in the zone of the project."""
    return Clinic.objects.create(
        name="Harbour Street Physiotherapy",
        slug=SLUG,
        phone="+44 20 7946 0100",
        phone_after_hours="+44 20 7946 0199",
        after_hours="evenings and weekends",
        email=address("desk"),
        postal_line="12 Harbour Street, Demo Town",
        time_zone=settings.TIME_ZONE,
        escalation_hours=ESCALATION_HOURS,
        accent=ACCENT,
    )


def hang_up_the_sign(owner: Practitioner) -> None:
    """The logo, a sail on the water; none where a project has no place for uploads, lest it lands among its code."""
    if not settings.MEDIA_ROOT:
        return
    with LOGO.open("rb") as file:
        practice_settings.set_logo(owner.clinic, File(file), by=owner)


def make_empty_clinic() -> Clinic:
    """A second clinic with its owner and nothing else, to see how one begins; once."""
    clinic, new = Clinic.objects.get_or_create(
        slug=EMPTY,
        defaults={
            "name": "Quay Lane Practice",
            "phone": "+44 20 7946 0150",
            "email": address("quay"),
            "time_zone": settings.TIME_ZONE,
        },
    )
    if new:
        hashed = make_password(PASSWORD)
        take_on(clinic, "Nina Osborne", address("nina"), hashed, Practitioner.Role.OWNER)
    return clinic


def take_on(
    clinic: Clinic, name: str, email: str, hashed: str, role: str = Practitioner.Role.PRACTITIONER
) -> Practitioner:
    """Somebody who works there, with a sign-in; ``hashed`` is the password as it is stored."""
    account = _account(email, hashed)
    account.save()
    practitioner = Practitioner.objects.create(user=account, clinic=clinic, name=name, role=role)
    joined = partial(practitioner_joined.send_robust, Practitioner, practitioner=practitioner, user=account)
    transaction.on_commit(joined)
    return practitioner


def take_on_site_staff(hashed: str) -> None:
    """Somebody who runs the site and works at no clinic; none where the project's users have no permissions."""
    account = _account(address("staff"), hashed)
    if not {"is_staff", "user_permissions"} <= {field.name for field in account._meta.get_fields()}:
        return
    account.is_staff = True
    account.save()
    app, codename = PLATFORM_STAFF_PERMISSION.split(".")
    account.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    if apps.is_installed("allauth.account"):  # which would ask for a code from the mailbox first
        proven = apps.get_model("account", "EmailAddress")._default_manager
        proven.create(user=account, email=address("staff"), verified=True, primary=True)


def _account(email: str, hashed: str) -> Any:
    """A sign-in, not stored yet."""
    users = get_user_model()
    field = users.get_email_field_name()
    account = users(**{field: email})
    if field != users.USERNAME_FIELD:
        setattr(account, users.USERNAME_FIELD, f"demo-{uuid.uuid5(uuid.NAMESPACE_DNS, email).hex[:12]}")
    account.password = hashed
    return account
