"""What may be prescribed and shown today: the newest published version of each exercise."""

import pytest
from django.db import IntegrityError

from exercises.models import Exercise, Media, Precaution

from . import make

pytestmark = pytest.mark.django_db


def versions(rows: object) -> list[tuple[str, int]]:
    return [(row.slug, row.version) for row in rows]  # type: ignore[attr-defined]


def test_the_newest_published_version_of_each_is_current() -> None:
    make.exercise("bridge", 1)
    make.exercise("bridge", 2)
    make.exercise("twist", 1)
    assert versions(Exercise.objects.current()) == [("bridge", 2), ("twist", 1)]
    assert versions(Exercise.objects.published()) == [("bridge", 2), ("bridge", 1), ("twist", 1)]


def test_a_draft_does_not_hide_the_version_before_it() -> None:
    make.exercise("bridge", 1)
    make.exercise("bridge", 2, published=False)
    assert versions(Exercise.objects.current()) == [("bridge", 1)]


def test_current_narrows_a_list_without_looking_only_inside_it() -> None:
    make.exercise("bridge", 1, origin="clinic")
    make.exercise("bridge", 2, origin="library")
    assert not Exercise.objects.filter(origin="clinic").current().exists()


def test_featured_is_the_current_version_only() -> None:
    make.exercise("bridge", 1, featured=True)
    make.exercise("bridge", 2, featured=False)
    make.exercise("twist", 1, featured=True)
    make.exercise("squat", 1, featured=True, published=False)
    assert versions(Exercise.objects.featured()) == [("twist", 1)]


def test_a_version_is_stored_once() -> None:
    make.exercise("bridge", 1)
    with pytest.raises(IntegrityError):
        make.exercise("bridge", 1)


def test_a_warning_sign_without_words_is_not_stored() -> None:
    exercise = make.exercise()
    with pytest.raises(IntegrityError, match="precaution_reported_has_sign"):
        Precaution.objects.create(
            exercise=exercise,
            language="en",
            number=1,
            code="fever",
            group="stop",
            question="?",
            reported=True,
        )


@pytest.mark.parametrize("fields", [{}, {"file": "ours.mp4", "path": "exercises/shipped.mp4"}])
def test_media_is_either_uploaded_or_shipped(fields: dict[str, str]) -> None:
    exercise = make.exercise()
    with pytest.raises(IntegrityError, match="media_uploaded_or_shipped"):
        Media.objects.create(exercise=exercise, kind="film", title="Film", **fields)
