"""The key by which a form that is sent twice stores one row."""

from __future__ import annotations

import uuid


def idempotency_key(form_key: str, *content: object) -> uuid.UUID | None:
    """The key of one act; None where the form has no ``form_key``: then every request is an act of its own.

    Args:
        form_key: new each time a form is displayed.
        content: what the form says. Another text out of the same form, after going back to it, is another act.
    """
    return uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(map(str, (form_key, *content)))) if form_key else None
