"""The client prints the own plan."""

import pytest

from clinic.documents.pdf import count_pages
from clinic.models import AuditEntry
from tests import make
from tests.portal.visit import signed_in, stranger, url


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


def test_the_own_plan_as_a_pdf(cast, plan):
    answer = signed_in(cast.dana).get(url("handout", plan.pk), {"paper": "letter"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'inline; filename="exercise-plan.pdf"'
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
    assert count_pages(answer.content) == 2
    assert b"/MediaBox[0 0 612 792]" in answer.content
    assert AuditEntry.objects.filter(verb="document_printed", actor=cast.dana.user, target_id=plan.pk).count() == 1


def test_nobody_elses(cast, plan):
    assert signed_in(cast.erin).get(url("handout", plan.pk)).status_code == 404
    assert signed_in(cast.alice.user).get(url("handout", plan.pk)).status_code == 404
    assert signed_in(cast.dana).get(url("handout", plan.pk), {"paper": "a5"}).status_code == 404
    assert "/accounts/login/" in stranger().get(url("handout", plan.pk))["Location"]
    assert not AuditEntry.objects.filter(verb="document_printed").exists()
