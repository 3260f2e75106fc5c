"""What stands in the database, to be held against what stands there later."""

from __future__ import annotations

from django.apps import apps


def every_row() -> dict[str, list[tuple]]:
    """All rows of the clinic's and the accounts' tables, in order."""
    return {
        model._meta.label: list(model._default_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in {"clinic", "auth", "account", "authtoken", "exercises"}
    }
