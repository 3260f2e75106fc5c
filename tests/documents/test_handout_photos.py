"""A step that nobody has drawn is printed with the clinic's own picture of it."""

import base64

import pytest

from clinic.documents.handout import build_handout
from clinic.models import Prescription
from clinic.prescriptions import prescribing
from exercises import media_storage
from exercises.models import Media
from tests import make
from tests.documents import printed
from tests.exercises import files, make as make_exercise

# Two by two pixels, red.
RED = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGPYrCYHRAwQCgAdZgPdNPAxPwAAAABJRU5ErkJggg=="
)


@pytest.fixture
def plan(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    own = make_exercise.exercise("bridge")
    make_exercise.speak(own, "en", "Bridge")
    return prescribing.prescribe_exercise(cast.dana, own, make.dose(), make.nothing_found(own), by=cast.alice)


def test_it_is_printed_and_said_what_it_shows(plan):
    assert len(printed.pictures(build_handout(plan))) == 1  # the code for the phone
    media_storage.store_upload(plan.exercise, files.file(RED), Media.Kind.PICTURE, step=2)
    pdf = build_handout(Prescription.objects.get(pk=plan.pk))
    assert printed.pictures(pdf)[0] == "Bridge"
    assert b"/Subtype/Image" in pdf


@pytest.mark.parametrize("broken", [files.PNG, RED[:50] + b"?" + RED[51:]], ids=["no picture in it", "a wrong byte"])
def test_a_picture_that_cannot_be_read_leaves_the_words(plan, broken):
    media_storage.store_upload(plan.exercise, files.file(broken), Media.Kind.PICTURE, step=2)
    titles = [title for level, title in printed.headings(build_handout(plan)) if level == 3]
    assert [title.split() for title in titles] == [["1", "Bridge"], ["2", "Bridge"]]


def test_a_picture_whose_file_is_gone_leaves_the_words(plan):
    photo = media_storage.store_upload(plan.exercise, files.file(RED), Media.Kind.PICTURE, step=2)
    photo.file.storage.delete(photo.file.name)
    assert len(printed.pictures(build_handout(plan))) == 1
