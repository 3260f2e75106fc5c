"""Whatever is wrong with a call, the answer is problem details and says what to do."""

import json

import pytest
from rest_framework.authtoken.models import Token
from rest_framework.test import APIClient

from clinic.models import Client
from tests import make
from tests.api.calls import Program, errors_of

CALLS = ["clients/", "exercises/", "prescriptions/", "pain-reports/", "flags/", "worklist/"]


@pytest.fixture
def alice(cast):
    return Program(cast.alice)


@pytest.mark.parametrize(
    "body",
    [
        "hello",
        "{",
        '{"name": }',
        '{"name": "Frida",}',
        "name=Frida",
        "{'name': 'Frida'}",
        '{"name": NaN}',
        '{"sets": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"a":' * 100_000,
        b"\xff\xfe{}",
        b'{"name": "\xff"}',
        b"\x00",
    ],
)
@pytest.mark.parametrize("path", ["clients/", "pain-reports/"])
def test_a_body_that_is_not_json_is_said_to_be_that(alice, path, body):
    errors = errors_of(alice.raw(path, body))
    assert errors.keys() == {"body"}
    assert errors["body"][0].startswith("This is not JSON")


@pytest.mark.parametrize("body", ["[]", "[1]", "5", "null", "true", '"text"', "1.5"])
@pytest.mark.parametrize("path", ["clients/", "prescriptions/", "pain-reports/"])
def test_json_that_is_no_object_is_refused(alice, path, body):
    assert errors_of(alice.raw(path, body)).keys() == {"body"}


def test_a_name_that_stands_there_twice_is_refused_lest_one_value_be_lost(alice):
    errors = errors_of(alice.raw("pain-reports/", '{"before": 4, "before": 7}'))
    assert errors == {"body": ["This is not JSON: “before” stands there twice."]}


def test_an_empty_body_is_told_what_is_missing(alice):
    answer = alice.client.post("/api/v1/clients/")
    assert errors_of(answer).keys() == {"name", "email", "time_zone"}


def test_a_body_of_another_kind_is_415(alice):
    errors_of(alice.raw("clients/", "name=Frida", "application/x-www-form-urlencoded"), 415)


def test_a_body_of_endless_length_is_413(alice, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10_000
    body = json.dumps({"name": "x" * 10_000})
    assert errors_of(alice.raw("clients/", body), 413).keys() == {"body"}


def test_a_name_from_nowhere_is_repeated_safely(alice):
    answer = alice.raw("clients/", '{"\\ud800' + "x" * 10_000 + '": 1}')
    assert max(len(name) for name in errors_of(answer)) <= 60


@pytest.mark.parametrize("path", CALLS)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Token nonsense"}, {"Authorization": "Token"}])
@pytest.mark.django_db
def test_without_a_good_token_it_is_401_and_says_how_to_sign_in(path, headers):
    answer = APIClient(headers=headers).get(f"/api/v1/{path}")
    errors_of(answer, 401)
    assert answer["WWW-Authenticate"] == "Token"


def test_the_token_of_a_closed_account_is_401(cast):
    program = Program(cast.alice)
    cast.alice.user.is_active = False
    cast.alice.user.save()
    errors_of(program.get("clients/"), 401)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("delete", "clients/"),
        ("put", "clients/"),
        ("patch", "clients/{client}/"),
        ("delete", "clients/{client}/"),
        ("post", "exercises/"),
        ("post", "worklist/"),
        ("post", "flags/"),
        ("options", "clients/"),
        ("delete", "pain-reports/"),
    ],
)
def test_a_method_that_is_not_offered_is_405_and_says_which_are(alice, cast, method, path):
    answer = getattr(alice.client, method)("/api/v1/" + path.format(client=cast.dana.pk))
    errors_of(answer, 405)
    assert answer["Allow"]


@pytest.mark.parametrize(
    "path",
    ["", "nothing/", "clients/abc/", "clients/-1/", "clients/1.5/", f"clients/{10**30}/", f"clients/{'9' * 5000}/",
     "exercises/headstand/", "exercises/../", "flags/999999/", "prescriptions/999999/", "worklist/1/"],
)  # fmt: skip
def test_an_unknown_address_is_404(alice, path):
    errors_of(alice.get(path), 404)


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_address_without_its_slash_is_told_about_the_slash(alice, method):
    answer = getattr(alice.client, method)("/api/v1/clients")
    errors_of(answer, 404)
    assert "slash" in answer.json()["detail"]


def test_a_session_needs_the_csrf_token_and_a_token_does_not(cast):
    body = {"name": "Frida", "email": "frida@home.example", "time_zone": "UTC"}
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(cast.alice.user, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/v1/clients/").status_code == 200
    errors_of(browser.post("/api/v1/clients/", body, format="json"), 403)
    assert not Client.objects.filter(name="Frida").exists()

    token = Token.objects.create(user=cast.alice.user)
    program = APIClient(enforce_csrf_checks=True, headers={"Authorization": f"Token {token.key}"})
    assert program.post("/api/v1/clients/", body, format="json").status_code == 201


def test_health_data_stays_out_of_every_cache(alice, cast):
    bend = make.prescription(cast.dana)
    assert alice.get(f"pain-reports/?prescription={bend.pk}")["Cache-Control"] == "no-store"


def test_the_messages_are_in_the_language_asked_for_where_it_is_known(alice):
    spanish = alice.client.post("/api/v1/clients/", {}, format="json", headers={"Accept-Language": "es"})
    assert errors_of(spanish)["name"] == ["Este campo es requerido."]
