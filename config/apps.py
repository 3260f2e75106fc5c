"""The project as an app: joins the clinic's announcements to the accounts, and keeps the cache table."""

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ProjectConfig(AppConfig):
    name = "config"
    verbose_name = "Project"

    def ready(self) -> None:
        # Imported here so that a task sent from a page or a shell goes to our broker and not to Celery's default.
        from allauth.account.signals import authentication_step_completed
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in

        from clinic.signals import client_joined, client_left, practitioner_joined, registrant_joined
        from config import celery  # noqa: F401
        from config.accounts import adapter as accounts_adapter
        from config.accounts import devices as accounts_devices

        for joined in (client_joined, practitioner_joined, registrant_joined):
            joined.connect(accounts_adapter.mailbox_proven, dispatch_uid="config.mailbox_proven")
        authentication_step_completed.connect(accounts_adapter.code_entered, dispatch_uid="config.code_entered")
        authenticator_added.connect(accounts_adapter.second_step_added, dispatch_uid="config.second_step_added")
        client_left.connect(accounts_adapter.sign_in_closed, dispatch_uid="config.sign_in_closed")
        user_logged_in.connect(accounts_devices.remember, dispatch_uid="config.last_seen")
        # The clinic's sender, as an app without models, such as this one, is never announced.
        clinic = self.apps.get_app_config("clinic") if self.apps else None
        post_migrate.connect(make_cache_table, sender=clinic, dispatch_uid="config.make_cache_table")


def make_cache_table(using: str, **_signal: object) -> None:
    """Make the table of CACHES with the others; does nothing where it exists. Receiver of `post_migrate`."""
    call_command("createcachetable", database=using, verbosity=0)
