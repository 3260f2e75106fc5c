"""The pages of roles in Debian's Chromium: what the front desk sees, the owner's team, the clinics of the site."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from playwright.sync_api import expect

from clinic.models import Practitioner
from clinic.team import members
from tests import make
from tests.admin.browsing import signed_in, url
from tests.admin.worklist.test_flags_in_a_browser import LOOKS, SCREENS, faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Role = Practitioner.Role
SCORE = ".pl-scores, .pl-reason, .pl-severity, svg.spark, .pl-pill.pl-urgent, .pl-pill.pl-high"


@pytest.fixture
def people(cast):
    """An owner, a front desk and somebody who runs the site; Dana's pain went from 4 to 8."""
    make.report(make.prescription(cast.dana), 4, 8)
    here = cast.alice.clinic
    owner = make.practitioner(here, "Olga", Role.OWNER)
    members.add_member(
        here, name="Gina Long-Hyphenated", email="gina@clinic.example", role=Role.PRACTITIONER, by=owner.user
    )
    members.deactivate_member(make.practitioner(here, "Gus"), by=owner.user)
    return {"owner": owner, "desk": make.practitioner(here, "Frank", Role.FRONT_DESK), "staff": make.platform_staff()}


@pytest.fixture
def look_at(browser, live_server):
    """Opens a page in each look and gives what was errors; the last one stays open."""
    contexts = []

    def looked(person, path, name):
        errors = []
        for viewport, scheme in LOOKS:
            context = browser.new_context(
                viewport=viewport, color_scheme=scheme, reduced_motion="reduce", base_url=live_server.url
            )
            contexts.append(context)
            key = signed_in(person).cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
            page = context.new_page()
            page.goto(path)
            SCREENS.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=SCREENS / f"roles-{name}-{viewport['width']}-{scheme}.png", full_page=True)
            errors += [f"{name} {viewport['width']} {scheme}: {fault}" for fault in faults(page)]
        return page, errors

    yield looked
    for context in contexts:
        context.close()


def test_the_front_desk_sees_names_and_no_score(people, cast, look_at):
    for path, name in ((url("index"), "desk"), (url("client", cast.dana.pk), "desk-client")):
        page, errors = look_at(people["desk"], path, name)
        assert errors == []
        expect(page.locator("text=Dana").first).to_be_visible()
        assert page.locator(SCORE).count() == 0
        said = re.sub(r"\d\d:\d\d", "", page.inner_text("main"))  # the time at the client's home
        assert [word for word in ("pain", "8", "Forward", "urgent", "high") if word in said] == []


def test_the_team_and_a_colleague(people, cast, look_at):
    errors = []
    for path, name in (
        (url("team"), "team"),
        (url("member_add"), "colleague-add"),
        (url("member", cast.alice.pk), "colleague"),
    ):
        _page, found = look_at(people["owner"], path, name)
        errors += found
    assert errors == []


def test_the_clinics_of_the_site(people, look_at):
    page, errors = look_at(people["staff"], url("index"), "clinics")
    expect(page.locator("text=Riverside Physio").first).to_be_visible()
    assert "Dana" not in page.content()
    _page, more = look_at(people["staff"], url("clinic_add"), "clinic-add")
    assert errors + more == []


def test_an_owner_takes_a_lost_second_step_away_with_a_reason(people, cast, look_at):
    TOTP.activate(cast.bob.user, "JBSWY3DPEHPK3PXP")
    _page, errors = look_at(people["staff"], url("reset_second_factor", cast.bob.pk), "second-step-staff")
    page, more = look_at(people["owner"], url("member", cast.bob.pk), "colleague-second-step")
    page.get_by_role("link", name="They lost their second step").click()
    errors += more + faults(page)
    page.get_by_role("button", name="Take the second step away").click()
    expect(page.get_by_text("Write in a few words why.")).to_be_visible()
    errors += faults(page)
    page.get_by_label("Why").fill("Lost the phone, told me in person.")
    page.get_by_role("button", name="Take the second step away").click()
    expect(page.get_by_text("Bob is signed out everywhere")).to_be_visible()
    expect(page.get_by_text("Lost the phone, told me in person.")).to_be_visible()
    assert errors + faults(page) == []


def test_the_list_of_clients_leads_to_handing_over_those_ticked(people, cast, look_at):
    page, errors = look_at(people["owner"], url("clients"), "clients-hand-over")
    page.get_by_role("row", name="Dana").get_by_role("checkbox").check()
    page.get_by_role("button", name="Hand over those ticked").click()
    expect(page.get_by_role("heading", name="Hand clients over")).to_be_visible()
    expect(page.get_by_role("checkbox", name="Dana")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Erin")).not_to_be_checked()
    assert errors + faults(page) == []
