"""The client's rooms open for clients who have joined, each for their own record, and for nobody else."""

import pytest
from django.conf import settings

from clinic.models import Client, PainReport
from tests import make
from tests.portal.visit import send, signed_in, stranger, url, words

ROOMS = ["today", "report", "history", "library", "settings"]


@pytest.fixture
def plans(cast):
    return make.prescription(cast.dana), make.prescription(cast.erin)


def every_page(prescription):
    report = make.report(prescription, 4, 3).report
    pages = [url(room) for room in ROOMS]
    of_one = [url("player", prescription.pk), url("report_result", report.pk), url("correct_report", report.pk)]
    return [*pages, url("exercise", "forward-bend"), *of_one]


def test_the_client_enters_every_room(plans):
    dana = plans[0].client
    for page in every_page(plans[0]):
        response = signed_in(dana).get(page)
        assert response.status_code == 200, page
        assert "no-store" in response["Cache-Control"], page
        assert response["Content-Language"] == "en"
        assert 'name="viewport"' in response.content.decode()


def test_a_stranger_is_sent_to_sign_in_and_back(plans):
    for page in every_page(plans[0]):
        response = stranger().get(page)
        assert response.status_code == 302, page
        assert response["Location"] == f"{settings.LOGIN_URL}?next={page}"


def test_a_stranger_posts_nothing(plans):
    response = stranger().post(url("report"), {"before": 4})
    assert response.status_code in (302, 403)
    assert not PainReport.objects.exists()


def test_a_practitioner_is_told_where_her_clients_are(cast, plans):
    for page in every_page(plans[0]):
        response = signed_in(cast.alice.user).get(page)
        assert response.status_code == 404, page
        assert "practitioner site" in words(response)
        assert "Dana" not in words(response)
        assert 'href="/admin/"' in response.content.decode()


def test_a_person_without_a_record_is_told_how_one_joins(db):
    response = signed_in(make.user("nobody@home.example")).get(url("today"))
    assert response.status_code == 404
    assert "No client record here" in words(response)
    assert "/admin/" not in response.content.decode()


@pytest.mark.parametrize("state", [Client.State.LEFT])
def test_who_has_left_enters_no_more(cast, state):
    Client.objects.filter(pk=cast.dana.pk).update(state=state)
    assert signed_in(cast.dana).get(url("today")).status_code == 404


def test_another_clients_exercise_and_report_are_not_found(plans):
    dana, erins = plans[0].client, plans[1]
    report = make.report(erins, 4, 3).report
    for page in (url("player", erins.pk), url("report_result", report.pk), url("correct_report", report.pk)):
        assert signed_in(dana).get(page).status_code == 404
    assert send(signed_in(dana), url("player", erins.pk), before=4, after=3).status_code in (403, 404)
    assert PainReport.objects.count() == 1


def test_unknown_numbers_are_not_found(plans):
    dana = signed_in(plans[0].client)
    for number in (0, 999_999, 10**30):
        assert dana.get(url("player", number)).status_code == 404
        assert dana.get(url("report_result", number)).status_code == 404
        assert dana.get(url("correct_report", number)).status_code == 404
    assert dana.get(url("exercise", "headstand")).status_code == 404


def test_a_form_without_its_token_is_refused(plans):
    response = signed_in(plans[0].client).post(url("player", plans[0].pk), {"before": 4, "after": 3})
    assert response.status_code == 403
    assert not PainReport.objects.exists()


def test_a_client_of_two_clinics_sees_the_one_joined_first(cast):
    olga = make.practitioner(make.clinic("Seaside Physio"), "Olga")
    second = make.invited(olga, "Dana")
    Client.objects.filter(pk=second.pk).update(
        user=cast.dana.user, state=Client.State.JOINED, consented_at="2099-01-01T00:00Z"
    )
    response = signed_in(cast.dana).get(url("today"))
    assert "Riverside Physio" in words(response)
    assert "Seaside" not in words(response)


def test_signing_out_ends_the_visit(cast):
    dana = signed_in(cast.dana)
    assert dana.get(url("sign_out")).status_code == 405
    token = dana.get(url("today")).context["csrf_token"]
    assert dana.post(url("sign_out"), {"csrfmiddlewaretoken": str(token)})["Location"] == "/"
    assert dana.get(url("today")).status_code == 302
