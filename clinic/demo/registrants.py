"""Two people who registered on the public page and wait for a decision."""

from __future__ import annotations

import datetime as dt

from clinic.clients import registration
from clinic.demo.people import email_address
from clinic.demo.seed import DemoHistory
from clinic.models import Confirmation

REGISTRANTS = [("Nora Ellis", dt.timedelta(days=2, hours=3)), ("Kofi Mensah", dt.timedelta(hours=5, minutes=20))]
CONFIRMED_AFTER = dt.timedelta(minutes=4)  # the mail


def add_registrants(history: DemoHistory) -> None:
    """Add their registrations to the history."""
    for name, ago in REGISTRANTS:
        _add_registration(history, name, history.now - ago)


def _add_registration(history: DemoHistory, name: str, when: dt.datetime) -> None:
    clinic, email = history.clinic, email_address(name.split()[0])

    def register(now: dt.datetime) -> None:
        registration.register_visitor(clinic, name=name, email=email, language=clinic.language, now=now)

    def confirm(now: dt.datetime) -> None:
        registration.confirm_registrant(Confirmation.objects.get(registrant__email=email), now=now)

    history.add(when, register)
    history.add(when + CONFIRMED_AFTER / 4, history.send_confirmations)
    history.add(when + CONFIRMED_AFTER, confirm)
