"""`manage.py demo [--force] [--empty]`: the demo clinic, and the sign-ins to look at it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.demo import people, today
from exercises.models import Exercise


class Command(BaseCommand):
    help = (
        "Make the demo clinic: an owner, two practitioners, a front desk and a dozen clients with their histories; "
        "and somebody who runs the site. Run again, it makes nothing new but a reminder that is soon due. "
        "Prints the sign-ins."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="also where DEBUG is off; everybody knows the password"
        )

        parser.add_argument("--empty", action="store_true", help="a second clinic too, where nothing has happened yet")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (settings.DEBUG or options["force"]):
            raise CommandError(
                "DEBUG is off, so this may be a real clinic's site. To make the demo all the same: --force"
            )
        clinic = people.find_demo_clinic()
        if clinic is not None:
            today.ensure_due_reminder(clinic, timezone.now())
        else:
            if taken := people.find_taken_addresses():
                raise CommandError(
                    f"{', '.join(taken[:5])} has a sign-in here already: the demo needs those addresses."
                )
            if not Exercise.objects.current().filter(slug=people.EXERCISE_SLUG).exists():
                raise CommandError("The library is not loaded. Run first: manage.py load_exercises")
            today.create_demo(timezone.now())
        if options["empty"]:
            people.create_empty_clinic()
        for sign_in in people.sign_ins():
            self.stdout.write(str(sign_in))
