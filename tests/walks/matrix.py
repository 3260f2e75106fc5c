"""In what surroundings the flows are walked: screen, colours, language, with or without scripts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from itertools import product

LONG = os.environ.get("PLUMBLINE_WALK") == "long"  # `make walk`: all sixteen, with pictures
SCREENS = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 800}}


@dataclass(frozen=True)
class Surroundings:
    """One way to look at the pages."""

    screen: str
    scheme: str
    language: str
    scripts: bool

    @property
    def name(self) -> str:
        return f"{self.screen}-{self.scheme}-{self.language}-{'scripts' if self.scripts else 'plain'}"


EVERY = [Surroundings(*one) for one in product(SCREENS, ("light", "dark"), ("en", "es"), (True, False))]
# The fewest in which each two values meet, such as dark and Spanish: tests/walks/test_matrix.py counts.
COVERING = [
    Surroundings("phone", "light", "en", True),
    Surroundings("phone", "dark", "es", False),
    Surroundings("desk", "light", "es", True),
    Surroundings("desk", "dark", "en", True),
    Surroundings("desk", "light", "en", False),
]
WALKED = EVERY if LONG else COVERING
