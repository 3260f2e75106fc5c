"""`manage.py sweep [--now ISO]`: one tick of silence flags, abandoned claims and flags nobody looked at."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from clinic.clients import departure, registration
from clinic.flags import escalation, inactivity, undeliverable
from clinic.mail import outbox
from clinic.management.arguments import add_now, beat
from clinic.models.outbox import database_now
from clinic.worklist import entries as worklist_entries


class Command(BaseCommand):
    help = (
        "Give back what a dead worker held, forget who registered and never confirmed and the addresses of who left, "
        "flag clients who fell silent or whom mail does not reach, list whoever the worklist misses, and tell the "
        "owners of the flags that nobody looked at."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_now(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["now"] or database_now()
        self.stdout.write(f"mails given back: {outbox.reap(now)}")
        self.stdout.write(f"registrants forgotten: {registration.delete_unconfirmed(now)}")
        self.stdout.write(f"clients fallen silent: {inactivity.flag_silent_clients(now)}")
        self.stdout.write(f"flags gone to the owner: {escalation.escalate_flags(now)}")
        self.stdout.write(f"clients out of reach flagged: {undeliverable.flag_undeliverable_clients(now)}")
        self.stdout.write(f"clients put on the worklist: {worklist_entries.create_missing_entries()}")
        self.stdout.write(f"addresses of who left forgotten: {departure.delete_expired_addresses(now)}")
        self.stdout.write(f"records as old as their clinic keeps them, erased: {departure.erase_due_clients(now)}")
        beat(options["now"], "sweep", "silence")
