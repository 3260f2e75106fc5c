"""`manage.py sweep [--now ISO]`: release expired claims, delete expired data, flag silence, escalate old flags."""

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
        "Release mails claimed by a dead worker, delete unconfirmed registrants and the addresses of clients who left, "
        "flag clients who are silent or undeliverable, create missing worklist entries, escalate unacknowledged flags, "
        "and erase records past the retention years of their clinic."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_now(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["now"] or database_now()
        self.stdout.write(f"mails given back: {outbox.release_expired(now)}")
        self.stdout.write(f"registrants forgotten: {registration.delete_unconfirmed(now)}")
        self.stdout.write(f"clients fallen silent: {inactivity.flag_silent_clients(now)}")
        self.stdout.write(f"flags gone to the owner: {escalation.escalate_flags(now)}")
        self.stdout.write(f"clients out of reach flagged: {undeliverable.flag_undeliverable_clients(now)}")
        self.stdout.write(f"clients put on the worklist: {worklist_entries.create_missing_entries()}")
        self.stdout.write(f"addresses of who left forgotten: {departure.delete_expired_addresses(now)}")
        self.stdout.write(f"records as old as their clinic keeps them, erased: {departure.erase_due_clients(now)}")
        beat(options["now"], "sweep", "silence")
