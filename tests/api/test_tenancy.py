"""Nobody else's record: a foreign number is 404, the same as one that does not exist."""

from dataclasses import dataclass

import pytest

from clinic.models import Client, Clinic, Correction, Flag, PainReport, Practitioner, Prescription
from tests import make
from tests.api.calls import Program, errors_of, plan, session


@dataclass
class Record:
    prescription: Prescription
    report: PainReport
    flag: Flag


@pytest.fixture
def record(cast):
    prescription = make.prescription(cast.dana)
    report = make.report(prescription, 4, 7).report
    return Record(prescription, report, Flag.objects.get())


READS = [
    "clients/{client}/",
    "prescriptions/{prescription}/",
    "prescriptions/{prescription}/reminders/",
    "prescriptions/?client={client}",
    "pain-reports/{report}/",
    "pain-reports/?prescription={prescription}",
    "flags/{flag}/",
]
ACTS = [
    ("prescriptions/{prescription}/hold/", {"reason": "x"}),
    ("prescriptions/{prescription}/resume/", {"reason": "x"}),
    ("prescriptions/{prescription}/end/", {"reason": "x"}),
    ("pain-reports/{report}/correct/", {"after": 0, "reason": "x"}),
    ("flags/{flag}/acknowledge/", {"note": "x"}),
    ("flags/{flag}/resolve/", {"note": "x"}),
]
LISTS = ["clients/", "prescriptions/", "pain-reports/", "flags/", "worklist/"]


def at(path, record):
    return path.format(
        client=record.prescription.client_id,
        prescription=record.prescription.pk,
        report=record.report.pk,
        flag=record.flag.pk,
    )


@pytest.mark.parametrize("stranger", ["charlie", "bob", "erin"])
@pytest.mark.parametrize("path", READS)
def test_a_stranger_reads_nothing(cast, record, stranger, path):
    errors_of(Program(getattr(cast, stranger)).get(at(path, record)), 404)


@pytest.mark.parametrize("stranger", ["charlie", "bob", "erin"])
@pytest.mark.parametrize(("path", "body"), ACTS)
def test_a_stranger_changes_nothing(cast, record, stranger, path, body):
    errors_of(Program(getattr(cast, stranger)).post(at(path, record), body), 404)
    record.prescription.refresh_from_db()
    record.flag.refresh_from_db()
    assert (record.prescription.state, record.flag.state) == ("held", "open")
    assert not Correction.objects.exists()


@pytest.mark.parametrize("stranger", ["charlie", "bob", "erin", "dana"])
def test_who_does_not_treat_the_client_cannot_prescribe(cast, record, stranger):
    answer = Program(getattr(cast, stranger)).post("prescriptions/", plan(cast.dana))
    assert errors_of(answer, 404).keys() == {"client"}
    assert Prescription.objects.count() == 1


@pytest.mark.parametrize("stranger", ["charlie", "bob", "erin"])
def test_a_stranger_cannot_report(cast, record, stranger):
    answer = Program(getattr(cast, stranger)).post("pain-reports/", session(record.prescription))
    assert errors_of(answer, 404).keys() == {"prescription"}
    assert PainReport.objects.count() == 1


@pytest.mark.parametrize("path", LISTS)
def test_charlies_lists_are_empty(cast, record, path):
    assert Program(cast.charlie).get(path).json()["count"] == 0


def test_the_answer_to_a_foreign_number_is_the_answer_to_an_unknown_one(cast, record):
    charlie = Program(cast.charlie)
    foreign = charlie.get(f"prescriptions/{record.prescription.pk}/")
    unknown = charlie.get("prescriptions/999999/")
    assert foreign.json() == unknown.json()


@pytest.mark.parametrize("path", [*READS, "worklist/"])
def test_where_records_are_open_a_colleague_reads(cast, record, path):
    Clinic.objects.filter(pk=cast.alice.clinic_id).update(shares_records=True)
    assert Program(cast.bob).get(at(path, record)).status_code == 200
    assert Program(cast.charlie).get(at(path, record)).status_code == (200 if path == "worklist/" else 404)


def test_the_owner_reads_all_of_the_clinic(cast, record):
    Practitioner.objects.filter(pk=cast.bob.pk).update(role=Practitioner.Role.OWNER)
    assert [row["name"] for row in Program(cast.bob).get("clients/").json()["results"]] == ["Dana", "Erin"]
    assert Program(cast.bob).get(at("prescriptions/{prescription}/", record)).status_code == 200


def test_the_front_desk_knows_names_and_no_health_data(cast, record):
    desk = Program(make.practitioner(cast.alice.clinic, "Fay", Practitioner.Role.FRONT_DESK))
    assert [row["name"] for row in desk.get("clients/").json()["results"]] == ["Dana", "Erin"]
    for path in READS:
        if path not in ("clients/{client}/", "prescriptions/?client={client}"):
            errors_of(desk.get(at(path, record)), 404)
    assert [desk.get(path).json()["count"] for path in LISTS] == [2, 0, 0, 0, 0]


def test_a_client_reads_ones_own_record_and_no_other(cast, record):
    dana = Program(cast.dana)
    make.prescription(cast.erin)
    assert [row["name"] for row in dana.get("clients/").json()["results"]] == ["Dana"]
    assert [row["id"] for row in dana.get("prescriptions/").json()["results"]] == [record.prescription.pk]
    assert [row["id"] for row in dana.get("pain-reports/").json()["results"]] == [record.report.pk]


def test_a_client_who_has_left_reads_nothing(cast, record):
    Client.objects.filter(pk=cast.dana.pk).update(state=Client.State.LEFT)
    dana = Program(cast.dana)
    assert [dana.get(path).json()["count"] for path in LISTS] == [0, 0, 0, 0, 0]
    errors_of(dana.post("pain-reports/", session(record.prescription)), 404)


def test_a_practitioner_who_no_longer_works_here_reads_nothing(cast, record):
    Practitioner.objects.filter(pk=cast.alice.pk).update(active=False)
    alice = Program(cast.alice)
    assert [alice.get(path).json()["count"] for path in LISTS] == [0, 0, 0, 0, 0]
    errors_of(alice.get(at("pain-reports/{report}/", record)), 404)
