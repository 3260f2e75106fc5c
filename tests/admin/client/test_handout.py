"""The practitioner prints the handout from the client's page."""

import pytest

from clinic.documents.pdf import count_pages
from clinic.models import AuditEntry
from tests import make
from tests.admin.browsing import signed_in, url


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


@pytest.mark.parametrize(("paper", "size"), [("a4", b"595.2756 841.8898"), ("letter", b"612 792")])
def test_the_clients_page_offers_it_on_both_papers(cast, plan, paper, size):
    alice = signed_in(cast.alice)
    page = alice.get(url("client", cast.dana.pk)).content.decode()
    assert f'href="{url("handout", plan.pk)}?paper={paper}"' in page
    answer = alice.get(url("handout", plan.pk), {"paper": paper})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == 'inline; filename="exercise-plan.pdf"'
    assert "no-store" in answer["Cache-Control"]
    assert count_pages(answer.content) == 2
    assert size in answer.content
    assert AuditEntry.objects.filter(verb="document_printed", actor=cast.alice.user, target_id=plan.pk).count() == 1


def test_a_plan_that_is_over_is_not_offered(cast, plan):
    type(plan).objects.filter(pk=plan.pk).update(state="ended", state_reason="Done.")
    page = signed_in(cast.alice).get(url("client", cast.dana.pk)).content.decode()
    assert url("handout", plan.pk) not in page


def test_a_foreign_one_and_an_unknown_paper_are_not_there(cast, plan):
    for stranger in (cast.bob, cast.charlie, cast.dana.user):
        assert signed_in(stranger).get(url("handout", plan.pk)).status_code == 404
    assert signed_in(cast.alice).get(url("handout", plan.pk), {"paper": "a5"}).status_code == 404
    assert not AuditEntry.objects.filter(verb="document_printed").exists()
