"""Programs' door: REST under ``/api/v1/``."""
