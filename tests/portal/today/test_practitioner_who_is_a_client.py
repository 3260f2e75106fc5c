"""Somebody who treats here and is a colleague's client: in the portal they meet their own records alone."""

import pytest

from clinic.clients import acceptance
from tests import make
from tests.portal.visit import signed_in, url


@pytest.fixture
def alice(cast):
    """Alice, who has become a client of Bob."""
    account = cast.alice.user
    own = make.invited(cast.bob, "Alice", email=account.email)
    acceptance.accept_invitation(own.invitations.get(), user=account)
    return signed_in(account)


def test_the_plan_and_the_answers_of_her_own_client_are_not_hers_to_do(cast, alice):
    plan = make.prescription(cast.dana)
    report = make.report(plan, before=4, after=2).report
    for path in (url("player", plan.pk), url("handout", plan.pk), url("report_result", report.pk)):
        assert alice.get(path).status_code == 404, path
        assert signed_in(cast.dana).get(path).status_code == 200, path
