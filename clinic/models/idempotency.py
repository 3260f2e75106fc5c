"""The key by which a button that was pressed twice stores one row."""

from __future__ import annotations

import uuid


def form_key(press: str, *wanted: object) -> uuid.UUID | None:
    """What one press of a button wants, as a number; None where the form brought no ``press``: then nothing is known.

    Args:
        press: made anew each time a form is shown.
        wanted: what the form says. Other words out of the same form, after going back to it, are another act.
    """
    return uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(map(str, (press, *wanted)))) if press else None
