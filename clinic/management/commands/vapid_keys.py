"""`manage.py vapid_keys`: a new pair of keys for reminders on phones, as lines for the environment."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.reminders import web_push


class Command(BaseCommand):
    help = "Print a new pair of VAPID keys. With other keys than before, each phone must be turned on anew."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            private, public = web_push.generate_keys()
        except ModuleNotFoundError:
            raise CommandError('Keys need a library: pip install "django-plumbline[push]"') from None
        self.stdout.write(f"PLUMBLINE_VAPID_PRIVATE_KEY={private}")
        self.stdout.write(f"PLUMBLINE_VAPID_PUBLIC_KEY={public}")
