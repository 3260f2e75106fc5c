"""`manage.py send_due [--now ISO]`: one tick of planning and sending, as the beat does it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from clinic import digests, joining, messaging, registering, staffing
from clinic.accounts import second_factor_reset
from clinic.flags import notice_mail as notices
from clinic.management.arguments import add_now, beat
from clinic.models.outbox import database_now
from clinic.reminders import planning, push_delivery
from clinic.reminders import sending as reminders


class Command(BaseCommand):
    help = (
        "Plan the due reminders and daily mails, then send what is due: notices, confirmations, invitations, "
        "welcomes, second steps taken away, messages, reminders, on phones too, daily mails to practitioners."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_now(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        now = options["now"]
        self.stdout.write(f"schedules due: {planning.plan_due(now or database_now())}")
        self.stdout.write(f"daily mails due: {digests.plan_due(now or database_now())}")
        for name, send_due in (
            ("notices", notices.send_due),
            ("confirmations", registering.send_due),
            ("invitations", joining.send_due),
            ("welcomes", staffing.send_due),
            ("second steps taken away", second_factor_reset.send_due),
            ("messages", messaging.send_due),
            ("reminders on phones", push_delivery.send_due),
            ("reminders", reminders.send_due),
            ("daily mails", digests.send_due),
        ):
            self.stdout.write(f"{name}: {_in_words(send_due(now))}")
        beat(now, "plan", "send")


def _in_words(tally: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(tally.items())) or "none due"
