"""Each kind of flag, as a practitioner meets it in Debian's Chromium: on the worklist, on the chart, and put away."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clinic.flags import escalation
from clinic.models import Client, Flag
from clinic.team import absences
from tests import make
from tests.admin import flagged_clients
from tests.admin.browsing import signed_in, url
from tests.axe import faults

pytestmark = pytest.mark.browser

SCREENS = Path(__file__).resolve().parents[3] / "var" / "screens"
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
LOOKS = [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")]
HIGHEST_ROW = 72
EVERY_KIND = list(flagged_clients.SENTENCES.items())


@pytest.fixture
def open_page(browser, live_server, cast):
    contexts, trouble = [], []

    def opened(path, viewport=DESK, scheme="light"):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, reduced_motion="reduce", base_url=live_server.url
        )
        contexts.append(context)
        key = signed_in(cast.alice).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.fixture
def flags(cast):
    return flagged_clients.of_every_kind(cast.alice)


def photographed(page, name, viewport, scheme):
    """Kept for those who want to look."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"flags-{name}-{viewport['width']}-{scheme}.png", full_page=True)


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_each_kind_stands_on_the_worklist_with_its_sentence(flags, open_page, viewport, scheme):
    page = open_page(url("index"), viewport, scheme)
    for kind, (name, sentence) in EVERY_KIND:
        row = page.locator(f"#client-{flags[kind].prescription.client_id}")
        expect(row).to_contain_text(name)
        expect(row).to_contain_text(sentence)
        expect(row.get_by_text("Acknowledge")).to_be_visible()
    expect(page.get_by_text("persisting").or_(page.get_by_text("new, may be a flare-up"))).to_have_count(1)
    photographed(page, "worklist", viewport, scheme)
    assert faults(page) == []


def test_no_row_is_higher_than_72_pixels_on_a_desk(cast, flags, open_page):
    """However much there is to say: long names and sentences, a phase, a rise to the owner, a colleague's client."""
    Flag.objects.update(raised_at=timezone.now() - 3 * flagged_clients.DAY)
    for flag in Flag.objects.all():
        flag.events.update(at=timezone.now() - 3 * flagged_clients.DAY)
    Flag.objects.filter(kind=Flag.Kind.RED_FLAG).update(reason="Said yes to: " + "“Is one of your legs weaker?” " * 16)
    assert escalation.escalate_flags(timezone.now()) == 5
    cast.alice.clinic.shares_records = True
    cast.alice.clinic.save(update_fields=["shares_records"])
    Client.objects.filter(name__in=["Walter", "Erin"]).update(name="Maximiliana Featherstonehaugh-Cholmondeley")
    page = open_page(url("index"))
    expect(page.get_by_text("went to the owner")).to_have_count(5)
    photographed(page, "worklist-risen", DESK, "light")
    ruth = page.locator(f"#client-{flags[Flag.Kind.WORSENING].prescription.client_id}")
    expect(ruth.get_by_text("new, may be a flare-up")).to_be_visible()
    whole = "sentence => sentence.scrollHeight <= sentence.clientHeight"
    assert ruth.locator(".pl-reason").evaluate(whole), "the sentence of a rise is not cut"
    heights = page.locator(".pl-row").evaluate_all("rows => rows.map(row => row.getBoundingClientRect().height)")
    assert len(heights) == 7
    assert max(heights) <= HIGHEST_ROW
    assert faults(page) == []


