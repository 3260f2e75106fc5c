"""What a practitioner fills in to prescribe, and what is hidden in the look at it."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from clinic.models import Client
from tests import make


def screening(client: Client | None = None, **given: str) -> dict[str, str]:
    """Every precaution a no, or as ``given`` by its code; with a client, under that client's number."""
    mark = f"{client.pk}_" if client else ""
    codes = [precaution.code for precaution in make.exercise().precautions_in("en")]
    return {f"answer_{mark}{code}": given.get(code, "no") for code in codes}


def dose(**over: Any) -> dict[str, Any]:
    given = {"starts_on": "2026-03-02", "days": ["mon", "wed"], "times": ["18:00", ""], "sets": "2"}
    return {**given, "hold_seconds": "40", "variation": "chair", **over}


def hidden(page: Any) -> dict[str, list[str]]:
    """The hidden fields of the look, as its form sends them back."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.content.decode()):
        if name != "csrfmiddlewaretoken":
            found.setdefault(unescape(name), []).append(unescape(value))
    return found
