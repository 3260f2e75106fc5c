"""The project as an app: connects the clinic's signals to the accounts, and creates the cache table."""

from django.apps import AppConfig
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ProjectConfig(AppConfig):
    name = "config"
    verbose_name = "Project"

    def ready(self) -> None:
        # The import configures Celery: a task sent from a page or a shell would else go to its default broker.
        from allauth.account.signals import authentication_step_completed
        from allauth.mfa.signals import authenticator_added
        from django.contrib.auth.signals import user_logged_in

        from clinic.signals import client_joined, client_left, practitioner_joined, registrant_joined
        from config import celery  # noqa: F401
        from config.accounts import adapter as accounts_adapter, devices as accounts_devices

        for joined in (client_joined, practitioner_joined, registrant_joined):
            joined.connect(accounts_adapter.verify_email, dispatch_uid="config.verify_email")
        authentication_step_completed.connect(
            accounts_adapter.verify_email_by_code, dispatch_uid="config.verify_email_by_code"
        )
        authenticator_added.connect(accounts_adapter.record_second_factor, dispatch_uid="config.record_second_factor")
        client_left.connect(accounts_adapter.close_sign_in, dispatch_uid="config.close_sign_in")
        user_logged_in.connect(accounts_devices.set_last_seen, dispatch_uid="config.set_last_seen")
        # The sender is the clinic app, since post_migrate is not sent for an app without models, such as this one.
        clinic = self.apps.get_app_config("clinic") if self.apps else None
        post_migrate.connect(create_cache_table, sender=clinic, dispatch_uid="config.create_cache_table")


def create_cache_table(using: str, **_signal: object) -> None:
    """Create the table of CACHES; does nothing where it exists. Receiver of `post_migrate`."""
    call_command("createcachetable", database=using, verbosity=0)