def test_a_covers_row_says_whose_the_client_is_and_is_no_higher(cast, open_page):
    bend = make.prescription(cast.erin)
    Client.objects.filter(pk=cast.erin.pk).update(name="Samuel Adeyemi")
    make.report(bend, 3, 8)
    today = timezone.now().date()
    until = today + 12 * flagged_clients.DAY
    absences.add_absence(cast.bob, starts_on=today, ends_on=until, cover=cast.alice, by=cast.bob.user)
    page = open_page(url("index"))
    row = page.locator(f"#client-{bend.client_id}")
    expect(row.locator(".pl-person")).to_contain_text("for Bob until")
    expect(row.locator(".pl-person")).to_contain_text("Forward bend: held")
    cut = "part => part.scrollHeight > part.clientHeight || part.scrollWidth > part.clientWidth"
    assert not row.locator(".pl-person > .pl-soft").evaluate(cut)
    assert not row.locator(".pl-person > a").evaluate(cut)
    assert row.bounding_box()["height"] <= HIGHEST_ROW


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_the_reports_behind_a_flag_are_marked_on_the_chart(flags, open_page, viewport, scheme):
    room = "narrow" if viewport is PHONE else "wide"
    for kind, (_name, sentence) in EVERY_KIND:
        flag = flags[kind]
        page = open_page(url("client", flag.prescription.client_id), viewport, scheme)
        chart = page.locator(f"svg.chart-{room}")
        expect(chart).to_be_visible()
        expect(page.locator("svg.pain-chart:visible")).to_have_count(1)
        expect(chart.locator(".chart-ring")).to_have_count(flag.evidence.count())
        assert (flag.evidence.count() > 0) == (kind not in {Flag.Kind.SILENT, Flag.Kind.UNDELIVERABLE})
        expect(chart.locator(".chart-number")).to_have_text(["1"])
        expect(page.locator(f"#flag-{flag.pk}")).to_contain_text(sentence)
        page.get_by_text("The same as a table").click()
        expect(page.locator(".pl-pain td:last-child").filter(has_text="1")).to_have_count(flag.evidence.count())
        photographed(page, kind, viewport, scheme)
        assert faults(page) == [], kind
        page.context.close()


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "dark"), (DESK, "light")])
def test_each_is_acknowledged_and_resolved_with_what_it_was(flags, open_page, viewport, scheme):
    page = open_page(url("index"), viewport, scheme)
    answers = zip(EVERY_KIND, ["yes, it was real", "no, a false alarm", "unclear", "unclear", "unclear"], strict=True)
    for (kind, _words), answer in answers:
        flag = flags[kind]
        row = page.locator(f"#client-{flag.prescription.client_id}")
        row.get_by_role("button", name="Acknowledge").click()
        expect(row.get_by_text("acknowledged")).to_be_visible()
        row.get_by_text("Resolve", exact=True).first.click()
        row.get_by_label(answer).check()
        row.get_by_label("What you found or did").fill("Called.")
        if kind == Flag.Kind.RED_FLAG:
            photographed(page, "resolve", viewport, scheme)
            assert faults(page) == []
        row.get_by_role("button", name="Resolve").click()
        expect(page.get_by_text(f"{flag.prescription.client}: resolved.")).to_be_visible()
        expect(page.get_by_text("Nobody needs a look now").or_(row)).to_have_count(1 + (kind == EVERY_KIND[-1][0]))
        flag.refresh_from_db()
        assert (flag.state, flag.get_verdict_display()) == ("resolved", answer)


def test_a_form_without_an_answer_is_not_even_sent(flags, open_page):
    flag = flags[Flag.Kind.WORSENING]
    page = open_page(url("client", flag.prescription.client_id))
    act = page.locator(f"#flag-{flag.pk}")
    act.get_by_text("Resolve", exact=True).first.click()
    act.get_by_label("What you found or did").fill("Called.")
    act.get_by_role("button", name="Resolve").click()
    assert page.evaluate("document.querySelector('[name=verdict]').matches(':invalid')")
    flag.refresh_from_db()
    assert flag.state == Flag.State.OPEN


@pytest.mark.parametrize(("viewport", "scheme"), LOOKS)
def test_the_pages_that_look_back_are_free_of_faults(flags, open_page, viewport, scheme):
    ruth = flags[Flag.Kind.WORSENING].prescription.client_id
    problems = {}
    for name, path in {
        "rule_settings": url("rule_settings", ruth),
        "rule_simulation": url("rule_simulation", ruth) + "?sensitivity=few&smallest_rise=2.0",
        "flag_statistics": url("flag_statistics"),
        "resolve-page": url("resolve", flags[Flag.Kind.RED_FLAG].pk),
    }.items():
        page = open_page(path, viewport, scheme)
        photographed(page, name, viewport, scheme)
        if found := faults(page):
            problems[name] = found
        page.context.close()
    assert problems == {}


def test_from_trying_to_turning(flags, open_page):
    ruth = flags[Flag.Kind.WORSENING].prescription.client
    page = open_page(url("client", ruth.pk))
    page.get_by_text("Try others on the past").click()
    page.get_by_label("few false flags: later").check()
    page.get_by_label("2 points").check()
    page.get_by_role("button", name="Try").click()
    page.get_by_role("link", name="Use these").click()
    expect(page.get_by_label("few false flags: later")).to_be_checked()
    page.get_by_label("Why").fill("Her days differ a lot.")
    page.get_by_role("button", name="Use these").click()
    expect(page.get_by_text("Few false flags: later, from 2 points up", exact=True)).to_be_visible()
