"""What is open to a registrant: the library, and nothing else of the portal."""

import pytest

from clinic.clients import invitations, registration
from clinic.models import Client, Registrant
from tests import make
from tests.portal.visit import invitation_link, send, signed_in, stranger, url, words

CLIENTS_ONLY = ["report", "history", "settings"]


@pytest.fixture
def nora(cast):
    make.exercise()
    return make.registrant(cast.alice.clinic)


@pytest.mark.parametrize("decision", ["waiting", "declined", "accepted"])
def test_the_library_is_open_whatever_the_clinic_decides(cast, nora, decision):
    if decision == "declined":
        registration.decline_registrant(nora, by=cast.alice)
    elif decision == "accepted":
        invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    for page in (url("library"), url("exercise", "forward-bend")):
        response = signed_in(nora.user).get(page)
        assert response.status_code == 200, page
        assert "Forward bend" in words(response)
        assert "no-store" in response["Cache-Control"]


def test_no_other_room_is_open_and_the_page_says_why(cast, nora):
    plan = make.prescription(cast.dana)
    report = make.report(plan, 4, 3).report
    browser = signed_in(nora.user)
    for page in [*map(url, CLIENTS_ONLY), url("player", plan.pk), url("correct_report", report.pk)]:
        response = browser.get(page)
        assert response.status_code == 404, page
        assert "You are registered at Riverside Physio." in words(response)
        assert "Dana" not in words(response)


def test_the_first_page_after_signing_in_is_the_library(nora):
    assert signed_in(nora.user).get(url("today"))["Location"] == url("library")


def test_the_navigation_offers_the_exercises_and_nothing_that_is_closed(nora):
    page = signed_in(nora.user).get(url("library")).content.decode()
    assert f'href="{url("library")}" aria-current="page"' in page
    assert [room for room in ("report", "history", "settings") if f'href="{url(room)}"' in page] == []


def test_the_front_page_leads_to_the_exercises(nora):
    page = signed_in(nora.user).get("/").content.decode()
    assert f'href="{url("library")}"' in page
    assert f'href="{url("today")}"' not in page
    assert f'href="{url("register")}"' not in page


def test_who_was_taken_on_finds_the_invitation_in_the_library_and_joins(cast, nora):
    client = invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    browser = signed_in(nora.user)
    page = browser.get(url("library"))
    assert "Alice takes you on as a client" in words(page)
    assert f'href="{invitation_link(client)}"' in page.content.decode()
    send(browser, invitation_link(client), agree="on", time_zone="Europe/Lisbon", password="")
    client.refresh_from_db()
    assert (client.state, client.user) == (Client.State.JOINED, nora.user)
    assert browser.get(url("today")).status_code == 200
    assert "takes you on" not in words(browser.get(url("library")))
    assert "Delete my registration" not in words(browser.get(url("library")))


def test_an_invitation_that_has_had_its_time_says_whom_to_ask(cast, nora):
    client = invitations.accept_registrant(nora, cast.alice, by=cast.alice)
    client.invitations.update(valid_until="2020-01-01T00:00Z")
    assert "Ask the clinic for a new one: 555 0100." in words(signed_in(nora.user).get(url("library")))


def test_a_declined_registrant_is_told_so_with_the_number_to_call(cast, nora):
    registration.decline_registrant(nora, by=cast.alice)
    text = words(signed_in(nora.user).get(url("library")))
    assert "cannot take you on as a client now" in text
    assert "555 0100" in text


def test_who_has_not_confirmed_has_no_room(cast):
    registration.register_visitor(cast.alice.clinic, name="Pat", email="pat@home.example", language="en")
    pat = make.user("pat@home.example")
    assert Registrant.objects.get().state == Registrant.State.UNCONFIRMED
    assert signed_in(pat).get(url("library")).status_code == 404
    assert stranger().get(url("library")).status_code == 302


def test_a_deactivated_registrant_is_out(nora):
    browser = signed_in(nora.user)
    nora.user.is_active = False
    nora.user.save()
    assert browser.get(url("library")).status_code == 302


def test_a_client_has_the_rooms_of_a_client_even_if_registered(cast):
    Registrant.objects.all().delete()
    registration.register_visitor(cast.alice.clinic, name="Dana", email=cast.dana.email, language="en")
    registration.confirm_registrant(Registrant.objects.get().confirmations.get(), user=cast.dana.user)
    assert signed_in(cast.dana).get(url("today")).status_code == 200
    assert "Delete my registration" not in words(signed_in(cast.dana).get(url("library")))
