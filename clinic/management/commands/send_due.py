"""`manage.py send_due [--now ISO]`: one tick of planning and sending, as the beat does it."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from clinic.accounts import second_factor_reset
from clinic.clients import invitation_mail, registration
from clinic.clients import messages as client_messages
from clinic.flags import notice_mail as notices
from clinic.management.arguments import add_now, beat
from clinic.models.outbox import database_now
from clinic.reminders import planning, push_delivery
from clinic.reminders import sending as reminders
from clinic.team import members
from clinic.team.digest import mail as digest_mail
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
        self.stdout.write(f"schedules due: {planning.plan_due(now or database_now())}")
        self.stdout.write(f"daily mails due: {digest_planning.plan_due(now or database_now())}")
        for name, send_due in (
            ("notices", notices.send_due),
            ("confirmations", registration.send_due),
            ("invitations", invitation_mail.send_due),
            ("welcomes", members.send_due),
            ("second steps taken away", second_factor_reset.send_due),
            ("messages", client_messages.send_due),
            ("reminders on phones", push_delivery.send_due),
            ("reminders", reminders.send_due),
            ("daily mails", digest_mail.send_due),
        ):
            self.stdout.write(f"{name}: {_in_words(send_due(now))}")
        beat(now, "plan", "send")


def _in_words(tally: Counter[str]) -> str:
    return ", ".join(f"{count} {state}" for state, count in sorted(tally.items())) or "none due"
