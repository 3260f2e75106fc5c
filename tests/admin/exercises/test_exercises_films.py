"""A clinic's own films and pictures are uploaded in the practitioner site, replaced and removed."""

from pathlib import Path

import pytest

from clinic import audit
from clinic.models import AuditEntry, Practitioner
from exercises.models import Media
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url
from tests.exercises import files
from tests.portal import visit


@pytest.fixture
def alice(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.exercise()
    return signed_in(cast.alice)


def upload(browser, content, kind="film", name="film.mp4", **more):
    path = url("exercise_upload", "forward-bend", kind)
    return browser.post(path, {"file": files.upload(content, name), **more}, follow=True)


def uploads():
    return Media.objects.exclude(file="")


def test_the_clinics_film_is_shown_to_the_client_with_its_captions(cast, alice):
    assert flash_messages(upload(alice, files.MP4)) == ["Film stored."]
    upload(alice, files.PNG, "poster")
    upload(alice, files.VTT, "captions", language="es")
    film, poster, captions = (uploads().get(kind=kind) for kind in ("film", "poster", "captions"))
    page = visit.signed_in(cast.dana).get(visit.url("exercise", "forward-bend")).content.decode()
    assert f'<source src="{visit.url("media", film.pk)}" type="video/mp4">' in page
    assert f'poster="{visit.url("media", poster.pk)}"' in page
    assert f'src="{visit.url("media", captions.pk)}" srclang="es" label="español"' in page
    assert "forward-bend/film" not in page


def test_an_upload_that_the_book_refuses_leaves_no_file(alice, settings, monkeypatch):
    def full(*_entry):
        raise OSError("the disk is full")

    monkeypatch.setattr(audit, "record", full)
    with pytest.raises(OSError, match="full"):
        upload(alice, files.MP4)
    assert not uploads().exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_a_webm_may_stand_beside_the_mp4(alice):
    upload(alice, files.MP4)
    upload(alice, files.WEBM)
    assert sorted(media.extension for media in uploads()) == [".mp4", ".webm"]


def test_removing_it_brings_the_shipped_one_back(alice, settings, django_capture_on_commit_callbacks):
    upload(alice, files.MP4)
    upload(alice, files.VTT, "captions", language="en")
    with django_capture_on_commit_callbacks(execute=True):
        answer = alice.post(url("exercise_remove", "forward-bend", uploads().get(kind="film").pk), follow=True)
    assert flash_messages(answer) == ["Film removed."]
    assert not uploads().exists()
    assert list(Path(settings.MEDIA_ROOT, "exercises").iterdir()) == []


BAD = [
    ("film", b"", "film.mp4", "This file is empty."),
    ("film", b"I am text.", "film.mp4", "Save it as MP4 (H.264) or WebM."),
    ("film", files.QUICKTIME, "film.mp4", "This is a QuickTime film."),
    ("poster", files.PNG, "poster.png", "Upload your film first"),
    ("captions", files.VTT, "film.vtt", "Upload your film first"),
]


@pytest.mark.parametrize(("kind", "content", "name", "complaint"), BAD)
def test_a_bad_file_is_refused_at_its_field(alice, kind, content, name, complaint):
    page = upload(alice, content, kind, name, language="en")
    assert page.status_code == 422
    assert complaint in page_text(page)
    assert not uploads().exists()


@pytest.mark.parametrize(
    ("kind", "content", "complaint"),
    [
        ("poster", files.SVG, "An SVG file can hold a script."),
        ("captions", "WEBVTT\n\n00:00.000 --> 00:01.000\nTúmbate\n".encode("latin-1"), "encoding UTF-8"),
    ],
)
def test_what_goes_with_a_film_is_looked_at_too(alice, kind, content, complaint):
    upload(alice, files.MP4)
    page = upload(alice, content, kind, language="es")
    assert page.status_code == 422
    assert complaint in page_text(page)
    assert uploads().count() == 1


def test_a_film_that_is_too_big_is_refused(alice, settings):
    settings.PLUMBLINE_FILM_MEGABYTES = 0.001
    assert "Make it smaller." in page_text(upload(alice, files.MP4))
    assert not uploads().exists()


def test_no_file_at_all_is_asked_for(alice):
    page = alice.post(url("exercise_upload", "forward-bend", "film"))
    assert page.status_code == 422
    assert "Choose a file." in page_text(page)


def test_the_book_says_who_did_it(cast, alice):
    upload(alice, files.MP4)
    alice.post(url("exercise_remove", "forward-bend", uploads().get().pk))
    entries = AuditEntry.objects.filter(target_kind="exercise").order_by("pk")
    assert [(entry.actor_id, entry.verb) for entry in entries] == [
        (cast.alice.user_id, "film_uploaded"),
        (cast.alice.user_id, "film_removed"),
    ]


def test_the_front_desk_uploads_and_removes_nothing(cast, alice):
    upload(alice, files.MP4)
    desk = signed_in(make.practitioner(cast.alice.clinic, "Frank", Practitioner.Role.FRONT_DESK))
    assert upload(desk, files.WEBM).status_code == 404
    assert desk.post(url("exercise_remove", "forward-bend", uploads().get().pk)).status_code == 404
    assert "Upload a film" not in page_text(desk.get(url("exercise", "forward-bend")))
    assert uploads().count() == 1


def test_a_shipped_file_is_not_removed_and_neither_is_one_of_another_exercise(alice):
    shipped = make.exercise().media.create(kind="picture", title="Shipped", path="exercises/x.png", step=1)
    assert alice.post(url("exercise_remove", "forward-bend", shipped.pk)).status_code == 404
    assert alice.post(url("exercise_upload", "forward-bend", "song")).status_code == 404
    assert alice.get(url("exercise", "nothing")).status_code == 404
