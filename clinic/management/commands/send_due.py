"""`manage.py send_due [--now ISO]`: one tick of planning and sending, as the beat does it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from clinic.mail import outbox
from clinic.management.arguments import add_now, beat
from clinic.models import OutboxMessage, Reminder
from clinic.models.outbox import database_now
from clinic.reminders import planning, push_delivery
from clinic.team.digest import planning as digest_planning


class Command(BaseCommand):
    help = (
        "Plan the due reminders and daily mails, then send what is due: notices, confirmations, invitations, "
        "welcomes, second steps taken away, messages, reminders, on phones too, daily mails to practitioners."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_now(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["now"]
        self.stdout.write(f"schedules due: {planning.create_due_reminders(now or database_now())}")
        self.stdout.write(f"digests due: {digest_planning.create_due_digests(now or database_now())}")
        for kind in OutboxMessage.kinds():
            if kind is Reminder:
                self._print_tally("reminders on phones", push_delivery.send_due(now))
            self._print_tally(f"{kind.kind}s", outbox.send_due(kind, now))
        beat(now, "plan", "send")

    def _print_tally(self, name: str, tally: Counter[str]) -> None:
        counts = ", ".join(f"{count} {state}" for state, count in sorted(tally.items()))
        self.stdout.write(f"{name}: {counts or 'none due'}")
