"""The main job as people do it: invite and prescribe → mail → join → report 4→7 → worklist → resolved."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, expect

from clinic.models import Client, Flag, PainReport, Prescription, Schedule
from tests import make
from tests.post_box import PostBox, post_box

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCREENS = Path(__file__).resolve().parents[2] / "var" / "screens"
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 360, "height": 740}


@pytest.fixture
def box(settings, live_server) -> Iterator[PostBox]:
    """Mail goes over SMTP into this box, and its links lead to the running site."""
    with post_box() as opened:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", opened.port
        settings.PLUMBLINE_BASE_URL = live_server.url
        yield opened


class Person:
    """Somebody at a browser of their own. Every page they show is kept as a picture, light and dark."""

    def __init__(self, browser: Browser, name: str, viewport: dict[str, int]) -> None:
        self.name = name
        self.context: BrowserContext = browser.new_context(viewport=viewport, reduced_motion="reduce")  # type: ignore[arg-type]
        self.page: Page = self.context.new_page()
        self.trouble: list[str] = []
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on(
            "console", lambda page_text: self.trouble.append(page_text.text) if page_text.type == "error" else None
        )

    def shows(self, what: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.page.screenshot(path=SCREENS / f"{self.name}-{what}-{scheme}.png", full_page=True)
        self.page.emulate_media(color_scheme="light")


@pytest.fixture
def people(browser: Browser) -> Iterator[tuple[Person, Person]]:
    """Alice at her desk and Dana with her phone."""
    pair = Person(browser, "alice", DESKTOP), Person(browser, "dana", PHONE)
    yield pair
    for person in pair:
        person.context.close()
    assert [line for person in pair for line in person.trouble] == []


def test_from_invitation_to_resolved_flag(live_server, box, people):
    alice, dana = people
    practitioner = make.practitioner(make.clinic(), "Alice")
    make.exercise()

    _signs_in(alice, live_server.url, practitioner.email)
    alice.shows("1-empty-worklist")
    _invites_and_prescribes(alice)

    call_command("send_due")
    dana.page.goto(box.link("dana@home.example", "i"))
    dana.shows("1-invitation")
    dana.page.get_by_label("I agree", exact=False).check()
    dana.page.get_by_label("A password, if you want one").fill(make.PASSWORD)
    dana.page.get_by_role("button", name="Agree and go on").click()
    expect(dana.page.locator(".greeting")).to_contain_text("Dana")
    dana.shows("2-today")

    call_command("send_due", "--now", Schedule.objects.get().next_due_at.isoformat())
    assert len([letter for letter in box.to("dana@home.example") if "moment" in letter["Subject"]]) == 1
    dana.page.goto(box.link("dana@home.example", "r"))
    dana.shows("3-report-from-the-mail")
    assert PainReport.objects.count() == 0, "to look is not to answer"
    _reports(dana.page, before=4, after=7)
    expect(dana.page.get_by_role("main")).to_contain_text("from 4 to 7")
    dana.shows("4-advice")
    dana.page.goto(f"{live_server.url}/portal/")
    dana.shows("5-held")

    assert Prescription.objects.get().state == "held"
    alice.page.goto(f"{live_server.url}/admin/")
    expect(alice.page.get_by_text("Pain went from 4 to 7 with one session.")).to_be_visible()
    alice.shows("6-worklist-with-the-flag")
    alice.page.get_by_role("button", name="Acknowledge").click()
    alice.page.get_by_text("Resolve", exact=True).first.click()
    alice.page.get_by_label("yes, it was real").check()
    alice.page.get_by_label("What you found or did").fill("Called her: knees softly bent from now on.")
    alice.shows("7-resolve")
    alice.page.get_by_role("button", name="Resolve").click()
    expect(alice.page.get_by_text("Pain went from 4 to 7 with one session.")).to_have_count(0)
    alice.shows("8-worklist-after")
    alice.page.get_by_role("link", name="Dana Whitfield").click()
    alice.shows("9-client")

    assert Flag.objects.get().state == "resolved"
    assert Client.objects.get().state == "joined"


def _signs_in(person: Person, url: str, email: str) -> None:
    from allauth.account.models import EmailAddress
    from django.contrib.auth import get_user_model

    account = get_user_model().objects.get(email=email)
    EmailAddress.objects.create(user=account, email=email, verified=True, primary=True)
    person.page.goto(f"{url}/admin/")
    person.shows("0-sign-in")
    person.page.locator("input[name=login]").fill(email)
    person.page.get_by_text("Use a password instead").click()
    person.page.get_by_label("Password", exact=False).fill(make.PASSWORD)
    person.page.get_by_role("button", name="Sign in with the password").click()
    expect(person.page.get_by_role("heading", name="Worklist")).to_be_visible()


def _invites_and_prescribes(person: Person) -> None:
    page = person.page
    page.get_by_role("link", name="Invite a client").first.click()
    page.get_by_label("Name").fill("Dana Whitfield")
    page.get_by_label("E-mail").fill("dana@home.example")
    person.shows("2-invite")
    page.get_by_role("button", name="Send the invitation").click()
    person.shows("3-client-invited")
    page.get_by_role("link", name="Prescribe").first.click()
    if page.get_by_role("link", name="Forward bend").count():
        page.get_by_role("link", name="Forward bend").first.click()
    for answer in page.get_by_role("radio", name="No", exact=True).all():
        answer.check(force=True)
    person.shows("4-prescribe")
    page.get_by_role("button", name="Look at it").last.click()
    page.get_by_role("button", name="Prescribe").click()
    person.shows("5-client-with-plan")


def _reports(page: Page, before: int, after: int) -> None:
    page.get_by_role("group", name="Did you do your exercise?").get_by_label("Yes").check(force=True)
    page.get_by_role("group", name="Pain before").get_by_role("radio", name=f"{before}").check(force=True)
    page.get_by_role("group", name="Pain after").get_by_role("radio", name=f"{after}").check(force=True)
    page.get_by_role("button", name="Save my answer").click()
