"""A clinic's colour, made fit to read: shades of it for light and dark pages. Pure: colours are "#rrggbb".

Text and what stands for itself has 4.5:1 against every ground it lies on (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass

READABLE = 4.5
WHITE, DARK = "#ffffff", "#14181a"
LIGHT_GROUNDS = ("#fbfaf7", WHITE)  # --ground and --surface of tokens.css
DARK_GROUNDS = (DARK, "#1c2224")


@dataclass(frozen=True)
class Shades:
    """Values of the properties that tokens.css calls --accent, --accent-strong and so on."""

    accent: str  # text, lines and edges
    strong: str  # the same under the pointer
    soft: str  # a ground for ink
    on_accent: str  # text on accent
    fill: str  # the main button
    on_fill: str  # text on it


def on_light(colour: str) -> Shades:
    """Shades for a light page: the colour itself on the main button, darker where it has to be read."""
    soft = mixed(colour, WHITE, 0.14)
    accent = _until_readable(colour, "#000000", (*LIGHT_GROUNDS, soft))
    ink = readable_on(colour)
    fill = colour if contrast(ink, colour) >= READABLE else accent
    return Shades(accent, mixed(accent, "#000000", 0.78), soft, readable_on(accent), fill, readable_on(fill))


def on_dark(colour: str) -> Shades:
    """Shades for a dark page: lighter until it can be read."""
    soft = mixed(colour, DARK_GROUNDS[1], 0.25)
    accent = _until_readable(colour, WHITE, (*DARK_GROUNDS, soft))
    return Shades(accent, mixed(accent, WHITE, 0.7), soft, readable_on(accent), accent, readable_on(accent))


def contrast(one: str, other: str) -> float:
    """WCAG's contrast of two colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_on(colour: str) -> str:
    """White or the dark ink, whichever is easier to read on ``colour``."""
    return max((WHITE, DARK), key=lambda ink: contrast(ink, colour))


def mixed(colour: str, other: str, share: float) -> str:
    """So much of ``colour``, 0 to 1, the rest of ``other``."""
    parts = zip(_parts(colour), _parts(other), strict=True)
    return "#" + "".join(f"{round(share * one + (1 - share) * two):02x}" for one, two in parts)


def _until_readable(colour: str, toward: str, grounds: tuple[str, ...]) -> str:
    for percent in range(100, -1, -4):
        shade = mixed(colour, toward, percent / 100)
        if all(contrast(shade, ground) >= READABLE for ground in grounds):
            return shade
    return toward


def _parts(colour: str) -> list[int]:
    return [int(colour[place : place + 2], 16) for place in (1, 3, 5)]


def _luminance(colour: str) -> float:
    shares = [part / 255 for part in _parts(colour)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
