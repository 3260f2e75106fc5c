"""The film of an exercise and its photographs in a page."""

from __future__ import annotations

from django import template

from exercises.media_selection import Film, select_film, select_photo
from exercises.models import Exercise, Media

register = template.Library()


@register.simple_tag
def film(exercise: Exercise) -> Film | None:
    """``{% film exercise as shown %}``: the clinic's own or the shipped one; None where there is none."""
    return select_film(exercise)


@register.simple_tag
def photo(exercise: Exercise, number: int) -> Media | None:
    """``{% photo exercise step.number as taken %}``: the picture that was uploaded for a step."""
    return select_photo(exercise, number)
