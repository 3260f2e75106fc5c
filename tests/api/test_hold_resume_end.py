"""``POST prescriptions/<id>/hold|resume|end/``: a practitioner's acts, each with its reason."""

import pytest

from clinic.models import Prescription, PrescriptionChange
from tests import make
from tests.api.calls import Program, errors_of

WHY = {"reason": "Away for two weeks."}


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


@pytest.fixture
def alice(cast):
    return Program(cast.alice)


def state(prescription):
    return Prescription.objects.get(pk=prescription.pk).state


def test_hold_then_resume_then_end(alice, bend):
    held = alice.post(f"prescriptions/{bend.pk}/hold/", WHY)
    assert held.status_code == 200
    assert (held.json()["state"], held.json()["state_reason"], held.json()["next_due_at"]) == (
        "held", "Away for two weeks.", None,
    )  # fmt: skip
    resumed = alice.post(f"prescriptions/{bend.pk}/resume/", {"reason": "Back."}).json()
    assert resumed["state"] == "active"
    assert resumed["next_due_at"] is not None
    assert alice.post(f"prescriptions/{bend.pk}/end/", {"reason": "Done."}).json()["state"] == "ended"
    assert list(PrescriptionChange.objects.values_list("new", flat=True)) == ["held", "active", "ended"]


@pytest.mark.parametrize("act", ["hold", "resume", "end"])
@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": " "}, {"reason": 5}, {"reason": "x" * 10_000}])
def test_without_a_good_reason_nothing_changes(alice, bend, act, body):
    assert errors_of(alice.post(f"prescriptions/{bend.pk}/{act}/", body)).keys() == {"reason"}
    assert state(bend) == "active"


def test_a_misspelt_reason_is_told(alice, bend):
    errors = errors_of(alice.post(f"prescriptions/{bend.pk}/hold/", {"raeson": "Away."}))
    assert errors.keys() == {"reason", "raeson"}


def test_an_act_that_does_not_fit_the_state_is_refused_and_says_the_state(alice, bend):
    assert "active" in errors_of(alice.post(f"prescriptions/{bend.pk}/resume/", WHY))["state"][0]
    alice.post(f"prescriptions/{bend.pk}/end/", WHY)
    for act in ("hold", "resume", "end"):
        assert "ended" in errors_of(alice.post(f"prescriptions/{bend.pk}/{act}/", WHY))["state"][0]
    assert state(bend) == "ended"


@pytest.mark.parametrize("act", ["hold", "resume", "end"])
def test_the_client_cannot_do_it(cast, bend, act):
    assert errors_of(Program(cast.dana).post(f"prescriptions/{bend.pk}/{act}/", WHY), 404) == {}
    assert state(bend) == "active"
