"""Whatever stands in a field, the answer is a result or a problem that names it: never an error of ours."""

import pytest

from tests import make
from tests.api.calls import Program, errors_of, plan, session

VALUES = [
    None, True, -1, 10**400, 1.5, "", "\x00", "\ud800", "24:00", "0001-01-01", "9999-12-31",
    "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999999Z", [None], {"a": 1},
]  # fmt: skip
FRIDA = {"name": "F", "email": "f@home.example", "time_zone": "UTC", "language": "en", "wakes_at": "07:00"}


@pytest.fixture
def calls(cast):
    bend = make.prescription(cast.dana)
    stored = make.report(bend, 4, 5).report
    data = {"next_morning": 1, "areas": [], "moved_down_leg": False, "warning_signs": [], "note": ""}
    when = session(bend)["occurred_at"]
    return {
        "invite": ("clients/", {**FRIDA, "clinic": cast.alice.clinic.slug}),
        "prescribe": ("prescriptions/", plan(cast.dana, ends_on=None, variation="", mornings_allowed=True)),
        "report": ("pain-reports/", session(bend, 4, 4, **data)),
        "correct": (f"pain-reports/{stored.pk}/correct/", {**data, "occurred_at": when, "reason": "Slip."}),
    }


@pytest.mark.parametrize("call", ["invite", "prescribe", "report", "correct"])
def test_any_value_in_any_field(cast, calls, call):
    alice, (path, body) = Program(cast.alice), calls[call]
    refused = 0
    for field in body:
        for value in VALUES:
            answer = alice.post(path, {**body, field: value})
            if answer.status_code not in (200, 201):
                assert errors_of(answer, 404 if answer.status_code == 404 else 400), (field, value)
                refused += 1
    assert refused > len(body) * len(VALUES) / 2
