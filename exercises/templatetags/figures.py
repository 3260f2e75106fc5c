"""The pictures of an exercise in a page."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString, mark_safe

from exercises.figure import draw
from exercises.models import Exercise

register = template.Library()


@register.simple_tag
def figure(exercise: Exercise, key: str, number: object = "", title: str = "", shows: str = "") -> SafeString:
    """The drawing called ``key`` (and ``number``) of an exercise, inline so that the page's colours reach it.

    ``{% figure exercise "step-" step.number title=step.title shows=step.shows %}``; empty where nothing is drawn.
    Without a title it is decoration and hidden from a screen reader.
    """
    name = f"{key}{number}"
    pose = exercise.pose(name)
    if pose is None:
        return mark_safe("")
    return mark_safe(draw(pose, title=title, shows=shows, name=f"{exercise.slug}-{name}"))  # noqa: S308  draw escapes
