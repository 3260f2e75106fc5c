"""Readable shades of a clinic's colour for light and dark pages. Pure: colours are "#rrggbb".

Text has a contrast of 4.5:1 at least with every ground below it (WCAG 2.2, 1.4.3).
"""

from __future__ import annotations

from dataclasses import dataclass

MIN_CONTRAST = 4.5
WHITE, DARK = "#ffffff", "#14181a"
INK = "#1d2a2e"  # text of light pages and of mails
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


def light_shades(color: str) -> Shades:
    """Shades for a light page: the colour itself on the main button, darker where it has to be read."""
    soft = mix_colors(color, WHITE, 0.14)
    accent = _shift_until_readable(color, "#000000", (*LIGHT_GROUNDS, soft))
    ink = readable_text_color(color)
    fill = color if contrast_ratio(ink, color) >= MIN_CONTRAST else accent
    return Shades(
        accent, mix_colors(accent, "#000000", 0.78), soft, readable_text_color(accent), fill, readable_text_color(fill)
    )


def dark_shades(color: str) -> Shades:
    """Shades for a dark page: lighter until it can be read."""
    soft = mix_colors(color, DARK_GROUNDS[1], 0.25)
    accent = _shift_until_readable(color, WHITE, (*DARK_GROUNDS, soft))
    return Shades(
        accent, mix_colors(accent, WHITE, 0.7), soft, readable_text_color(accent), accent, readable_text_color(accent)
    )


def contrast_ratio(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def readable_text_color(color: str, *, dark: str = DARK) -> str:
    """White or ``dark``, whichever has more contrast with ``color``."""
    return max((WHITE, dark), key=lambda ink: contrast_ratio(ink, color))


def mix_colors(color: str, other: str, share: float) -> str:
    """A mix of two colours: ``share`` (0 to 1) of ``color``, the rest of ``other``."""
    channels = zip(_channels(color), _channels(other), strict=True)
    return "#" + "".join(f"{round(share * one + (1 - share) * two):02x}" for one, two in channels)


def _shift_until_readable(color: str, toward: str, grounds: tuple[str, ...]) -> str:
    for percent in range(100, -1, -4):
        shade = mix_colors(color, toward, percent / 100)
        if all(contrast_ratio(shade, ground) >= MIN_CONTRAST for ground in grounds):
            return shade
    return toward


def _channels(color: str) -> list[int]:
    return [int(color[start : start + 2], 16) for start in (1, 3, 5)]


def _luminance(color: str) -> float:
    shares = [channel / 255 for channel in _channels(color)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
