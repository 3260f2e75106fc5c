"""The site has no sign-in of its own: the project's page does it, second factor and all."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.admin.browsing import page_text, signed_in, url


def test_the_sign_in_is_the_projects_and_keeps_the_way(client):
    answer = client.get(url("login"), {"next": "/admin/clients/"})
    assert (answer.status_code, answer.url) == (302, "/accounts/login/?next=/admin/clients/")


def test_a_password_posted_here_signs_nobody_in(cast, client):
    """unfold's and Django's own form would, past the second factor."""
    from tests.make import PASSWORD

    client.post(url("login"), {"username": cast.alice.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_the_way_never_leads_to_another_site(cast, client, elsewhere):
    assert client.get(url("login"), {"next": elsewhere}).url == f"/accounts/login/?next={url('index')}"
    assert signed_in(cast.alice).get(url("login"), {"next": elsewhere}).url == url("index")


def test_who_is_signed_in_goes_straight_on(cast):
    assert signed_in(cast.alice).get(url("login"), {"next": "/admin/clients/"}).url == "/admin/clients/"


def test_a_client_who_is_signed_in_does_not_go_round_in_circles(cast):
    page = signed_in(cast.dana.user).get(url("login"), {"next": "/admin/clients/"}, follow=True)
    assert page.redirect_chain == [(url("index"), 302)]
    assert "This part is for practitioners" in page_text(page)


@pytest.mark.parametrize("who", ["alice", "dana"])
def test_signing_out_is_a_press_and_not_a_look(cast, who):
    person = cast.alice if who == "alice" else cast.dana.user
    browser = signed_in(person)
    browser.get(url("logout"))
    assert "_auth_user_id" in browser.session
    assert browser.post(url("logout")).url == "/accounts/login/"
    assert "_auth_user_id" not in browser.session


def test_a_project_that_sends_people_round_in_circles_is_told(client, settings):
    settings.LOGIN_URL = url("login")
    with pytest.raises(ImproperlyConfigured, match="LOGIN_URL"):
        client.get(url("login"))
