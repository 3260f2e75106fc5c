"""A clinic's own film plays for people who are signed in and known here, and for nobody else."""

import pytest

from clinic.models import Practitioner
from clinic.prescriptions import prescribing
from exercises import authoring, media_storage
from exercises.models import Exercise, Media
from tests import make
from tests.exercises import files, make as content
from tests.portal.visit import signed_in, stranger, url


@pytest.fixture
def bridge(cast, settings, tmp_path):
    """The second exercise, as a clinic adds it, with a film."""
    settings.MEDIA_ROOT = tmp_path
    return authoring.save_exercise("bridge", "en", content.content(version=None, featured=None), published=True)


@pytest.fixture
def film(bridge):
    return media_storage.store_upload(bridge, files.file(files.MP4, "../../evil.html"), Media.Kind.FILM)


def address(media):
    return url("media", media.pk)


def body(response):
    return b"".join(response.streaming_content)


def people(cast):
    here = cast.alice.clinic
    return {
        "client": cast.dana,
        "practitioner": cast.alice.user,
        "front desk": make.practitioner(here, "Frank", Practitioner.Role.FRONT_DESK).user,
        "registrant": make.registrant(here).user,
        "of another clinic": cast.charlie.user,  # the library is the site's
    }


@pytest.mark.parametrize("who", ["client", "practitioner", "front desk", "registrant", "of another clinic"])
def test_who_is_known_here_sees_it(cast, film, who):
    answer = signed_in(people(cast)[who]).get(address(film))
    assert answer.status_code == 200
    assert body(answer) == files.MP4
    assert answer["Content-Type"] == "video/mp4"
    assert "private" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == "inline"


def test_a_stranger_is_sent_to_sign_in(film):
    answer = stranger().get(address(film))
    assert answer.status_code == 302
    assert answer["Location"] == f"/accounts/login/?next={address(film)}"


def test_who_is_signed_in_and_known_to_no_clinic_sees_nothing(film):
    assert signed_in(make.user("lost@home.example")).get(address(film)).status_code == 404


def test_who_has_left_sees_nothing(cast, film):
    cast.dana.state = "left"
    cast.dana.save(update_fields=["state"])
    assert signed_in(cast.dana).get(address(film)).status_code == 404


def test_the_name_it_came_with_is_forgotten(film):
    assert "evil" not in film.file.name
    assert film.file.name.endswith(".mp4")


def test_one_range_of_it(cast, film):
    answer = signed_in(cast.dana).get(address(film), headers={"Range": "bytes=4-11"})
    assert (answer.status_code, body(answer)) == (206, b"ftypisom")
    assert answer["Content-Range"] == f"bytes 4-11/{len(files.MP4)}"


def test_a_draft_is_the_practitioners_alone_until_it_is_prescribed(cast, film, bridge):
    prescribing.prescribe_exercise(cast.erin, bridge, make.dose(), make.nothing_found(bridge), by=cast.bob)
    Exercise.objects.filter(pk=bridge.pk).update(published_at=None)
    assert signed_in(cast.dana).get(address(film)).status_code == 404
    assert signed_in(cast.erin).get(address(film)).status_code == 200
    assert signed_in(cast.alice.user).get(address(film)).status_code == 200


def test_a_shipped_file_and_a_lost_one_are_404(cast, film, bridge):
    shipped = bridge.media.create(kind="film", title="Shipped", path="exercises/bridge/film.mp4")
    dana = signed_in(cast.dana)
    assert dana.get(address(shipped)).status_code == 404
    film.file.storage.delete(film.file.name)
    assert dana.get(address(film)).status_code == 404
    assert dana.get(url("media", 10**9)).status_code == 404


def test_it_is_read_and_never_written(cast, film):
    browser = signed_in(cast.dana)
    browser.handler.enforce_csrf_checks = False
    assert browser.post(address(film)).status_code == 405


def test_the_media_folder_is_no_other_way_in(film):
    assert stranger().get(f"/media/{film.file.name}").status_code == 404
