"""``Idempotency-Key``: a report that is sent again is the same report."""

import pytest

from clinic.models import Flag, Notice, PainReport
from tests import make
from tests.api.calls import Program, errors_of, session


@pytest.fixture
def bend(cast):
    return make.prescription(cast.dana)


@pytest.fixture
def dana(cast):
    return Program(cast.dana)


def test_the_same_key_and_body_again_is_the_same_answer_and_nothing_new(dana, bend):
    body = session(bend, 4, 7, areas=["hip", "low_back"])
    first = dana.post("pain-reports/", body, Idempotency_Key="one")
    again = dana.post("pain-reports/", body, Idempotency_Key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert not first.has_header("Idempotent-Replayed")
    assert again["Idempotent-Replayed"] == "true"
    assert (PainReport.objects.count(), Flag.objects.count(), Notice.objects.count()) == (1, 1, 1)


def test_the_same_body_written_otherwise_is_the_same(dana, bend):
    body = session(bend)
    first = dana.post("pain-reports/", body, Idempotency_Key="one")
    otherwise = {**dict(reversed(body.items())), "next_morning": None, "areas": []}
    assert dana.post("pain-reports/", otherwise, Idempotency_Key="one").json() == first.json()
    assert PainReport.objects.count() == 1


@pytest.mark.parametrize("change", [{"after": 2}, {"did_exercise": False}, {"note": "x"}, {"areas": ["hip"]}])
def test_the_same_key_with_another_body_is_a_conflict(dana, bend, change):
    body = session(bend)
    dana.post("pain-reports/", body, Idempotency_Key="one")
    assert errors_of(dana.post("pain-reports/", {**body, **change}, Idempotency_Key="one"), 409).keys() == {
        "Idempotency-Key"
    }
    assert PainReport.objects.get().after == 3


def test_the_same_key_for_another_prescription_is_a_conflict(dana, bend, cast):
    body = session(bend)
    dana.post("pain-reports/", body, Idempotency_Key="one")
    second = make.prescription(cast.dana)
    errors_of(dana.post("pain-reports/", {**body, "prescription": second.pk}, Idempotency_Key="one"), 409)
    assert PainReport.objects.count() == 1


def test_two_clients_may_hit_on_the_same_key(dana, bend, cast):
    other = make.prescription(cast.erin)
    assert dana.post("pain-reports/", session(bend), Idempotency_Key="one").status_code == 201
    assert Program(cast.erin).post("pain-reports/", session(other), Idempotency_Key="one").status_code == 201
    assert PainReport.objects.count() == 2


def test_a_refused_report_does_not_use_the_key_up(dana, bend):
    errors_of(dana.post("pain-reports/", session(bend, 11), Idempotency_Key="one"))
    assert dana.post("pain-reports/", session(bend, 4), Idempotency_Key="one").status_code == 201


def test_without_a_key_each_report_is_its_own(dana, bend):
    body = session(bend)
    assert {dana.post("pain-reports/", body).json()["id"] for _time in range(2)} == set(
        PainReport.objects.values_list("pk", flat=True)
    )
    assert PainReport.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", "x" * 201, "één", "a\tb"])
def test_a_key_that_cannot_be_kept_is_refused(dana, bend, key):
    assert errors_of(dana.post("pain-reports/", session(bend), Idempotency_Key=key)).keys() == {"Idempotency-Key"}
    assert not PainReport.objects.exists()
