"""`manage.py restate_worklist`: recompute where every client stands on the worklist, and say how many were wrong."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from clinic.worklist import entries as worklist_entries


class Command(BaseCommand):
    help = (
        "Recompute the row that orders the worklist for every client, and correct those that are wrong or missing, as "
        "after rows were written past the verbs. Reads everything, locks a few hundred clients at a time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"rows corrected: {worklist_entries.correct_entries()}")
