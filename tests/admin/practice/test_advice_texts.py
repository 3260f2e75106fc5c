"""An owner writes what clients read: sees it before, finds every version after, and comes back to ours."""

import pytest

from clinic.models import AdviceText, Practitioner
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)


@pytest.fixture
def owner(olga):
    return signed_in(olga)


def address(olga, advice="go_on", language="en"):
    return url("advice_text", olga.clinic_id, advice, language)


def test_our_words_stand_there_to_begin_with(olga, owner):
    page = owner.get(address(olga, "stop"))
    assert "Your practitioner has paused this exercise." in page.context["form"]["text"].value()
    assert "{phone}" in page.context["form"]["text"].value()
    assert "Pain went from 4 to 8. Your practitioner has paused" in page_text(page)


def test_what_is_written_is_seen_before_it_is_used(olga, owner):
    page = owner.post(address(olga), {"text": "Lovely, {first_name}.", "preview": "yes"})
    assert "Pain went from 5 to 3. Lovely, Dana." in page_text(page)
    assert not AdviceText.objects.exists()


def test_it_is_used_kept_as_a_version_and_taken_back(olga, owner):
    page = owner.post(address(olga), {"text": "Lovely, {first_name}.", "store": "yes"}, follow=True)
    assert flash_messages(page) == ["These words are shown from the next report on."]
    assert "Olga: Lovely, {first_name}." in page_text(page)
    assert "Pain went from 5 to 3. Lovely, Dana. English · your own words" in page_text(owner.get(url("clinic")))
    page = owner.post(address(olga), {"text": "whatever", "reset": "yes"}, follow=True)
    assert "Olga: back to Plumbline's words" in page_text(page)
    assert page.context["form"]["text"].value() == "Good: carry on as planned."
    assert [row.text for row in AdviceText.objects.order_by("number")] == ["Lovely, {first_name}.", ""]


def test_our_own_words_sent_back_are_no_version(olga, owner):
    page = owner.post(address(olga), {"text": "Good: carry on as planned.", "store": "yes"})
    assert "These are the words already." in page_text(page)
    assert not AdviceText.objects.exists()


@pytest.mark.parametrize("button", ["preview", "store"])
def test_what_is_wrong_stands_at_the_field_and_what_was_written_stays(olga, owner, button):
    page = owner.post(address(olga, "call_now"), {"text": "Stop <b>now</b>.", button: "yes"})
    assert "{phone} must stand in it" in page_text(page)
    assert page.context["form"]["text"].value() == "Stop <b>now</b>."
    assert "<b>now" not in page.content.decode()
    assert not AdviceText.objects.exists()


@pytest.mark.parametrize(("advice", "language"), [("sing", "en"), ("go_on", "tlh")])
def test_only_advices_and_languages_that_there_are(olga, owner, advice, language):
    assert owner.get(address(olga, advice, language)).status_code == 404


def test_each_language_shows_its_own(olga, owner):
    page = owner.get(address(olga, "go_on", "es"))
    assert "El dolor pasó de 5 a 3." in page_text(page)
    assert '<p class="pl-note-text" lang="es">' in page.content.decode()
