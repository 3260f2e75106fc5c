"""`manage.py api_token <email>`: the API key of one user."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Print the API key of the user with this e-mail, making one if need be. Who has it acts as that user."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        if not apps.is_installed("rest_framework.authtoken"):
            raise CommandError("API keys need “rest_framework.authtoken” in INSTALLED_APPS.")
        from rest_framework.authtoken.models import Token  # cannot be imported where it is not installed

        token, _made = Token.objects.get_or_create(user_id=_user(options["email"]).pk)
        self.stdout.write(token.key)


def _user(email: str) -> AbstractBaseUser:
    """The one active user with this e-mail. Raises CommandError."""
    users = get_user_model()
    found = list(users._default_manager.filter(**{f"{users.get_email_field_name()}__iexact": email.strip()})[:2])
    if not email.strip() or not found:  # an empty address is everybody's who has none
        raise CommandError(f"Nobody here has the e-mail “{email[:254]}”.")
    if len(found) > 1:
        raise CommandError(f"More than one user has the e-mail “{email[:254]}”: give each their own first.")
    if not found[0].is_active:
        raise CommandError(f"The user with the e-mail “{email[:254]}” is not active: a key would open nothing.")
    return found[0]
