"""Select the film and the pictures of an exercise: the clinic's own before the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from exercises.models import Exercise, Media, Step

Kind = Media.Kind


@dataclass(frozen=True)
class Film:
    """A demonstration: the same film in one or two formats, its poster and its captions."""

    sources: list[Media]
    poster: Media | None
    captions: list[Media]


def select_film(exercise: Exercise) -> Film | None:
    """Return the film to show; None where there is none.

    A film of the clinic replaces the shipped one, with its own captions or none: the shipped captions are timed to the
    shipped film.
    """
    prefetch_related_objects([exercise], "media")
    for uploaded in (True, False):
        candidates = [media for media in exercise.media.all() if media.uploaded is uploaded]
        films = [media for media in candidates if media.kind == Kind.FILM]
        if films:
            posters = [media for media in candidates if media.kind == Kind.POSTER]
            return Film(
                sources=sorted(films, key=lambda film: film.extension),
                poster=posters[0] if posters else None,
                captions=[media for media in candidates if media.kind == Kind.CAPTIONS],
            )
    return None


def select_photo(exercise: Exercise, number: int) -> Media | None:
    """Return the picture uploaded or shipped for a step; None where there is none."""
    prefetch_related_objects([exercise], "media")
    pictures = [media for media in exercise.media.all() if media.kind == Kind.PICTURE and media.step == number]
    return min(pictures, key=lambda media: not media.uploaded, default=None)


def representative_step(steps: list[Step]) -> Step | None:
    """Return the step whose picture represents the exercise: the first GO_IN step, else the last."""
    go_in = (step for step in steps if step.phase == Step.Phase.GO_IN)
    return next(go_in, steps[-1] if steps else None)
