"""All text that the database holds, to look for a word in it."""

from django.apps import apps
from django.core import serializers


def all_stored_text():
    """Every row of the product and of the accounts, as JSON."""
    models = [
        model for label in ("clinic", "auth", "account", "mfa") for model in apps.get_app_config(label).get_models()
    ]
    return "\n".join(serializers.serialize("json", model._default_manager.all()) for model in models)
