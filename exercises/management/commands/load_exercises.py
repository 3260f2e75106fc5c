"""`manage.py load_exercises [folder …]`: the shipped library and a clinic's own exercises, into rows."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exercises.loading import SHIPPED_LIBRARY, load_library
from exercises.models import Exercise
from exercises.toml_schema import ExerciseFileError


class Command(BaseCommand):
    help = "Load the shipped exercises, then those in the folders given. Loading again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "folders", nargs="*", type=Path, metavar="folder", help="an exercise's folder, or a folder of such folders"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sources = [(SHIPPED_LIBRARY, Exercise.Origin.LIBRARY)]
        sources += [(folder, Exercise.Origin.CLINIC) for folder in options["folders"]]
        try:
            for path, origin in sources:
                for folder, outcome in load_library(path, origin):
                    self.stdout.write(f"{folder.slug} version {folder.version}: {outcome}")
        except ExerciseFileError as error:
            raise CommandError(str(error)) from None
