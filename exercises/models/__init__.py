"""What an exercise is. Nothing here knows a client, a clinic or a mail."""

from .exercise import FALLBACK_LANGUAGE, Exercise, ExerciseQuerySet
from .pictures import Drawing, Media
from .texts import Equipment, ExerciseText, Precaution, Step, Variation

__all__ = [
    "FALLBACK_LANGUAGE",
    "Drawing",
    "Equipment",
    "Exercise",
    "ExerciseQuerySet",
    "ExerciseText",
    "Media",
    "Precaution",
    "Step",
    "Variation",
]
