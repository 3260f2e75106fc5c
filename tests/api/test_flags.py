"""``/flags/``: read, acknowledge, resolve."""

import datetime as dt

import pytest
from django.utils import timezone

from clinic.flags import escalation
from clinic.models import Flag, FlagEvent
from tests import make
from tests.api.calls import Program, errors_of


@pytest.fixture
def flag(cast):
    make.report(make.prescription(cast.dana), 4, 7)
    return Flag.objects.get()


@pytest.fixture
def alice(cast):
    return Program(cast.alice)


def test_a_flag_tells_who_why_and_on_what_evidence(alice, flag, cast):
    data = alice.get("flags/").json()["results"]
    assert len(data) == 1
    assert (
        data[0].items()
        >= {
            "id": flag.pk,
            "client": cast.dana.pk,
            "prescription": flag.prescription_id,
            "kind": "exercise_hurts",
            "severity": "high",
            "reason": "Pain went from 4 to 7 with one session.",
            "evidence": [flag.raised_by_id],
            "rule_version": flag.rule_version,
            "state": "open",
        }.items()
    )
    assert data[0]["raised_at"].endswith("Z")
    assert alice.get(f"flags/{flag.pk}/").json() == data[0]


def test_the_list_can_be_of_one_state(alice, flag):
    def count(state):
        return alice.get(f"flags/?state={state}").json()["count"]

    assert (count("open"), count("acknowledged"), count("resolved")) == (1, 0, 0)
    alice.post(f"flags/{flag.pk}/acknowledge/", {"note": "Will call."})
    assert (count("open"), count("acknowledged"), count("resolved")) == (0, 1, 0)
    alice.post(f"flags/{flag.pk}/resolve/", {"note": "Called."})
    assert (count("open"), count("acknowledged"), count("resolved")) == (0, 0, 1)


def test_the_most_severe_comes_first(alice, flag, cast):
    other = make.prescription(make.client(cast.alice, "Gus"))
    make.report(other, 4, warning_signs=("saddle_numbness",))
    assert [row["severity"] for row in alice.get("flags/").json()["results"]] == ["urgent", "high"]


@pytest.mark.parametrize("body", [{}, {"note": ""}, {"note": "Will call."}])
def test_acknowledging_takes_a_note_or_none(alice, flag, body):
    answer = alice.post(f"flags/{flag.pk}/acknowledge/", body)
    assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
    assert answer.json()["events"][-1]["note"] == body.get("note", "")


def test_acknowledging_needs_no_body_at_all(alice, flag):
    answer = alice.client.post(f"/api/v1/flags/{flag.pk}/acknowledge/")
    assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")


def test_resolving_keeps_the_note(alice, flag):
    data = alice.post(f"flags/{flag.pk}/resolve/", {"note": "Called her."}).json()
    assert data["state"] == "resolved"
    assert [(event["verb"], event["note"]) for event in data["events"]] == [("raised", ""), ("resolved", "Called her.")]


@pytest.mark.parametrize(
    "body", [{}, {"note": ""}, {"note": "  "}, {"note": None}, {"note": 5}, {"note": "x" * 10_000}]
)
def test_resolving_without_a_good_note_is_refused(alice, flag, body):
    assert errors_of(alice.post(f"flags/{flag.pk}/resolve/", body)).keys() == {"note"}
    flag.refresh_from_db()
    assert flag.state == "open"


@pytest.mark.parametrize("verdict", ["real", "false", "unclear"])
def test_resolving_may_say_whether_it_was_real(alice, flag, verdict):
    data = alice.post(f"flags/{flag.pk}/resolve/", {"note": "Called her.", "verdict": verdict}).json()
    assert (data["state"], data["verdict"]) == ("resolved", verdict)


@pytest.mark.parametrize("verdict", [None, ""])
def test_nobody_has_to_say_so(alice, flag, verdict):
    data = alice.post(f"flags/{flag.pk}/resolve/", {"note": "Called her.", "verdict": verdict}).json()
    assert (data["state"], data["verdict"]) == ("resolved", None)


@pytest.mark.parametrize("verdict", ["yes", 1, True, ["real"], "x" * 500])
def test_any_other_verdict_is_refused_and_the_flag_stays_open(alice, flag, verdict):
    answer = alice.post(f"flags/{flag.pk}/resolve/", {"note": "Called her.", "verdict": verdict})
    assert errors_of(answer).keys() == {"verdict"}
    flag.refresh_from_db()
    assert flag.state == "open"


def test_a_flag_of_a_report_in_time_that_nobody_waited_for(alice, flag):
    data = alice.get(f"flags/{flag.pk}/").json()
    assert {name: data[name] for name in ("due_at", "phase", "escalated", "verdict")} == {
        "due_at": None, "phase": None, "escalated": False, "verdict": None,
    }  # fmt: skip


def test_a_late_report_tells_when_the_flag_would_have_been_raised(alice, cast):
    happened = timezone.now().replace(microsecond=0) - dt.timedelta(days=3)
    make.report(make.prescription(cast.dana), 3, 8, at=happened)
    (data,) = alice.get("flags/").json()["results"]
    assert dt.datetime.fromisoformat(data["due_at"]) == happened


def test_a_rise_has_a_phase(alice, cast):
    prescription, today = make.prescription(cast.dana), timezone.now()
    for day, score in enumerate([3, 4, 2, 3] * 7 + [7, 6, 7, 7]):
        make.report(prescription, score, at=today - dt.timedelta(days=32 - day))
    path = f"flags/{Flag.objects.get().pk}/"
    Flag.objects.update(due_at=None)
    assert alice.get(path).json()["phase"] == "new"
    Flag.objects.update(raised_at=today - dt.timedelta(days=8))
    assert alice.get(path).json()["phase"] == "persisting"


def test_one_that_nobody_looked_at_in_time_says_so(alice, flag):
    escalation.escalate_flags(flag.raised_at + dt.timedelta(hours=24))
    data = alice.get(f"flags/{flag.pk}/").json()
    assert (data["escalated"], data["severity"], data["state"]) == (True, "urgent", "open")
    assert [event["verb"] for event in data["events"]] == ["raised", "escalated"]


def test_what_was_done_already_is_told_so_that_no_note_is_lost(alice, flag):
    alice.post(f"flags/{flag.pk}/resolve/", {"note": "Called her."})
    for act in ("acknowledge", "resolve"):
        assert errors_of(alice.post(f"flags/{flag.pk}/{act}/", {"note": "Again."})).keys() == {"state"}
    assert not FlagEvent.objects.filter(note="Again.").exists()


@pytest.mark.parametrize("state", ["foo", "", "OPEN", "open,resolved", "%00"])
def test_an_unknown_state_is_refused_naming_it(alice, flag, state):
    assert errors_of(alice.get(f"flags/?state={state}")).keys() == {"state"}


def test_the_client_sees_no_flags_and_acts_on_none(cast, flag):
    dana = Program(cast.dana)
    assert dana.get("flags/").json()["results"] == []
    errors_of(dana.get(f"flags/{flag.pk}/"), 404)
    errors_of(dana.post(f"flags/{flag.pk}/resolve/", {"note": "I am fine."}), 404)
    flag.refresh_from_db()
    assert flag.state == "open"
