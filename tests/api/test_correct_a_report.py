"""``POST pain-reports/<id>/correct/``: the answer changes, the old one is kept."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.models import Correction, PainReport
from tests import make
from tests.api.calls import Program, errors_of

SLIP = "Pressed the wrong button."


@pytest.fixture
def stored(cast):
    return make.report(make.prescription(cast.dana), 4, 6).report


@pytest.fixture
def dana(cast):
    return Program(cast.dana)


def arrived(stored, **ago):
    PainReport.objects.filter(pk=stored.pk).update(received_at=timezone.now() - dt.timedelta(**ago))


def test_the_answer_is_the_corrected_report(dana, stored):
    answer = dana.post(f"pain-reports/{stored.pk}/correct/", {"after": 3, "areas": ["hip"], "reason": SLIP})
    assert answer.status_code == 200
    data = answer.json()
    assert (data["before"], data["after"], data["areas"], data["advice"]) == (4, 3, ["hip"], "go_on")
    kept = {row.field: (row.old, row.new, row.reason) for row in Correction.objects.all()}
    assert kept == {"after": ("6", "3", SLIP), "areas": ("", "hip", SLIP)}


def test_an_answer_can_be_taken_back(dana, stored):
    assert dana.post(f"pain-reports/{stored.pk}/correct/", {"after": None, "reason": SLIP}).json()["after"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("after", 11),
        ("after", "3"),
        ("after", 3.0),
        ("occurred_at", "2026-01-01"),
        ("occurred_at", None),
        ("did_exercise", None),
        ("areas", ["elbow"]),
        ("prescription", 1),
        ("aftr", 3),
        ("reason", ""),
        ("reason", "x" * 10_000),
        ("reason", 3),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_field(dana, stored, field, value):
    body = {"before": 5, "reason": SLIP, field: value}
    assert errors_of(dana.post(f"pain-reports/{stored.pk}/correct/", body)).keys() == {field}
    stored.refresh_from_db()
    assert (stored.before, stored.after) == (4, 6)
    assert not Correction.objects.exists()


def test_a_correction_needs_a_reason(dana, stored):
    assert errors_of(dana.post(f"pain-reports/{stored.pk}/correct/", {"after": 3})).keys() == {"reason"}


def test_a_correction_of_nothing_is_refused(dana, stored):
    assert errors_of(dana.post(f"pain-reports/{stored.pk}/correct/", {"reason": SLIP})).keys() == {"body"}


def test_the_client_may_correct_for_seven_days(dana, stored):
    arrived(stored, days=6, hours=23)
    assert dana.post(f"pain-reports/{stored.pk}/correct/", {"after": 3, "reason": SLIP}).status_code == 200


def test_after_seven_days_the_client_asks_the_practitioner(dana, stored, cast):
    arrived(stored, days=7, hours=1)
    body = {"after": 3, "reason": SLIP}
    assert errors_of(dana.post(f"pain-reports/{stored.pk}/correct/", body)).keys() == {"report"}
    stored.refresh_from_db()
    assert stored.after == 6
    assert Program(cast.alice).post(f"pain-reports/{stored.pk}/correct/", body).status_code == 200


def test_a_correction_that_shows_harm_holds_the_exercise(dana, stored):
    data = dana.post(f"pain-reports/{stored.pk}/correct/", {"after": 8, "reason": SLIP}).json()
    assert data["advice"] == "stop"
    assert [flag["kind"] for flag in data["flags"]] == ["exercise_hurts"]
