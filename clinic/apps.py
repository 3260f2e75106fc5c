"""The clinic app: clients, prescriptions, reports, flags, reminders."""

from django.apps import AppConfig, apps
from django.utils.translation import gettext_lazy as _


class ClinicConfig(AppConfig):
    name = "clinic"
    verbose_name = _("Clinic")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from clinic import checks  # noqa: F401  registers the system checks

        if apps.is_installed("anymail"):
            from clinic.bounces import esp_webhooks

            esp_webhooks.connect_signals()
