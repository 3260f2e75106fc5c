"""Two people who registered on the public page and wait for the clinic to look."""

from __future__ import annotations

import datetime as dt

from clinic.clients import registration
from clinic.demo.people import address
from clinic.demo.seed import Stage
from clinic.models import Confirmation

WHO_WAITS = [("Nora Ellis", dt.timedelta(days=2, hours=3)), ("Kofi Mensah", dt.timedelta(hours=5, minutes=20))]
TO_CONFIRM = dt.timedelta(minutes=4)  # between the mail and the press of its button


def arrive(stage: Stage) -> None:
    """Put their registrations on the stage."""
    for name, ago in WHO_WAITS:
        _registers(stage, name, stage.now - ago)


def _registers(stage: Stage, name: str, when: dt.datetime) -> None:
    clinic, email = stage.clinic, address(name.split()[0])

    def register(now: dt.datetime) -> None:
        registration.register_visitor(clinic, name=name, email=email, language=clinic.language, now=now)

    def confirm(now: dt.datetime) -> None:
        registration.confirm_registrant(Confirmation.objects.get(registrant__email=email), now=now)

    stage.at(when, register)
    stage.at(when + TO_CONFIRM / 4, stage.confirmations_go_out)
    stage.at(when + TO_CONFIRM, confirm)
