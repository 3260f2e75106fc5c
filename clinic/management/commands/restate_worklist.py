"""`manage.py restate_worklist`: recompute the worklist entry of every client, and say how many were corrected."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from clinic.worklist import entries as worklist_entries


class Command(BaseCommand):
    help = (
        "Recompute the worklist entry of every client and correct those that differ or are missing, as after rows were "
        "written without the services. Reads everything, locks a few hundred clients at a time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"rows corrected: {worklist_entries.correct_entries()}")
