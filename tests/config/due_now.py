"""Run as a program by the end-to-end test: one client who has joined, and a reminder that fell due a minute ago."""

import datetime as dt

import django

django.setup()

from django.utils import timezone  # noqa: E402

from clinic.prescriptions import prescribing  # noqa: E402
from tests import make  # noqa: E402


def main() -> None:
    practitioner = make.practitioner(make.clinic())
    dana = make.client(practitioner, "Dana")
    make.invited(practitioner, "Frida")
    an_hour_ago, minute_ago = (timezone.now() - dt.timedelta(minutes=minutes) for minutes in (60, 1))
    prescribing.prescribe_exercise(
        dana,
        make.exercise(),
        make.dose(times=[f"{minute_ago:%H:%M}"], mornings_allowed=True),
        make.nothing_found(),
        by=practitioner,
        now=an_hour_ago,
    )


main()
