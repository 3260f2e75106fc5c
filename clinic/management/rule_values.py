"""`--rule key=value`: the constants of the two rules as words on a command line."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import fields, replace
from typing import Any

from clinic.flags.response import ResponseConfig
from clinic.flags.trend import SENSITIVITIES, TrendConfig

SENSITIVITY = "sensitivity"
TREND = {field.name: field.default for field in fields(TrendConfig)}
RESPONSE = {field.name: field.default for field in fields(ResponseConfig)}


def read(pairs: Iterable[str], own: TrendConfig | None = None) -> tuple[TrendConfig, ResponseConfig]:
    """The rules' constants with those of ``pairs`` in place; raises ValueError with a line for the user.

    ``own``: the constants in force for the client, which hold where ``pairs`` say nothing; None: the rule as it comes.
    """
    trend: dict[str, Any] = {}
    response: dict[str, Any] = {}
    for pair in pairs:
        key, _equals, value = pair.partition("=")
        if key == SENSITIVITY:
            trend["flag_score"] = _sensitivity(value)
        elif key in TREND:
            trend[key] = _number(key, value, TREND[key])
        elif key in RESPONSE:
            response[key] = _number(key, value, RESPONSE[key])
        else:
            known = ", ".join([SENSITIVITY, *TREND, *RESPONSE])
            raise ValueError(f"“{pair[:60]}” is not a rule's key=value. The keys: {known}.")
    return replace(own or TrendConfig(), **trend), ResponseConfig(**response)


def _sensitivity(value: str) -> float:
    if value not in SENSITIVITIES:
        raise ValueError(f"{SENSITIVITY}: “{value[:40]}” is none of {', '.join(SENSITIVITIES)}.")
    return SENSITIVITIES[value]


def _number(key: str, value: str, default: object) -> float | int:
    """``value`` as the kind of number that the default is."""
    whole = isinstance(default, int)
    try:
        number: float | int = int(value) if whole else float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0 <= _sign(default):
        kind = "a whole number" if whole else "a number"
        raise ValueError(f"{key}: “{value[:40]}” is not {kind} as the rule's own {default} is.")
    return number


def _sign(default: object) -> float:
    return float(default) if isinstance(default, int | float) else 0.0
