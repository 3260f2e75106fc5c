"""`manage.py sweep [--now ISO]`: one tick of silence flags and abandoned claims."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from clinic import delivery, registering
from clinic.flags import silence
from clinic.management.arguments import add_now
from clinic.models.outbox import database_now


class Command(BaseCommand):
    help = "Give back what a dead worker held, flag silent clients, forget who registered and never confirmed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_now(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["now"] or database_now()
        self.stdout.write(f"mails given back: {delivery.reap(now)}")
        self.stdout.write(f"registrants forgotten: {registering.forget_unconfirmed(now)}")
        self.stdout.write(f"clients fallen silent: {silence.sweep(now)}")
