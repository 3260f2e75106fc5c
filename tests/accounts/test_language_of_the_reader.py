"""The pages of /accounts/ speak the language that the client chose, whatever the browser asks for."""

import pytest
from django.test import Client as Browser

from tests import make
from tests.accounts.people import signed_in_browser, with_verified_email

ENGLISH = {"accept-language": "en"}


@pytest.fixture
def here(db):
    return make.practitioner(make.clinic())


@pytest.mark.parametrize("page", ["email/", "password/change/", "sessions/", "reauthenticate/", "2fa/", "logout/"])
def test_a_client_reads_the_own_language(here, page):
    dana = with_verified_email(make.client(here, language="es"))
    answer = signed_in_browser(dana.user).get(f"/accounts/{page}", headers=ENGLISH)
    assert '<html lang="es"' in answer.content.decode()
    assert answer["Content-Language"] == "es"


def test_what_is_said_after_a_form_is_in_it_too(here):
    browser = signed_in_browser(with_verified_email(make.client(here, language="es")).user)
    answer = browser.post("/accounts/reauthenticate/", {"password": "wrong"}, headers=ENGLISH)
    assert "Esta no es su contraseña." in answer.content.decode()


def test_a_registrant_too(here):
    nora = make.registrant(here.clinic)
    nora.language = "es"
    nora.save(update_fields=["language"])
    answer = signed_in_browser(nora.user).get("/accounts/email/", headers=ENGLISH)
    assert '<html lang="es"' in answer.content.decode()


def test_who_works_here_and_a_stranger_are_answered_in_the_browsers_language(here):
    for browser, page in ((signed_in_browser(here.user), "email/"), (Browser(), "login/")):
        answer = browser.get(f"/accounts/{page}", headers={"accept-language": "es"})
        assert '<html lang="es"' in answer.content.decode()
        answer = browser.get(f"/accounts/{page}", headers=ENGLISH)
        assert '<html lang="en"' in answer.content.decode()


def test_the_next_reader_is_not_answered_in_it(here):
    signed_in_browser(with_verified_email(make.client(here, language="es")).user).get(
        "/accounts/email/", headers=ENGLISH
    )
    assert '<html lang="en"' in Browser().get("/accounts/login/", headers=ENGLISH).content.decode()
