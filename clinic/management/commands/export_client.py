"""`manage.py export_client ID`: all that the clinic has of one client, as one zip."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.documents import data_export
from clinic.management.one_client import add_client, get_client


class Command(BaseCommand):
    help = "Write the zip that the client gets under “My data”, readable by its owner alone. It is kept in the audit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_client(parser)
        parser.add_argument("--to", type=Path, metavar="FILE", help="where to; client-ID.zip in this folder unless set")

    def handle(self, *args: Any, **options: Any) -> None:
        client = get_client(options["client"])
        target: Path = options["to"] or Path(f"client-{client.pk}.zip")
        if target.exists():
            raise CommandError(f"{target} is there already. Remove it, or name another file with --to.")
        if not os.access(target.parent, os.W_OK):
            raise CommandError(f"{target.parent} cannot be written. Name a file in another folder with --to.")
        archive = data_export.export_data(client, by=None)
        # Nobody else on this machine may read it.
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(archive)
        self.stdout.write(str(target))
