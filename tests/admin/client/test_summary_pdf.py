"""The practitioner prints the summary for the visit from the client's page."""

import pytest

from clinic.models import AuditEntry, Client
from tests import make
from tests.admin.browsing import signed_in, url
from tests.documents import printed


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


def test_the_clients_page_offers_it_on_both_papers(cast, plan):
    alice = signed_in(cast.alice)
    page = alice.get(url("client", cast.dana.pk)).content.decode()
    assert f'href="{url("summary", plan.pk)}?paper=a4"' in page
    assert f'href="{url("summary", plan.pk)}?paper=letter"' in page
    answer = alice.get(url("summary", plan.pk), {"paper": "letter"})
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert "no-store" in answer["Cache-Control"]
    assert b"612 792" in answer.content
    assert AuditEntry.objects.filter(verb="document_printed", actor=cast.alice.user, target_id=plan.pk).count() == 1


def test_a_plan_that_is_over_can_still_be_talked_about(cast, plan):
    type(plan).objects.filter(pk=plan.pk).update(state="ended", state_reason="Done.")
    assert url("summary", plan.pk) in signed_in(cast.alice).get(url("client", cast.dana.pk)).content.decode()
    assert signed_in(cast.alice).get(url("summary", plan.pk)).status_code == 200


def test_it_is_in_the_clients_language(cast, plan):
    Client.objects.filter(pk=cast.dana.pk).update(language="es")
    answer = signed_in(cast.alice).get(url("summary", plan.pk))
    assert b"/Lang(es)" in answer.content
    assert "Flexión hacia delante" in printed.text(answer.content)


def test_a_foreign_one_and_an_unknown_paper_are_not_there(cast, plan):
    for stranger in (cast.bob, cast.charlie, cast.dana.user):
        assert signed_in(stranger).get(url("summary", plan.pk)).status_code == 404
    assert signed_in(cast.alice).get(url("summary", plan.pk), {"paper": "a5"}).status_code == 404
    assert not AuditEntry.objects.filter(verb="document_printed").exists()
