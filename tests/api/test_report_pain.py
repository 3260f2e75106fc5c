"""``POST pain-reports/`` and what is read of it later."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.models import Flag, PainReport, Prescription
from tests import make
from tests.api.calls import Program, session


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


@pytest.fixture
def dana(cast):
    return Program(cast.dana)


def test_everything_that_was_said_comes_back(dana, bend):
    body = session(
        bend, 0, 1, next_morning=10, areas=["low_back", "thigh"], moved_down_leg=False, warning_signs=[], note="Stiff."
    )
    answer = dana.post("pain-reports/", body)
    assert answer.status_code == 201
    data = answer.json()
    expected = dt.datetime.fromisoformat(body.pop("occurred_at"))
    assert dt.datetime.fromisoformat(data["occurred_at"]) == expected
    assert data.items() >= body.items()
    assert data["source"] == "api"
    assert PainReport.objects.get().by_id == bend.client.user_id


def test_what_was_not_answered_is_null_never_zero(dana, bend):
    body = {"prescription": bend.pk, "occurred_at": timezone.now().isoformat(), "did_exercise": False, "before": 3}
    data = dana.post("pain-reports/", body).json()
    assert (data["before"], data["after"], data["next_morning"], data["moved_down_leg"]) == (3, None, None, None)
    assert (data["areas"], data["warning_signs"], data["note"]) == ([], [], "")


@pytest.mark.parametrize(
    ("before", "after", "advice", "words"),
    [
        (5, 3, "go_on", "Pain went from 5 to 3. Good: carry on as planned."),
        (4, 4, "carry_on", "Pain stayed at 4. Carry on, gently. We are watching how the days compare."),
        (
            4, 6, "stop_today",
            "Pain went from 4 to 6. Stop for today. Do not repeat it until tomorrow, "
            "and only if the pain is back to where it was.",
        ),
    ],
)  # fmt: skip
def test_the_gauge_answers_at_once_in_words(dana, bend, before, after, advice, words):
    data = dana.post("pain-reports/", session(bend, before, after)).json()
    assert (data["advice"], data["advice_text"], data["flags"]) == (advice, words, [])


def test_a_strong_rise_holds_the_exercise_and_names_the_flag(dana, bend):
    data = dana.post("pain-reports/", session(bend, 4, 7)).json()
    flag = Flag.objects.get()
    assert data["flags"] == [
        {
            "id": flag.pk,
            "kind": "exercise_hurts",
            "severity": "high",
            "reason": "Pain went from 4 to 7 with one session.",
        }
    ]
    assert Prescription.objects.get().state == "held"


def test_a_warning_sign_says_whom_to_call(dana, bend):
    data = dana.post("pain-reports/", session(bend, None, None, warning_signs=["saddle_numbness"])).json()
    assert data["advice"] == "call_now"
    assert "Call 555 0100 now." in data["advice_text"]
    assert [flag["severity"] for flag in data["flags"]] == ["urgent"]


def test_a_practitioner_may_report_for_the_client(cast, bend):
    assert Program(cast.alice).post("pain-reports/", session(bend)).status_code == 201
    assert PainReport.objects.get().by_id == cast.alice.user.pk


def test_an_offset_is_understood(dana, bend):
    past = (timezone.now() - dt.timedelta(hours=3)).replace(microsecond=0)
    local = past.astimezone(dt.timezone(dt.timedelta(hours=5, minutes=45))).isoformat()
    data = dana.post("pain-reports/", session(bend, occurred_at=local)).json()
    assert data["occurred_at"] == past.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_reports_are_listed_as_they_happened_newest_first(dana, bend):
    now = timezone.now()
    for hours in (5, 1, 9):
        make.report(bend, 3, at=now - dt.timedelta(hours=hours))
    results = dana.get(f"pain-reports/?prescription={bend.pk}").json()["results"]
    times = [row["occurred_at"] for row in results]
    assert len(times) == 3
    assert times == sorted(times, reverse=True)


def test_the_list_can_be_of_one_prescription(cast, bend):
    other = make.prescription(make.client(cast.alice, "Gus"))
    make.report(bend, 3)
    make.report(other, 4)
    alice = Program(cast.alice)
    assert alice.get("pain-reports/").json()["count"] == 2
    listed = alice.get(f"pain-reports/?prescription={other.pk}").json()["results"]
    assert [row["before"] for row in listed] == [4]


def test_one_report_reads_as_it_was_answered(dana, bend):
    data = dana.post("pain-reports/", session(bend, 4, 7, areas=["hip"])).json()
    assert dana.get(f"pain-reports/{data['id']}/").json() == data
