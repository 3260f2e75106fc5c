"""A practitioner's working day: from the mail to the client who got worse, and three new ones brought in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.core import mail
from django.core.cache import cache
from django.utils.translation import override
from playwright.sync_api import Locator, expect

from clinic.mail.outbox import send_due
from clinic.models import Client, Flag, Notice, Practitioner, Prescription
from config.accounts.adapter import verify_email
from tests import make
from tests.admin import flagged_clients
from tests.portal.visit import url
from tests.walks.walker import Walker

NOTE = "We talked."
LONGER, SHORTER = 30, 10  # seconds
TABLE = "Name,E-mail\nFrida,{frida}\nGael,gael@home.example\nIker,iker@home.example\n"
FRESH = ("Frida", "Gael", "Iker")


@dataclass(frozen=True)
class Practice:
    alice: Practitioner
    dana: Client  # got worse in the last days
    plan: Prescription  # dana's
    flag: Flag  # on it


def opened(language: str) -> Practice:
    """Alice's clinic in the morning: Dana needs a look, Erin does not."""
    cache.clear()  # the limits on signing in; no test of a real server rolls them back
    alice = make.practitioner(make.clinic(language=language))
    verify_email(alice.user)
    dana, erin = (make.client(alice, name, language=language) for name in ("Dana", "Erin"))
    flagged_clients.rising(plan := flagged_clients.plan(dana), days=4)
    flagged_clients.calm(flagged_clients.plan(erin), 12, 1)
    mail.outbox.clear()
    return Practice(alice, dana, plan, Flag.objects.get())


# --- The client who got worse


def come_by_the_mail(walk: Walker, day: Practice) -> None:
    send_due(Notice)
    (values,) = mail.outbox
    assert not re.search(r"Dana|pain|dolor|bend|inclin", f"{values.subject} {values.body}", re.IGNORECASE)
    walk.page.goto(re.search(r"^http\S+", values.body, re.MULTILINE)[0])
    walk.unfold("Use a password instead")
    walk.fill("login", day.alice.email)
    walk.fill("password", make.PASSWORD)
    walk.press("Sign in with the password")
    walk.look("worklist", "Worklist")
    expect(_row(walk, day.dana)).to_have_class(re.compile("pl-needs-attention"))
    expect(_row(walk, day.dana)).to_contain_text(day.flag.reason)


def look_at_the_client(walk: Walker, day: Practice) -> None:
    _row(walk, day.dana).get_by_role("link", name="Dana").click()
    walk.page.wait_for_url(f"**/clients/{day.dana.pk}/")
    expect(walk.page.locator("svg.pain-chart:visible")).to_have_count(1)
    expect(walk.page.locator(f"#flag-{day.flag.pk}")).to_contain_text(day.flag.reason)
    walk.look("client")


def lower_the_dose(walk: Walker, day: Practice) -> None:
    walk.follow("Change dose")
    walk.look("amend", "Change the dose")
    walk.fill("hold_seconds", str(SHORTER))
    walk.press("Change the dose")
    walk.says("Say in a few words why.")
    walk.look("amend without a reason", "Change the dose")
    walk.fill("reason", NOTE)
    walk.press("Change the dose")
    walk.says("The dose is changed. The reminders follow it from now on.")
    walk.look("client with the new dose")
    assert day.plan.versions.latest("number").hold_seconds == SHORTER


def resolve_the_flag(walk: Walker, day: Practice) -> None:
    walk.follow("Worklist")
    row = _row(walk, day.dana)
    row.locator("summary", has_text=walk.word("Resolve")).click()
    row.locator("label:has([value=real])").click()
    row.locator("[name=note]").fill(NOTE)
    walk.look("worklist resolving", "Worklist")
    row.get_by_role("button", name=walk.word("Resolve")).click()
    walk.says("%(name)s: resolved.", name="Dana")
    walk.says("Nobody needs a look now")
    expect(row).not_to_have_class(re.compile("pl-needs-attention"))
    walk.look("worklist at rest", "Worklist")


def read_what_was_done(walk: Walker, day: Practice) -> None:
    _row(walk, day.dana).get_by_role("link", name="Dana").click()
    deeds = walk.page.locator(".pl-timeline li").filter(has_text=re.compile(f"Alice.*{NOTE}", re.DOTALL))
    expect(deeds).to_have_count(2)
    expect(deeds.first).to_contain_text(walk.word("resolved flag %(number)s", number=1))
    expect(deeds.last).to_contain_text(walk.word("hold %(seconds)s s", seconds=SHORTER))
    walk.glance("client resolved")


