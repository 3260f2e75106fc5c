"""The people of the table in test_who_may_what.py, the rows that its addresses are about, and what each may expect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLResolver
from django.utils import timezone

from clinic.admin.site import site
from clinic.clients import notes as client_notes, registration
from clinic.models import Clinic, Practitioner
from clinic.prescriptions import dose_templates
from clinic.team import absences, members
from tests import make
from tests.admin.browsing import signed_in, url
from tests.admin.exercises.form_answers import bridge

Role = Practitioner.Role

# Who tries. "shared": a colleague where the clinic shares its records.
INSIDE = ["owner", "own", "colleague", "shared", "desk", "other_owner", "other_desk"]
STAFF = "staff"  # runs the site, works at no clinic
OUTSIDE = ["client", "registrant", "stranger"]
NOBODY = "nobody"  # has not signed in
EVERYBODY = [*INSIDE, STAFF, *OUTSIDE, NOBODY]

# Answers that are no status of their own.
OPENS, SIGN_IN, REFUSED = "opens", "sign in first", "told no"


@dataclass(frozen=True)
class Row:
    """One address of the site.

    Attributes:
        name: of the route, without ``plumbline:``.
        about: which of the world's rows, or "" for none.
        get, post: for whom of INSIDE and STAFF it opens; None: there is nothing to look at, or to do.
        refused: who acts and is sent back with a word instead; nothing is changed.
        no: the status for the others of INSIDE.
        given: what a POST carries.
        staff: whether platform staff get as far as the page's own answer.
    """

    name: str
    about: str = ""
    get: tuple[str, ...] | None = ()
    post: tuple[str, ...] | None = None
    refused: tuple[str, ...] = ()
    no: int = 404
    given: Any = None
    staff: bool = False

    def expected(self, who: str, method: str) -> str | int:
        may = self.get if method == "get" else self.post
        if who == NOBODY:
            return SIGN_IN
        if who in OUTSIDE or (who == STAFF and not self.staff):
            return 404  # "This part is for practitioners"
        if may is None:
            return 405
        if method != "get" and who in self.refused:
            return REFUSED
        return OPENS if who in may else self.no


class World:
    """A clinic with one of everybody, and another clinic beside it."""

    def __init__(self, cast: Any) -> None:
        here, elsewhere = cast.alice.clinic, cast.charlie.clinic
        owner = make.practitioner(here, "Olga", Role.OWNER)
        registrant, waiting = make.registrant(here, "Nora"), make.registrant(here, "Walt")
        people = {
            "owner": owner,
            "own": cast.alice,
            "colleague": cast.bob,
            "shared": cast.bob,
            "desk": make.practitioner(here, "Frank", Role.FRONT_DESK),
            "other_owner": cast.charlie,
            "other_desk": make.practitioner(elsewhere, "Fred", Role.FRONT_DESK),
            STAFF: make.platform_staff(),
            "client": cast.dana.user,
            "registrant": registrant.user,
            "stranger": make.user("nobody@home.example"),
        }
        self.here = here
        self.people = {who: getattr(person, "user", person) for who, person in people.items()}
        self.browsers = {who: signed_in(person) for who, person in self.people.items()} | {NOBODY: Browser()}
        prescription = make.prescription(cast.dana)
        flag = make.report(prescription, 4, 8).flags[0]
        added = members.add_member(
            here, name="Gina", email="gina@clinic.example", role=Role.PRACTITIONER, by=owner.user
        )
        gone = make.practitioner(here, "Gus")
        members.deactivate_member(gone, by=owner.user)
        self.browsers["own"].post(url("exercise_add"), bridge())
        declined = make.registrant(here, "Dora")
        registration.decline_registrant(declined, by=cast.alice)
        away = timezone.now().date() + dt.timedelta(days=30)  # until then nobody covers
        absence = absences.add_absence(cast.bob, starts_on=away, ends_on=away, cover=cast.alice, by=owner.user)
        note = client_notes.add_note(cast.dana, "Sleeps badly.", by=cast.alice)
        dose = dose_templates.add_usual_template(make.exercise(), by=cast.alice)
        self.rows: dict[str, list[object]] = {
            "": [],
            "client": [cast.dana.pk],
            "invited": [make.invited(cast.alice, "Ivy").pk],
            "prescription": [prescription.pk],
            "flag": [flag.pk],
            "registrant": [waiting.pk],
            "declined": [declined.pk],
            "alice": [cast.alice.pk],
            "absence": [absence.pk],
            "note": [note.pk],
            "dose": [dose.pk],
            "clinic": [here.pk],
            "advice": [here.pk, "stop", "en"],
            "exercise": ["forward-bend"],
            "words": ["bridge", "en"],
            "file": ["forward-bend", "film"],
            "upload": ["forward-bend", 1],
            "colleague": [added.pk],
            "bob": [cast.bob.pk],  # added long ago; the one above has not signed in yet
            "gone": [gone.pk],
            "elsewhere": [1, 1],
        }

    @contextmanager
    def as_for(self, who: str) -> Iterator[Browser]:
        """The person's browser; what happens in the block is undone after it."""
        with transaction.atomic():
            if who == "shared":
                Clinic.objects.filter(pk=self.here.pk).update(shares_records=True)
            yield self.browsers[who]
            transaction.set_rollback(True)


def everything() -> list[object]:
    """All that an act could have changed, sessions aside."""
    models = [*apps.get_app_config("clinic").get_models(), *apps.get_app_config("exercises").get_models()]
    return [list(model._default_manager.order_by("pk").values_list()) for model in (*models, get_user_model())]


def routes() -> set[str]:
    """The names of all addresses of the site, those of Django's own admin among them."""
    found: set[str] = set()
    patterns = list(site.get_urls())
    while patterns:
        pattern = patterns.pop()
        if isinstance(pattern, URLResolver):
            patterns += pattern.url_patterns
        elif pattern.name:
            found.add(pattern.name)
    return found
