"""`manage.py sweep [--now ISO]`: one tick of silence flags and abandoned claims."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from clinic import delivery
from clinic.flags import silence
from clinic.management.arguments import add_now
from clinic.models.outbox import database_now


class Command(BaseCommand):
    help = "Give back the mails that a dead worker held, and flag the clients who fell silent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_now(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["now"] or database_now()
        self.stdout.write(f"mails given back: {delivery.reap(now)}")
        self.stdout.write(f"clients fallen silent: {silence.sweep(now)}")