def read_it_as_the_client(walk: Walker, day: Practice) -> None:
    walk.sign_in(day.dana)
    walk.open(url("today"))
    walk.says("Your plan changed")
    lengths = (walk.count("%(count)s second", "%(count)s seconds", long, count=long) for long in (SHORTER, LONGER))
    walk.says("Hold for %(new)s instead of %(old)s.", **dict(zip(("new", "old"), lengths, strict=True)))
    walk.look("today of the client")
    walk.sign_in(day.alice.user)


# --- New clients


def invite_one(walk: Walker, day: Practice) -> None:
    walk.open("/admin/")
    _to_room(walk, "Clients")
    walk.follow("Invite a client")
    walk.look("invite", "Invite")
    walk.press("Send the invitation")
    walk.says("Write the client's name.")
    walk.fill("name", "Hugo")
    walk.fill("email", day.dana.email)
    walk.press("Send the invitation")
    walk.look("invite somebody who is here", "Invite")
    assert walk.page.locator("main [name=name]").input_value() == "Hugo"
    walk.fill("email", "hugo@home.example")
    walk.press("Send the invitation")
    walk.says("The invitation to %(name)s is on its way.", name="Hugo")
    walk.look("client invited")
    walk.follow("Invite another")


def bring_a_table(walk: Walker, day: Practice) -> None:
    before = Client.objects.count()
    walk.follow("Import clients")
    walk.look("import", "Import clients")
    file = {"name": "clients.csv", "mimeType": "text/csv", "buffer": TABLE.format(frida="frida at home").encode()}
    walk.page.locator("main [name=file]").set_input_files([file])
    walk.press("Look what would happen")
    walk.look("import a row to mend", "Look before you invite")
    errors = walk.page.locator("tbody tr").first
    expect(errors.locator("td").first).to_have_text("2")
    expect(errors.locator(".pl-error")).to_contain_text(f"{walk.word('E-mail')}:")
    assert Client.objects.count() == before
    walk.follow("Another table")
    walk.fill("text", TABLE.format(frida="frida@home.example"))
    walk.press("Look what would happen")
    walk.look("import mended", "Look before you invite")
    walk.named("button", walk.count("Invite %(all)s client", "Invite all %(all)s clients", 3, all=3)).click()
    values = walk.count("%(count)s invitation is on its way.", "%(count)s invitations are on their way.", 3, count=3)
    expect(walk.page.get_by_role("main")).to_contain_text(values)
    walk.look("invitations out", "Invite")


def prescribe_for_three(walk: Walker, day: Practice) -> None:
    walk.follow("Prescribe for them now")
    for_three = walk.count("Prescribe for %(count)s client", "Prescribe for %(count)s clients", 3, count=3)
    walk.look("several", for_three)
    walk.press("Look at it")
    walk.look("several nothing answered", for_three)
    for no in walk.page.locator(".pl-question label:has([value=no])").all():
        no.click()
    walk.press("Look at it")
    walk.says("Nothing is stored yet. This is what happens when you prescribe it.")
    walk.look("several before it is done", for_three)
    walk.named("button", for_three).click()
    with override(walk.language):
        exercise = day.plan.exercise.name
    walk.says("%(exercise)s is prescribed for %(names)s.", exercise=exercise, names=", ".join(FRESH))
    walk.look("clients", "Clients")
    for name in FRESH:
        expect(walk.page.locator("tbody tr", has=walk.page.get_by_role("link", name=name, exact=True))).to_have_count(1)
    plans = Prescription.objects.filter(client__name__in=FRESH)
    assert sorted(plan.client.name for plan in plans) == list(FRESH)
    assert all(plan.schedules.exists() and plan.client.invitations.count() == 1 for plan in plans)


def _row(walk: Walker, of: Client) -> Locator:
    return walk.page.locator(f"#client-{of.pk}")


def _to_room(walk: Walker, english: str) -> None:
    """By the navigation, which a phone keeps behind its button."""
    if walk.around.screen == "phone":
        walk.page.locator(".pl-header .pl-menu:visible").click()
    walk.page.locator("#nav-sidebar-inner").get_by_role("link", name=walk.word(english)).click()
