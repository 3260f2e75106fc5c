"""A shape: an outline and its style; a picture is a list of shapes, the far ones first."""

from __future__ import annotations

from typing import NamedTuple


class Shape(NamedTuple):
    """The `d` of a path, and the name of a style of `figure`."""

    path: str
    style: str


def united(*shapes: Shape, edge: str = "edge") -> list[Shape]:
    """Shapes that overlap, with one edge around them all: every edge is drawn before any of the insides."""
    return [Shape(shape.path, edge) for shape in shapes] + list(shapes)
