"""``GET prescriptions/<id>/handout.pdf``: the plan on paper, for those who may see the record; the audit keeps it."""

import pytest

from clinic.documents.pdf import count_pages
from clinic.models import AuditEntry, Practitioner
from tests import make
from tests.api.calls import Program, errors_of


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


@pytest.fixture
def address(plan):
    return f"prescriptions/{plan.pk}/handout.pdf"


def printed_by(plan):
    entries = AuditEntry.objects.filter(verb="document_printed", target_kind="prescription", target_id=plan.pk)
    return [(entry.actor_id, entry.clinic_id) for entry in entries]


def test_it_is_a_pdf_that_opens_in_place_and_stays_in_no_cache(cast, plan, address):
    answer = Program(cast.alice).get(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="exercise-plan.pdf"'
    assert answer["Cache-Control"] == "no-store"
    assert count_pages(answer.content) == 2
    assert printed_by(plan) == [(cast.alice.user_id, cast.alice.clinic_id)]


def test_the_client_gets_the_own_one(cast, plan, address):
    assert Program(cast.dana).get(address).status_code == 200
    assert printed_by(plan) == [(cast.dana.user_id, cast.dana.clinic_id)]


@pytest.mark.parametrize("who", ["bob", "charlie", "erin", "desk"])
def test_for_anybody_else_it_is_not_there(cast, plan, address, who):
    people = {"desk": make.practitioner(cast.alice.clinic, "Fred", Practitioner.Role.FRONT_DESK)}
    errors_of(Program(people.get(who) or getattr(cast, who)).get(address), 404)
    assert printed_by(plan) == []


def test_without_a_key_it_is_refused(plan, address, client):
    errors_of(client.get(f"/api/v1/{address}"), 401)


@pytest.mark.parametrize("accept", ["application/pdf", "application/json", "*/*", "text/html,*/*;q=0.8"])
def test_whatever_the_caller_would_rather_read(cast, address, accept):
    alice = Program(cast.alice)
    answer = alice.get(address, Accept=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    errors_of(alice.get("prescriptions/0/handout.pdf", Accept=accept), 404)


def test_paper_and_language_may_be_chosen(cast, address):
    alice = Program(cast.alice)
    assert b"/MediaBox[0 0 612 792]" in alice.get(f"{address}?paper=letter").content
    assert b"/Lang(es)" in alice.get(f"{address}?language=es").content
    assert b"/Lang(en)" in alice.get(address, **{"Accept-Language": "es"}).content


@pytest.mark.parametrize(
    ("query", "field"),
    [("paper=a5", "paper"), ("paper=", "paper"), ("language=xx", "language"), ("paper=a4&paper=a4", "paper"),
     ("size=a4", "size")],
)  # fmt: skip
def test_a_bad_choice_is_named_and_prints_nothing(cast, plan, address, query, field):
    assert errors_of(Program(cast.alice).get(f"{address}?{query}")).keys() == {field}
    assert printed_by(plan) == []
