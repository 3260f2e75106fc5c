"""The clinic's color as a style sheet of its own: a page may not carry styles, by its Content-Security-Policy."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from clinic.practice.colors import Shades, dark_shades, light_shades

A_WEEK = 7 * 24 * 3600  # seconds; another color has another address


@require_safe
def theme_css(request: HttpRequest, color: str) -> HttpResponse:
    """The properties of tokens.css that depend on ``color``, six hexadecimal digits."""
    light, dark = _properties(light_shades(f"#{color}")), _properties(dark_shades(f"#{color}"))
    sheet = f":root{{{light}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    response = HttpResponse(sheet, content_type="text/css; charset=utf-8")
    patch_cache_control(response, public=True, max_age=A_WEEK)
    return response


def _properties(shades: Shades) -> str:
    properties = {
        "accent": shades.accent,
        "accent-strong": shades.strong,
        "accent-soft": shades.soft,
        "on-accent": shades.on_accent,
        "accent-fill": shades.fill,
        "on-fill": shades.on_fill,
    }
    return ";".join(f"--{name}:{value}" for name, value in properties.items())
