"""Which film and which pictures an exercise shows: the clinic's own before the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import prefetch_related_objects

from exercises.models import Exercise, Media, Step

Kind = Media.Kind


@dataclass(frozen=True)
class Film:
    """A demonstration: the same film in one or two formats, what stands there before it plays, and its captions."""

    sources: list[Media]
    poster: Media | None
    captions: list[Media]


def film_of(exercise: Exercise) -> Film | None:
    """The film to show; None: there is none.

    A film of the clinic's own takes the place of the shipped one, with captions of its own or none: those shipped
    are timed to the shipped film.
    """
    prefetch_related_objects([exercise], "media")
    shown = list(exercise.media.all())
    for own in (True, False):
        lot = [media for media in shown if media.uploaded is own]
        films = [media for media in lot if media.kind == Kind.FILM]
        if films:
            posters = [media for media in lot if media.kind == Kind.POSTER]
            return Film(
                sources=sorted(films, key=lambda film: film.extension),
                poster=posters[0] if posters else None,
                captions=[media for media in lot if media.kind == Kind.CAPTIONS],
            )
    return None


def photo_of(exercise: Exercise, number: int) -> Media | None:
    """The picture that was uploaded or shipped for a step; None: there is none."""
    prefetch_related_objects([exercise], "media")
    pictures = [media for media in exercise.media.all() if media.kind == Kind.PICTURE and media.step == number]
    return min(pictures, key=lambda media: not media.uploaded, default=None)


def on_the_picture(steps: list[Step]) -> Step | None:
    """The step that shows the exercise best: the one that goes in, else the last."""
    going_in = (step for step in steps if step.phase == Step.Phase.GO_IN)
    return next(going_in, steps[-1] if steps else None)
