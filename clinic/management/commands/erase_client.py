"""`manage.py erase_client ID`: remove the identity and every free text from a record, for good."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.clients import departure
from clinic.management.one_client import add_client, get_client

SUMMARY = """\
Client {number} of {clinic}.
Erased for good: name, mail address, zone and hours, sign-in, registrations, and every free text (notes, reasons).
Kept under the number alone: scores, doses, screening, flags, reminders, consent and the audit.
If the law asks you to keep the record with its name, run export_client first and store the file."""


class Command(BaseCommand):
    help = "Erase who a client was and every free text; what is kept has a number and no name. Ends the plans too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_client(parser)
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def handle(self, *args: Any, **options: Any) -> None:
        client = get_client(options["client"])
        self.stdout.write(SUMMARY.format(number=client.pk, clinic=client.clinic.name))
        if not options["yes"] and not self._is_confirmed(client.pk):
            raise CommandError("Nothing was erased.")
        self.stdout.write("erased" if departure.erase_client(client) else "was erased before; erased again")

    def _is_confirmed(self, number: int) -> bool:
        self.stdout.write(f"Type the number {number} to go on: ", ending="")
        self.stdout.flush()
        try:
            return input().strip() == str(number)
        except EOFError:
            return False
