"""`manage.py simulate_clinic --clients N --days D [--seed S]`: fill the database for load tests."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.management import simulation
from clinic.management.arguments import whole
from clinic.models import Clinic
from exercises.models import Exercise

MOST_CLIENTS, MOST_DAYS, MOST_SEED = 1_000_000, 3_650, 999_999_999


class Command(BaseCommand):
    help = "Add a clinic of made-up clients with their histories, for load tests. Their addresses get no mail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clients", type=whole(1, MOST_CLIENTS), required=True, metavar="N", help="how many")
        parser.add_argument(
            "--days", type=whole(1, MOST_DAYS), required=True, metavar="D", help="of history each, up to yesterday"
        )
        parser.add_argument(
            "--seed", type=whole(0, MOST_SEED), default=1, metavar="S", help="the same seed, the same clients (1)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        seed = options["seed"]
        if Clinic.objects.filter(slug=simulation.simulated_slug(seed)).exists():
            raise CommandError(f"--seed: the clinic of seed {seed} is there already. Take another seed.")
        exercise = Exercise.objects.current().filter(slug="forward-bend").first()
        if exercise is None:
            raise CommandError("The library is not loaded. Run first: manage.py load_exercises")
        created = simulation.fill_clinic(options["clients"], options["days"], seed, exercise, timezone.now())
        counts = ", ".join(f"{count} {kind}" for kind, count in created.items())
        owner = f"owner@{simulation.simulated_slug(seed)}.invalid"
        self.stdout.write(f"Simulated clinic {seed}: {counts}. Its owner is {owner}")
