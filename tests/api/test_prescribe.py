"""``POST prescriptions/``: the plan and the screening it rests on; what is wrong is told by field."""

import pytest

from clinic.models import Prescription, Schedule, ScreeningAnswer
from tests import make
from tests.api.calls import Program, errors_of, plan


@pytest.fixture
def alice(cast):
    make.exercise()
    return Program(cast.alice)


def refused(alice, client, status=400, /, **over):
    body = {name: value for name, value in plan(client, **over).items() if value is not ...}
    errors = errors_of(alice.post("prescriptions/", body), status)
    assert not Prescription.objects.exists()
    assert not Schedule.objects.exists()
    assert not ScreeningAnswer.objects.exists()
    return errors


def test_the_answer_is_the_plan_in_force(alice, cast):
    body = plan(cast.dana, ends_on="2031-01-01", times=["18:00", "09:30"], days=["tue", "mon"], variation="")
    answer = alice.post("prescriptions/", body)
    assert answer.status_code == 201
    data = answer.json()
    same = ("client", "exercise", "starts_on", "ends_on", "sets", "hold_seconds", "variation")
    assert {name: data[name] for name in same} == {name: body[name] for name in same}
    assert (data["days"], data["times"], data["state"]) == (["mon", "tue"], ["09:30", "18:00"], "active")
    assert data["prescribed_by"] == {"id": cast.alice.pk, "name": "Alice"}
    assert data["screening"]["pregnancy"] == {"answer": False, "override_reason": ""}
    assert data["next_due_at"].endswith("Z")
    assert data["warnings"] == []


def test_what_was_answered_is_what_is_read_later(alice, cast):
    created = alice.post("prescriptions/", plan(cast.dana)).json()
    created.pop("warnings")
    assert alice.get(f"prescriptions/{created['id']}/").json() == created


def test_a_yes_stands_with_a_reason(alice, cast):
    screening = plan(cast.dana)["screening"] | {"pregnancy": {"answer": True, "override_reason": "Week 12, upright."}}
    data = alice.post("prescriptions/", plan(cast.dana, screening=screening)).json()
    assert data["screening"]["pregnancy"] == {"answer": True, "override_reason": "Week 12, upright."}


@pytest.mark.parametrize("reason", [{}, {"override_reason": ""}, {"override_reason": "  "}])
def test_a_yes_without_a_reason_is_refused(alice, cast, reason):
    screening = plan(cast.dana)["screening"] | {"pregnancy": {"answer": True, **reason}}
    assert "pregnancy" in refused(alice, cast.dana, screening=screening)["screening"][0]


def test_a_variation_of_the_exercise_is_taken(alice, cast):
    code = make.exercise().variations_in("en")[0].code
    assert alice.post("prescriptions/", plan(cast.dana, variation=code)).json()["variation"] == code


def test_a_morning_time_is_the_practitioners_choice_and_comes_with_a_warning(alice, cast):
    data = alice.post("prescriptions/", plan(cast.dana, times=["08:00", "18:00"])).json()
    assert data["mornings_allowed"] is True
    assert [warning[:6] for warning in data["warnings"]] == ["08:00:"]


def test_a_plan_that_spares_the_morning_warns_that_no_reminder_goes_out(alice, cast):
    data = alice.post("prescriptions/", plan(cast.dana, times=["08:00"], mornings_allowed=False)).json()
    assert data["next_due_at"] is None
    assert "no reminder" in data["warnings"][0]


@pytest.mark.parametrize(
    "field", ["client", "exercise", "starts_on", "days", "times", "sets", "hold_seconds", "screening"]
)
def test_a_missing_field_is_named(alice, cast, field):
    assert refused(alice, cast.dana, **{field: ...}).keys() == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("client", "1"),
        ("client", None),
        ("client", 1.0),
        ("client", True),
        ("client", {"id": 1}),
        ("exercise", 5),
        ("exercise", "x" * 10_000),
        ("exercise", "forward\x00bend"),
        ("starts_on", "yesterday"),
        ("starts_on", "2026-02-30"),
        ("starts_on", 20260101),
        ("starts_on", "2026-01-01T00:00:00Z"),
        ("ends_on", "2001-01-01"),
        ("ends_on", ""),
        ("days", "mon"),
        ("days", []),
        ("days", ["monday"]),
        ("days", [1]),
        ("days", {"mon": True}),
        ("times", "18:00"),
        ("times", []),
        ("times", ["25:00"]),
        ("times", ["18:60"]),
        ("times", ["six"]),
        ("times", [18]),
        ("times", [None]),
        ("times", [["18:00"]]),
        ("times", [f"{hour:02}:{minute:02}" for hour in range(24) for minute in range(60)]),
        ("sets", 0),
        ("sets", 21),
        ("sets", -1),
        ("sets", "2"),
        ("sets", 2.0),
        ("sets", True),
        ("sets", 10**400),
        ("hold_seconds", 0),
        ("hold_seconds", 601),
        ("hold_seconds", None),
        ("variation", "no-such-way"),
        ("variation", 3),
        ("mornings_allowed", "yes"),
        ("mornings_allowed", 1),
        ("screening", []),
        ("screening", {}),
        ("screening", {"pregnancy": True}),
        ("screening", {"pregnancy": {"answer": "no"}}),
        ("screening", {"pregnancy": {"answer": False, "reason": "?"}}),
        ("screening", {"\ud800": {"answer": False}}),
        ("set", 2),
        ("hold_second\x00s", 2),
    ],
)
def test_a_bad_value_is_refused_by_the_name_of_its_field(alice, cast, field, value):
    assert refused(alice, cast.dana, **{field: value}).keys() == {field}


def test_the_precaution_that_was_not_asked_is_named(alice, cast):
    screening = plan(cast.dana)["screening"]
    del screening["glaucoma"]
    assert refused(alice, cast.dana, screening=screening) == {
        "screening": ["glaucoma: answer this precaution, true or false."]
    }


def test_a_wrong_answer_inside_the_screening_says_where(alice, cast):
    screening = plan(cast.dana)["screening"] | {"glaucoma": {"answer": "no"}}
    message = refused(alice, cast.dana, screening=screening)["screening"][0]
    assert message == "glaucoma.answer: Write true or false, without quotes."


@pytest.mark.parametrize(("first", "last"), [("0001-01-01", "0001-01-02"), ("9999-12-31", "9999-12-31")])
def test_the_ends_of_the_calendar_do_no_harm(alice, cast, first, last):
    answer = alice.post("prescriptions/", plan(cast.dana, starts_on=first, ends_on=last))
    assert answer.status_code == 201
    assert alice.get(f"prescriptions/{answer.json()['id']}/").json()["starts_on"] == first


@pytest.mark.parametrize("number", [0, -1, 10**6, 10**18, 10**30])
def test_an_unknown_client_is_404_naming_the_client(alice, cast, number):
    assert refused(alice, cast.dana, 404, client=number).keys() == {"client"}


def test_an_unknown_exercise_is_404_naming_the_exercise(alice, cast):
    assert refused(alice, cast.dana, 404, exercise="headstand").keys() == {"exercise"}


def test_an_exercise_that_was_drawn_back_cannot_be_prescribed(alice, cast):
    body, exercise = plan(cast.dana), make.exercise()
    exercise.published_at = None
    exercise.save(update_fields=["published_at"])
    assert errors_of(alice.post("prescriptions/", body), 404).keys() == {"exercise"}
    assert not Prescription.objects.exists()
