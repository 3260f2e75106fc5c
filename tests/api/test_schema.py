"""The description of the API is OpenAPI 3.1, complete, and true of the answers."""

import pytest
import yaml
from django.core.management import call_command
from rest_framework.test import APIClient

from tests import make
from tests.api.calls import Program, plan, session


@pytest.fixture
def schema(tmp_path):
    file = tmp_path / "schema.yml"
    call_command("spectacular", "--fail-on-warn", "--validate", "--file", str(file))
    return yaml.safe_load(file.read_text())


def test_it_generates_without_a_warning_and_names_every_call(schema):
    assert schema["openapi"].startswith("3.1")
    calls = {(method, path) for path, methods in schema["paths"].items() for method in methods}
    v1 = {(method, path.removeprefix("/api/v1/")) for method, path in calls if path.startswith("/api/v1/")}
    assert v1 == {
        ("get", "clients/"),
        ("post", "clients/"),
        ("get", "clients/{id}/"),
        ("get", "exercises/"),
        ("get", "exercises/{slug}/"),
        ("get", "prescriptions/"),
        ("post", "prescriptions/"),
        ("get", "prescriptions/{id}/"),
        ("post", "prescriptions/{id}/hold/"),
        ("post", "prescriptions/{id}/resume/"),
        ("post", "prescriptions/{id}/end/"),
        ("get", "prescriptions/{id}/reminders/"),
        ("get", "prescriptions/{id}/handout.pdf"),
        ("get", "pain-reports/"),
        ("post", "pain-reports/"),
        ("get", "pain-reports/{id}/"),
        ("post", "pain-reports/{id}/correct/"),
        ("get", "flags/"),
        ("get", "flags/{id}/"),
        ("post", "flags/{id}/acknowledge/"),
        ("post", "flags/{id}/resolve/"),
        ("get", "worklist/"),
    }


def test_every_call_says_that_it_may_answer_with_a_problem(schema):
    for path, methods in schema["paths"].items():
        for method, call in methods.items():
            if path.startswith("/api/v1/"):
                assert "application/problem+json" in call["responses"]["default"]["content"], (method, path)
                assert call["description"], (method, path)


def test_answers_have_the_fields_that_are_described(schema, cast):
    described = {name: set(part.get("properties", ())) for name, part in schema["components"]["schemas"].items()}
    make.exercise()
    alice, dana = Program(cast.alice), Program(cast.dana)
    created = alice.post("prescriptions/", plan(cast.dana)).json()
    report = dana.post("pain-reports/", session(cast.dana.prescriptions.get(), 4, 7)).json()
    flag = alice.get("flags/").json()["results"][0]
    entry = alice.get("worklist/").json()["results"][0]
    for name, answer in {
        "PrescriptionMade": created,
        "PrescriptionAnswer": alice.get(f"prescriptions/{created['id']}/").json(),
        "ScreeningAnswered": created["screening"]["glaucoma"],
        "ReportAnswer": report,
        "FlagRaised": report["flags"][0],
        "FlagAnswer": flag,
        "EventAnswer": flag["events"][0],
        "EntryAnswer": entry,
        "LastReportAnswer": entry["last_report"],
        "TrendAnswer": entry["trend"],
        "ClientAnswer": alice.get(f"clients/{cast.dana.pk}/").json(),
        "WholeExerciseAnswer": dana.get("exercises/forward-bend/").json(),
    }.items():
        assert set(answer) == described[name], name


@pytest.mark.django_db
def test_it_is_served(schema):
    answer = APIClient().get("/api/schema/")
    assert answer.status_code == 200
    assert yaml.safe_load(answer.content)["paths"].keys() == schema["paths"].keys()
