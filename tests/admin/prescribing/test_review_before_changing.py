"""Before a dose is changed: what the client will read, on the page and by mail, in the look that prescribing has."""

import datetime as dt
import html
import re

import pytest

from clinic.models import AuditEntry, Client
from clinic.prescriptions import prescribing
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url
from tests.admin.prescribing.form_answers import hidden
from tests.mail import post
from tests.portal import visit

NOON = dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC)  # a Friday
DAY = dt.timedelta(days=1)


@pytest.fixture
def plan(cast, time_machine):
    time_machine.move_to(NOON, tick=False)
    return make.prescription(cast.dana, now=NOON - 30 * DAY)


@pytest.fixture
def alice(plan, cast):
    return signed_in(cast.alice)


def typed(plan, **over):
    version = plan.dose
    given = {
        "starts_on": version.starts_on.isoformat(),
        "days": version.day_names,
        "times": ["08:30", "19:30"],
        "sets": "2",
        "hold_seconds": "30",
        "mornings_allowed": "on",
    }
    return {**given, "reason": "More, as it goes well.", "replaces": str(version.number), **over}


def look(alice, plan, **over):
    return alice.post(url("amend", plan.pk), {**typed(plan, **over), "do": "preview"})


def frames(page):
    return [html.unescape(one) for one in re.findall(r'srcdoc="([^"]*)"', page.content.decode())]


def news_of(page):
    return post.shown(re.search(r'<section class="card quiet plan-news".*?</section>', page, re.DOTALL)[0])


def test_nothing_is_stored_by_looking(alice, plan, mailoutbox):
    before = AuditEntry.objects.count()
    assert "Nothing is stored yet. This is what happens when you change it." in page_text(look(alice, plan))
    assert plan.versions.count() == 1
    assert AuditEntry.objects.count() == before
    assert mailoutbox == []


def test_what_changed_is_told_in_the_clients_words(alice, plan):
    expected = "Dana reads for a week: 2 times a day instead of 1: at 08:30 and 19:30. 2 rounds instead of 1."
    assert expected in page_text(look(alice, plan))


def test_the_clients_page_says_what_the_real_one_will(alice, plan, cast):
    page = look(alice, plan)
    shown = frames(page)[0]
    assert "Planned for today at 08:30, 19:30." in post.shown(shown)
    alice.post(url("amend", plan.pk), hidden(page))
    real = visit.signed_in(cast.dana).get("/portal/").content.decode()
    assert news_of(shown) == news_of(real)
    assert "Planned for today at 08:30, 19:30." in post.shown(real)


def test_two_changes_within_a_week_are_told_as_one_from_what_was_before(alice, plan, cast):
    prescribing.amend_prescription(plan, make.dose(sets=3), by=cast.bob, reason="x", now=NOON - 2 * DAY)
    assert "2 rounds instead of 1." in page_text(look(alice, plan))


def test_the_mail_bears_the_line_that_the_next_one_will(alice, plan):
    assert "Your plan has changed since the last reminder." in post.shown(frames(look(alice, plan))[1])


def test_the_client_is_never_shown_the_reason(alice, plan):
    page = look(alice, plan)
    assert "More, as it goes well. (for the record alone)" in page_text(page)
    assert not any("goes well" in framed for framed in frames(page))


def test_of_a_held_plan_the_page_stays_paused_and_no_reminder_comes(alice, plan, cast):
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="Wait.")
    page = look(alice, plan)
    assert "It is held. Reminders go on when you resume it." in page_text(page)
    assert "Your exercise is paused" in post.shown(frames(page)[0])


def test_times_the_client_wants_no_reminder_of_are_left_out_of_the_next_ones(alice, plan):
    Client.objects.filter(pk=plan.client_id).update(quiet_from=dt.time(8), quiet_until=dt.time(10))
    assert "Next reminders Fri 20 Mar, 19:30 · Sat 21 Mar, 19:30" in page_text(look(alice, plan))


def test_what_is_wrong_is_said_before_the_look(alice, plan):
    page = look(alice, plan, reason=" ", times=["08:30"], mornings_allowed="", sets="two")
    assert set(page.context["form"].errors) == {"reason", "mornings_allowed", "sets"}, "all at once"


def test_back_finds_all_that_was_typed_and_complains_of_nothing(alice, plan):
    page = alice.post(url("amend", plan.pk), {**hidden(look(alice, plan)), "do": "back"})
    form = page.context["form"]
    assert not form.is_bound
    assert form["times"].value() == ["08:30", "19:30"]
    assert (form["sets"].value(), form["reason"].value()) == ("2", "More, as it goes well.")
    assert plan.versions.count() == 1


def test_the_button_of_the_look_stores_what_was_looked_at(alice, plan):
    page = alice.post(url("amend", plan.pk), hidden(look(alice, plan)), follow=True)
    assert flash_messages(page)[0] == "The dose is changed. The reminders follow it from now on."
    assert (plan.dose.times, plan.dose.sets, plan.dose.reason) == ("08:30,19:30", 2, "More, as it goes well.")


def test_one_press_still_saves_without_a_look(alice, plan):
    alice.post(url("amend", plan.pk), typed(plan))
    assert plan.dose.number == 2


def test_the_form_says_which_exercise_and_what_is_in_force(alice, plan):
    shown = page_text(alice.get(url("amend", plan.pk)))
    assert "Forward bend, as it is now When Every day at 18:00. How much Once. Hold for 30 seconds." in shown
