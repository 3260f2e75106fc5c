"""The client prints the last weeks for the next visit."""

import pytest

from clinic.models import AuditEntry
from tests import make
from tests.portal.visit import signed_in, stranger, url


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


def test_the_own_summary_as_a_pdf(cast, plan):
    answer = signed_in(cast.dana).get(url("summary", plan.pk), {"paper": "letter"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'inline; filename="summary.pdf"'
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
    assert b"/MediaBox[0 0 612 792]" in answer.content
    assert AuditEntry.objects.filter(verb="document_printed", actor=cast.dana.user, target_id=plan.pk).count() == 1


def test_nobody_elses(cast, plan):
    assert signed_in(cast.erin).get(url("summary", plan.pk)).status_code == 404
    assert signed_in(cast.alice.user).get(url("summary", plan.pk)).status_code == 404
    assert signed_in(cast.dana).get(url("summary", plan.pk), {"paper": "a5"}).status_code == 404
    assert "/accounts/login/" in stranger().get(url("summary", plan.pk))["Location"]
    assert not AuditEntry.objects.filter(verb="document_printed").exists()
