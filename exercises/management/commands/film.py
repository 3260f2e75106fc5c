"""`manage.py film <exercise>`: the demonstration of an exercise, rendered from its poses; for developers."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exercises.film.render import FilmError, build_film, write_film
from exercises.folder import read_folder
from exercises.loading import SHIPPED_LIBRARY
from exercises.toml_schema import ExerciseFileError

STATIC = SHIPPED_LIBRARY.parent / "static" / "exercises"


class Command(BaseCommand):
    requires_system_checks = []  # it touches neither rows nor pages
    help = "Render an exercise's film, poster, captions and moving drawing from its poses. Wants ffmpeg."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("exercise", help="the name of a shipped exercise, or an exercise's folder")
        parser.add_argument("--to", type=Path, help="the folder to write into; else where shipped films lie")
        parser.add_argument("--words-only", action="store_true", help="only the captions and the drawings: no ffmpeg")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["exercise"]
        path = SHIPPED_LIBRARY / name if (SHIPPED_LIBRARY / name).is_dir() else Path(name)
        try:
            film = build_film(read_folder(path))
            written = write_film(film, options["to"] or STATIC / path.resolve().name, words_only=options["words_only"])
        except (ExerciseFileError, FilmError) as error:
            raise CommandError(str(error)) from None
        for file in written:
            self.stdout.write(f"{file} {file.stat().st_size // 1024} kB")
        self.stdout.write(f"{film.seconds:.0f} seconds")
