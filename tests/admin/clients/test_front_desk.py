"""The front desk: whom to expect and how to reach them, and nothing of their health."""

import pytest

from clinic.models import Practitioner
from tests import make
from tests.admin.browsing import page_text, signed_in, url

HEALTH = ["Pain", "Forward bend", "held", "high", "Acknowledge", "Screening", "Reports", '<svg class="spark"']


@pytest.fixture
def desk(cast):
    make.report(make.prescription(cast.dana), 4, 8)
    person = make.practitioner(cast.alice.clinic, "Frank", Practitioner.Role.FRONT_DESK)
    return signed_in(person)


def test_the_first_page_is_the_clients_by_name(cast, desk):
    page = desk.get(url("index"))
    assert "Dana joined dana@home.example Alice" in page_text(page)
    assert "Erin joined erin@home.example Bob" in page_text(page)


@pytest.mark.parametrize("name", ["index", "clients"])
def test_no_list_shows_health_data(desk, name):
    page = desk.get(url(name)).content.decode()
    assert [word for word in HEALTH if word in page] == []


def test_a_clients_page_says_how_to_reach_them_and_no_more(cast, desk):
    page = desk.get(url("client", cast.dana.pk))
    assert "dana@home.example" in page_text(page)
    assert [word for word in HEALTH if word in page.content.decode()] == []


FORBIDDEN = ["invite", "import_clients", "import_example", "hand_over", "flag_statistics", "audit_log"]
FORBIDDEN += ["team", "member_add", "clinics", "dose_templates", "prescribe_several"]


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_is_not_theirs_is_neither_offered_nor_reached(desk, name):
    assert f'href="{url(name)}"' not in desk.get(url("index")).content.decode()
    assert desk.get(url(name)).status_code in {403, 404}


def test_no_act_on_a_record_is_theirs(cast, desk):
    prescription = cast.dana.prescriptions.get()
    acts = [url(act, prescription.pk) for act in ("amend", "hold", "resume", "end")]
    acts += [url(act, prescription.flags.get().pk) for act in ("acknowledge", "resolve")]
    acts += [url(act, cast.dana.pk) for act in ("prescribe", "resend_invitation", "rule_settings", "message", "note")]
    acts += [
        url(act, cast.alice.clinic_id) for act in ("clinic_settings", "clinic_rule_settings", "dismiss_onboarding")
    ]
    acts += [url("advice_text", cast.alice.clinic_id, "stop", "en")]
    assert {desk.post(act, {"note": "x", "reason": "x", "text": "x"}).status_code for act in acts} == {404}
    several = ["hand_over", "resend_invitations", "withdraw_invitations", "confirm_import", "download_import_errors"]
    assert {desk.post(url(act), {"client": cast.dana.pk}).status_code for act in several} == {404}
    assert desk.get(url("rule_simulation", cast.dana.pk)).status_code == 404
    assert desk.post(f"{url('prescribe_several')}?client={cast.dana.pk}").status_code == 404


def test_no_client_can_be_ticked_to_be_prescribed_to(desk):
    assert 'name="client"' not in desk.get(url("clients")).content.decode()


def test_a_client_is_found_by_name(desk):
    page = desk.get(url("clients"), {"q": "eri"})
    assert "Erin" in page_text(page)
    assert "Dana" not in page_text(page)
