"""``/flags/``: read, acknowledge, resolve."""

import pytest

from clinic.models import Flag, FlagEvent
from tests import make
from tests.api.calls import Program, complaints


@pytest.fixture
def flag(cast):
    make.report(make.prescription(cast.dana), 4, 7)
    return Flag.objects.get()


@pytest.fixture
def alice(cast):
    return Program(cast.alice)


def test_a_flag_tells_who_why_and_on_what_evidence(alice, flag, cast):
    told = alice.get("flags/").json()["results"]
    assert len(told) == 1
    assert (
        told[0].items()
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
    assert told[0]["raised_at"].endswith("Z")
    assert alice.get(f"flags/{flag.pk}/").json() == told[0]


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
    told = alice.post(f"flags/{flag.pk}/resolve/", {"note": "Called her."}).json()
    assert told["state"] == "resolved"
    assert [(event["verb"], event["note"]) for event in told["events"]] == [("raised", ""), ("resolved", "Called her.")]


@pytest.mark.parametrize(
    "body", [{}, {"note": ""}, {"note": "  "}, {"note": None}, {"note": 5}, {"note": "x" * 10_000}]
)
def test_resolving_without_a_good_note_is_refused(alice, flag, body):
    assert complaints(alice.post(f"flags/{flag.pk}/resolve/", body)).keys() == {"note"}
    flag.refresh_from_db()
    assert flag.state == "open"


def test_what_was_done_already_is_told_so_that_no_note_is_lost(alice, flag):
    alice.post(f"flags/{flag.pk}/resolve/", {"note": "Called her."})
    for act in ("acknowledge", "resolve"):
        assert complaints(alice.post(f"flags/{flag.pk}/{act}/", {"note": "Again."})).keys() == {"state"}
    assert not FlagEvent.objects.filter(note="Again.").exists()


@pytest.mark.parametrize("state", ["foo", "", "OPEN", "open,resolved", "%00"])
def test_an_unknown_state_is_refused_naming_it(alice, flag, state):
    assert complaints(alice.get(f"flags/?state={state}")).keys() == {"state"}


def test_the_client_sees_no_flags_and_acts_on_none(cast, flag):
    dana = Program(cast.dana)
    assert dana.get("flags/").json()["results"] == []
    complaints(dana.get(f"flags/{flag.pk}/"), 404)
    complaints(dana.post(f"flags/{flag.pk}/resolve/", {"note": "I am fine."}), 404)
    flag.refresh_from_db()
    assert flag.state == "open"
