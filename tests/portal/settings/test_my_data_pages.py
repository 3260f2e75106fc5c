"""My data: the client takes it along, sees where to put it right, and leaves after being asked once more."""

import io
import json
import zipfile

import pytest

from clinic.clients import acceptance
from clinic.models import AuditEntry, Client
from tests import make
from tests.admin.browsing import signed_in as at_the_clinic, url as clinic_url
from tests.portal.visit import send, signed_in, stranger, url, words, writes

PAGES = ["my_data", "data_export", "leave"]


@pytest.fixture
def dana(cast):
    make.report(make.prescription(cast.dana), 4, 3)
    return cast.dana


def facts(response):
    return json.loads(zipfile.ZipFile(io.BytesIO(response.content)).read("client.json"))


def test_the_settings_lead_there_and_it_leads_to_each_way(dana):
    assert f'href="{url("my_data")}"' in signed_in(dana).get(url("settings")).content.decode()
    page = signed_in(dana).get(url("my_data")).content.decode()
    assert all(f'href="{url(name)}"' in page for name in ("data_export", "history", "settings", "leave"))
    assert 'href="tel:5550100"' in page


def test_the_file_is_ones_own_and_no_cache_keeps_it(dana):
    response = signed_in(dana).get(url("data_export"))
    assert response["Content-Disposition"] == 'attachment; filename="my-data.zip"'
    assert "no-store" in response["Cache-Control"]
    assert facts(response)["name"] == "Dana"
    assert AuditEntry.objects.filter(verb="data_exported", target_id=dana.pk).count() == 1


def test_each_gets_nothing_but_the_own(cast, dana):
    assert facts(signed_in(cast.erin).get(url("data_export")))["number"] == cast.erin.pk


@pytest.mark.parametrize("name", PAGES)
def test_who_is_no_client_gets_nothing(cast, dana, name):
    for nobody in (cast.charlie.user, cast.alice.user):
        assert signed_in(nobody).get(url(name)).status_code == 404
        assert signed_in(nobody).get(url(name))["Content-Type"].startswith("text/html")
    assert stranger().get(url(name))["Location"].startswith("/accounts/login/")
    assert not AuditEntry.objects.filter(verb="data_exported").exists()


def test_a_look_at_the_pages_writes_nothing(dana):
    for name in ("my_data", "leave"):
        assert writes(signed_in(dana), url(name)) == []


def test_the_last_question_says_what_goes_and_what_stays_and_why(dana):
    text = words(signed_in(dana).get(url("leave")))
    assert "Leave Riverside Physio?" in text
    assert "Your sign-in, on every device. It cannot be opened again." in text
    assert "Your mail address (dana@home.example), after 30 days" in text
    assert "The law makes clinics keep it, often for ten years after the last treatment" in text
    assert "No, stay" in text


def test_leaving_signs_out_and_says_so(dana):
    browser = signed_in(dana)
    response = send(browser, url("leave"))
    assert response["Location"] == url("home")
    assert "You have left Riverside Physio. We send you nothing more." in words(browser.get(url("home")))
    assert browser.get(url("today")).status_code == 302
    dana.refresh_from_db()
    assert dana.state == Client.State.LEFT


def test_leaving_needs_the_forms_own_token(dana):
    assert signed_in(dana).post(url("leave")).status_code == 403
    dana.refresh_from_db()
    assert dana.state == Client.State.JOINED


def test_who_is_a_client_elsewhere_is_told_that_the_sign_in_stays(cast, dana):
    there = make.invited(cast.charlie, email=dana.email)
    acceptance.accept_invitation(there.invitations.get(), user=dana.user)
    assert "Your sign-in stays for what else you use it for." in words(signed_in(dana).get(url("leave")))
    send(signed_in(dana), url("leave"))
    assert "Hilltop Rehab" in words(signed_in(dana).get(url("today")))


def test_the_practitioner_sees_since_when(cast, dana):
    send(signed_in(dana), url("leave"))
    dana.refresh_from_db()
    since = f"left on {dana.left_at:%-d %b %Y}"
    assert since in words(at_the_clinic(cast.alice).get(clinic_url("client", dana.pk)))
    assert since in words(at_the_clinic(cast.alice).get(clinic_url("clients")))
