"""The exercises in Debian's Chromium: no accessibility fault, and a film of the clinic's own that plays and seeks."""

from __future__ import annotations

import subprocess

import pytest

from exercises import authoring, media_storage
from exercises.models import Media
from tests import make
from tests.admin.browsing import signed_in, url
from tests.axe import faults
from tests.exercises import files, make as content
from tests.portal import visit

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
PLAY = """async () => {
  const film = document.querySelector('video');
  film.muted = true;
  await film.play();
  film.currentTime = 2;
  await new Promise(done => film.onseeked = done);
  return [film.videoWidth, film.currentTime >= 2, film.error];
}"""


@pytest.fixture
def open_page(browser, live_server, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    contexts = []

    def opened(path, who, viewport=DESK, scheme="light"):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, reduced_motion="reduce", base_url=live_server.url
        )
        contexts.append(context)
        signed = visit.signed_in(who) if hasattr(who, "practitioner") else signed_in(who)
        context.add_cookies([{"name": "sessionid", "value": signed.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()


def bridge():
    exercise = authoring.save_exercise("bridge", "en", content.content(version=None, featured=None), published=True)
    media_storage.store_upload(exercise, files.file(files.MP4), Media.Kind.FILM)
    return exercise


def test_every_page_about_exercises_is_free_of_faults_and_fits_a_small_phone(cast, open_page):
    make.exercise()
    bridge()
    errors = {}
    for name, *args in (
        ("exercises",),
        ("exercise_add",),
        ("exercise", "bridge"),
        ("exercise", "forward-bend"),
        ("exercise_change", "bridge", "en"),
        ("exercise_change", "bridge", "es"),
    ):
        for viewport, scheme in ((PHONE, "light"), (DESK, "dark")):
            page = open_page(url(name, *args), cast.alice, viewport, scheme)
            for row in page.locator("main details").all():
                row.evaluate("row => row.open = true")
            found = faults(page)
            if found:
                errors[name, *args, scheme] = found
            page.context.close()
    assert errors == {}


def test_the_page_that_teaches_is_free_of_faults_with_every_fault_unfolded(cast, open_page):
    make.exercise()
    bridge()
    for slug in ("forward-bend", "bridge"):
        for viewport, scheme in ((PHONE, "dark"), (DESK, "light")):
            page = open_page(visit.url("exercise", slug), cast.dana, viewport, scheme)
            for row in page.locator("details").all():
                row.evaluate("row => row.open = true")
            assert faults(page) == [], (slug, scheme)
            assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), (slug, scheme)


def test_the_form_goes_by_keyboard_with_its_mistakes_marked(cast, open_page):
    page = open_page(url("exercise_add"), cast.alice)
    page.fill("#id_name", "Bridge")
    page.locator("#id_name").press("Enter")  # keeps a draft, never publishes; here there is nothing to keep yet
    page.wait_for_selector("[role=alert]")
    assert page.input_value("#id_name") == "Bridge"
    assert page.locator("#id_summary").get_attribute("aria-invalid") == "true"
    assert faults(page) == []


def test_a_film_of_the_clinics_own_plays_and_seeks(cast, open_page, tmp_path):
    exercise = authoring.save_exercise("bridge", "en", content.content(version=None, featured=None), published=True)
    film = tmp_path / "film.webm"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc=d=3:s=64x48:r=10", str(film)]
    try:
        subprocess.run(command, check=True)
    except FileNotFoundError:
        pytest.skip("no ffmpeg here to make a film with")
    media_storage.store_upload(exercise, files.file(film.read_bytes()), Media.Kind.FILM)
    page = open_page(visit.url("exercise", "bridge"), cast.dana)
    assert page.evaluate(PLAY) == [64, True, None]
