"""``POST pain-reports/``: a near miss is told by the name of its field, and nothing is stored."""

import datetime as dt
import json

import pytest
from django.utils import timezone

from clinic.models import Flag, PainReport
from clinic.prescriptions import prescribing
from tests import make
from tests.api.calls import Program, errors_of, session


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


@pytest.fixture
def dana(cast):
    return Program(cast.dana)


def refused(dana, bend, status=400, /, **over):
    body = {name: value for name, value in session(bend, **over).items() if value is not ...}
    errors = errors_of(dana.post("pain-reports/", body), status)
    assert not PainReport.objects.exists()
    assert not Flag.objects.exists()
    return errors


@pytest.mark.parametrize("field", ["before", "after", "next_morning"])
@pytest.mark.parametrize("score", [11, -1, "7", 7.0, 7.5, True, False, "", "seven", [7], {"score": 7}, 10**400])
def test_a_score_is_a_whole_number_from_0_to_10_and_nothing_else(dana, bend, field, score):
    errors = refused(dana, bend, **{field: score})
    assert errors == {field: ["A whole number from 0 (no pain) to 10 (worst imaginable)."]}


@pytest.mark.parametrize("written", ["7.0", "1e1", "NaN", "Infinity", "07", "+7"])
def test_a_number_that_json_can_write_and_a_score_is_not_is_refused(dana, bend, written):
    body = json.dumps(session(bend, before="?")).replace('"?"', written)
    errors = errors_of(dana.raw("pain-reports/", body))
    assert errors.keys() <= {"before", "body"}
    assert errors
    assert not PainReport.objects.exists()


def test_a_report_that_says_nothing_is_refused(dana, bend):
    assert refused(dana, bend, before=None, after=None).keys() == {"before"}


@pytest.mark.parametrize("field", ["prescription", "occurred_at", "did_exercise"])
def test_a_missing_field_is_named(dana, bend, field):
    assert refused(dana, bend, **{field: ...}).keys() == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("prescription", "1"),
        ("prescription", None),
        ("prescription", True),
        ("occurred_at", "2026-01-01T10:00:00"),
        ("occurred_at", "2026-01-01"),
        ("occurred_at", "2026-13-01T10:00:00Z"),
        ("occurred_at", "2026-01-01T25:00:00Z"),
        ("occurred_at", "2026-01-01T10:00:00+25:00"),
        ("occurred_at", "0001-01-01T00:00:00+14:00"),
        ("occurred_at", "9999-12-31T23:59:59-12:00"),
        ("occurred_at", "now"),
        ("occurred_at", 1767225600),
        ("occurred_at", None),
        ("did_exercise", "yes"),
        ("did_exercise", 1),
        ("did_exercise", None),
        ("moved_down_leg", "no"),
        ("moved_down_leg", 0),
        ("areas", "low_back"),
        ("areas", ["elbow"]),
        ("areas", [3]),
        ("areas", {"low_back": True}),
        ("areas", None),
        ("warning_signs", ["fever"]),
        ("warning_signs", "saddle_numbness"),
        ("warning_signs", ["pregnancy"]),
        ("note", "x" * 10_000),
        ("note", "a\x00b"),
        ("note", 5),
        ("befor", 4),
        ("source", "portal"),
        ("advice", "go_on"),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_field(dana, bend, field, value):
    assert refused(dana, bend, **{field: value}).keys() == {field}


def test_the_future_beyond_five_minutes_is_refused(dana, bend):
    ahead = (timezone.now() + dt.timedelta(minutes=6)).isoformat()
    assert refused(dana, bend, occurred_at=ahead).keys() == {"occurred_at"}
    soon = (timezone.now() + dt.timedelta(minutes=4)).isoformat()
    assert dana.post("pain-reports/", session(bend, occurred_at=soon)).status_code == 201


def test_a_time_before_the_prescriptions_start_is_refused(dana, bend):
    early = (timezone.now() - dt.timedelta(days=62)).isoformat()
    assert refused(dana, bend, occurred_at=early).keys() == {"occurred_at"}


@pytest.mark.parametrize("number", [0, -5, 10**6, 10**30])
def test_an_unknown_prescription_is_404_naming_the_prescription(dana, bend, number):
    assert refused(dana, bend, 404, prescription=number).keys() == {"prescription"}


def test_an_ended_prescription_takes_no_more_reports(dana, bend, cast):
    prescribing.end_prescription(bend, by=cast.alice.user, reason="Done.")
    assert refused(dana, bend).keys() == {"prescription"}
