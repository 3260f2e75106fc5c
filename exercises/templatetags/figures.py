"""The pictures of an exercise in a page."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from exercises.figure import draw
from exercises.media_storage import STATIC_ROOT
from exercises.models import Exercise

register = template.Library()


@register.simple_tag
def figure(
    exercise: Exercise, key: str, number: object = "", title: str = "", shows: str = "", again: object = ""
) -> SafeString:
    """The drawing called ``key`` (and ``number``) of an exercise, inline so that the page's colours reach it.

    ``{% figure exercise "step-" step.number title=step.title shows=step.shows %}``; empty where nothing is drawn.
    Without a title it is decoration and hidden from a screen reader. A picture that a page shows twice is told apart by
    ``again``.
    """
    name = f"{key}{number}"
    pose = exercise.pose(name)
    if pose is None:
        return mark_safe("")
    return mark_safe(draw(pose, title=title, shows=shows, name=f"{exercise.slug}-{name}{again}"))  # noqa: S308  draw escapes


@register.simple_tag
def moving(exercise: Exercise, shows: str = "") -> SafeString:
    """The shipped drawing of the movement, which runs by itself: ``{% moving exercise shows=words.summary %}``.

    Whoever has asked for no motion sees one picture of it. Empty where none is shipped. Without ``shows`` it is
    decoration.
    """
    place = f"exercises/{exercise.slug}"
    if exercise.origin != Exercise.Origin.LIBRARY or not (STATIC_ROOT / place / "moving.svg").exists():
        return mark_safe("")
    # An SVG in an <img> is not told everywhere what motion its reader wants: the page chooses.
    return format_html(
        '<picture class="moving"><source media="(prefers-reduced-motion: reduce)" srcset="{}">'
        '<img src="{}" alt="{}" width="400" height="300" loading="lazy"></picture>',
        static(f"{place}/still.svg"),
        static(f"{place}/moving.svg"),
        shows,
    )
