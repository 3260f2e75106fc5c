"""The option `--rule key=value`: constants of the two rules on a command line."""

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


def parse_rule_values(pairs: Iterable[str], base: TrendConfig | None = None) -> tuple[TrendConfig, ResponseConfig]:
    """Parse the constants of both rules.

    Args:
        pairs: such as ``flag_score=2.9``.
        base: the constants where ``pairs`` have none; None: the defaults.

    Raises:
        ValueError: with a line for the user.
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
            keys = ", ".join([SENSITIVITY, *TREND, *RESPONSE])
            raise ValueError(f"“{pair[:60]}” is not a rule's key=value. The keys: {keys}.")
    return replace(base or TrendConfig(), **trend), ResponseConfig(**response)


def _sensitivity(value: str) -> float:
    if value not in SENSITIVITIES:
        raise ValueError(f"{SENSITIVITY}: “{value[:40]}” is none of {', '.join(SENSITIVITIES)}.")
    return SENSITIVITIES[value]


def _number(key: str, value: str, default: object) -> float | int:
    """``value`` as a number of the type of the default."""
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
