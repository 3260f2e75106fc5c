"""A new clinic's first page says what to do first, ticks what is done, and goes when it is over or put away."""

import pytest

from clinic.models import Clinic, Practitioner, Reminder
from clinic.practice import settings as practice_settings
from clinic.practice.onboarding import get_onboarding_progress
from clinic.reminders import planning
from tests import make
from tests.admin.browsing import page_text, signed_in, url

Role = Practitioner.Role


@pytest.fixture
def here(db):
    return make.clinic("Bank Street")


@pytest.fixture
def olga(here):
    return make.practitioner(here, "Olga", Role.OWNER)


def steps(person):
    page = signed_in(person).get(url("index"))
    return page.context.get("onboarding"), page


def ticks(person):
    shown, _page = steps(person)
    return {step.title: step.done for step in shown.steps}


def test_the_owner_sees_the_whole_way(olga):
    shown, page = steps(olga)
    assert [step.done for step in shown.steps] == [False] * 6
    assert shown.current.title == "Say how to reach your clinic"
    assert f'href="{url("clinic_settings", olga.clinic_id)}"' in page.content.decode()
    assert "Start with your first client" not in page_text(page)


def test_the_ticks_fill_as_things_are_done(olga, here):
    practice_settings.change_settings(here, {"postal_line": "1 Bank Street"}, by=olga)
    assert ticks(olga)["Say how to reach your clinic"]
    make.practitioner(here, "Alice")
    assert ticks(olga)["Bring in a colleague"]
    dana = make.client(olga)
    assert steps(olga)[0].current.title == "Prescribe an exercise"
    bend = make.prescription(dana)
    assert steps(olga)[0].current.title == "The first reminder goes out"
    planning.create_due_reminders(bend.schedules.get().next_due_at)
    Reminder.objects.update(state="sent", sent_at=bend.created_at, settled_at=bend.created_at)
    assert steps(olga)[0].current.title == "The first answer comes back"
    assert steps(olga)[0].done_count == 5
    make.report(bend, 5, 3)
    assert steps(olga)[0] is None


def test_after_the_first_answer_it_costs_nothing(olga, django_assert_num_queries):
    make.report(make.prescription(make.client(olga)), 5, 3)
    clinic = Clinic.objects.get()
    assert clinic.onboarding_dismissed_at is not None
    with django_assert_num_queries(0):
        assert get_onboarding_progress(clinic) is None


def test_a_practitioner_sees_what_is_theirs_to_do(here):
    shown, page = steps(make.practitioner(here, "Alice"))
    assert shown.steps[0].title == "Invite your first client"
    assert f'href="{url("invite")}"' in page.content.decode()
    assert "Put this list away" not in page_text(page)


def test_the_front_desk_is_told_whom_to_wait_for_and_offered_no_act_of_others(here):
    shown, page = steps(make.practitioner(here, "Frank", Role.FRONT_DESK))
    assert [step.title for step in shown.steps] == [
        "A practitioner invites the first client",
        "Look who registered on your public page",
    ]
    assert url("invite") not in page.content.decode()
    assert "pain" not in page_text(page).lower()


def test_the_owner_puts_it_away_for_everybody(olga, here):
    alice = make.practitioner(here, "Alice")
    browser = signed_in(olga)
    address = url("dismiss_onboarding", here.pk)
    assert browser.get(address).status_code == 405
    assert browser.post(address)["Location"] == url("index")
    assert steps(olga)[0] is steps(alice)[0] is None
    assert "Start with your first client" in page_text(steps(alice)[1])


def test_another_clinics_clients_tick_nothing(olga, cast):
    assert not any(ticks(olga).values())


def test_who_works_at_two_clinics_sees_the_one_that_begins(olga, here):
    make.report(make.prescription(make.client(olga)), 5, 3)
    there = make.clinic("Lakeside")
    Practitioner.objects.create(user=olga.user, clinic=there, name="Olga", role=Role.OWNER)
    _shown, page = steps(olga)
    assert "First steps at Lakeside" in page_text(page)


@pytest.mark.parametrize(
    ("name", "message", "act"),
    [("clients", "No clients yet", "invite"), ("exercises", "No exercises yet", "exercise_add"),
     ("flag_statistics", "No flag in this time", "index")],
)  # fmt: skip
def test_an_empty_page_says_what_will_be_there_and_the_one_thing_to_do(here, name, message, act):
    page = signed_in(make.practitioner(here, "Alice")).get(url(name))
    assert message in page_text(page)
    assert f'href="{url(act)}"' in page.content.decode().split("pl-empty")[1]
    assert "<table" not in page.content.decode()


def test_nobody_registered_yet_leads_to_the_public_page(here):
    page = signed_in(make.practitioner(here, "Alice")).get(url("registrants"))
    assert "Nobody waits" in page_text(page)
    assert "Show the public page" in page_text(page)
