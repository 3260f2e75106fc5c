"""The page to register: what it asks, what it says to everybody alike, and how often."""

import pytest

from clinic.clients import registration
from clinic.models import Clinic, Confirmation, Registrant
from tests import make
from tests.portal.visit import send, signed_in, stranger, url, words, writes

PAGE = "/portal/register/"


def answers(**over):
    return {"name": "Nora Ellis", "email": "nora@home.example", "agree": "on", **over}


def test_the_page_says_what_is_kept_and_how_to_have_it_deleted(cast):
    text = words(stranger().get(PAGE))
    assert "Riverside Physio keeps your name, your mail address and your language" in text
    assert "Nothing about your health is kept." in text
    assert "Delete my registration" in text
    assert "deleted after 3 days" in text
    assert "checked" not in stranger().get(PAGE).content.decode()
    assert writes(stranger(), PAGE) == []
    assert stranger().head(PAGE).status_code == 200


def test_registering_stores_the_name_and_posts_a_mail(cast):
    response = send(stranger(), PAGE, **answers())
    assert response.status_code == 200
    assert "We have sent a mail to nora@home.example. Open it and tap the link." in words(response)
    nora = Registrant.objects.get()
    assert (nora.clinic, nora.name, nora.email) == (cast.alice.clinic, "Nora Ellis", "nora@home.example")
    assert Confirmation.objects.get().registrant == nora


@pytest.mark.parametrize(
    ("errors", "place", "message"),
    [
        ({"agree": ""}, "agree", "Tick the box to go on."),
        ({"name": ""}, "name", "Write your name."),
        ({"name": "   "}, "name", "Write your name."),
        ({"name": "x" * 121}, "name", "at most 120 characters"),
        ({"name": "No\x00ra"}, "name", "Null characters are not allowed."),
        ({"email": ""}, "email", "Write your mail address."),
        ({"email": "nora at home"}, "email", "Write the whole mail address"),
        ({"email": f"{'n' * 300}@home.example"}, "email", "at most 254 characters"),
        ({"email": "nora@home.example\r\nBcc: all@home.example"}, "email", "Write the whole mail address"),
    ],
)
def test_wrong_answers_are_named_and_nothing_is_stored(cast, errors, place, message):
    response = send(stranger(), PAGE, **answers(**errors))
    assert response.status_code == 422
    assert message in words(response)
    assert f'<a href="#id_{place}">' in response.content.decode()
    if place != "name":
        assert 'value="Nora Ellis"' in response.content.decode()
    assert not Registrant.objects.exists()


def test_a_form_without_its_token_is_refused(cast):
    assert stranger().post(PAGE, answers()).status_code == 403
    assert not Registrant.objects.exists()


def test_every_address_gets_the_same_answer(cast):
    """Or the page would tell who has a sign-in here, who waits, and who works here."""
    make.registrant(cast.alice.clinic, "Paul")
    known = ["new@home.example", cast.dana.email, "paul@home.example", "alice@riverside-physio.example"]
    text = {words(send(stranger(), PAGE, **answers(email=email))).replace(email, "…") for email in known}
    assert len(text) == 1


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(cast):
    response = send(stranger(), PAGE, **answers(website="http://buy.example"))
    assert "We have sent a mail to nora@home.example." in words(response)
    assert not Registrant.objects.exists()


def test_one_network_address_registers_so_often_in_an_hour_and_no_more(cast):
    for number in range(20):
        assert send(stranger(), PAGE, **answers(email=f"n{number}@home.example")).status_code == 200
    response = send(stranger(), PAGE, **answers(email="n20@home.example"))
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 3600
    assert "Nothing is saved." in words(response)
    assert "555 0100" in words(response)
    assert Registrant.objects.count() == 20


def test_a_forged_header_does_not_begin_a_new_hour(cast):
    browser = stranger()
    for number in range(21):
        browser.defaults["HTTP_X_FORWARDED_FOR"] = f"203.0.113.{number}"
        response = send(browser, PAGE, **answers(email=f"n{number}@home.example"))
    assert response.status_code == 429


def test_it_speaks_and_remembers_the_visitors_language(cast):
    browser = stranger()
    browser.defaults["HTTP_ACCEPT_LANGUAGE"] = "es"
    send(browser, PAGE, **answers())
    assert Registrant.objects.get().language == "es"


def test_on_a_site_with_several_clinics_it_is_the_one_of_the_front_page(cast):
    send(stranger(), PAGE, **answers())
    assert Registrant.objects.get().clinic.name == "Riverside Physio"


def test_without_a_clinic_there_is_nowhere_to_register(db):
    assert not Clinic.objects.exists()
    assert stranger().get(PAGE)["Location"] == "/"


def test_who_changes_their_mind_deletes_it_all(cast):
    nora = make.registrant(cast.alice.clinic)
    browser = signed_in(nora.user)
    assert f'href="{url("delete_registration")}"' in browser.get(url("library")).content.decode()
    assert "nora@home.example" in words(browser.get(url("delete_registration")))
    assert writes(browser, url("delete_registration")) == []
    assert Registrant.objects.exists()
    response = send(browser, url("delete_registration"))
    assert response["Location"] == "/"
    assert "Your registration is deleted." in words(browser.get("/"))
    assert not Registrant.objects.exists()
    assert browser.get(url("library")).status_code == 302


def test_deleting_is_for_registrants_and_needs_the_forms_token(cast):
    nora = make.registrant(cast.alice.clinic)
    assert stranger().post(url("delete_registration")).status_code in (302, 403)
    assert signed_in(nora.user).post(url("delete_registration")).status_code == 403
    assert send(signed_in(cast.dana), url("delete_registration")).status_code in (302, 403)
    assert signed_in(cast.alice.user).get(url("delete_registration")).status_code == 404
    assert Registrant.objects.get() == nora


def test_the_same_person_may_register_again_afterwards(cast):
    registration.withdraw_registration(make.registrant(cast.alice.clinic))
    send(stranger(), PAGE, **answers())
    assert Registrant.objects.get().state == Registrant.State.UNCONFIRMED
