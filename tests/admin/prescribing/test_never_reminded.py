"""A plan of which no reminder can ever come is not kept without a word: the clinic's quiet hours take all its times."""

import datetime as dt

import pytest

from clinic.models import Client, Clinic, Prescription
from clinic.prescriptions import prescribing
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url
from tests.admin.prescribing.form_answers import dose, screening

NEVER = "No time of this plan is left: its days are over, or lie in quiet hours."


@pytest.fixture
def alice(cast):
    """At a clinic that is quiet from 17:00 to 20:00."""
    make.exercise()
    Clinic.objects.filter(pk=cast.alice.clinic_id).update(quiet_from=dt.time(17), quiet_until=dt.time(20))
    return signed_in(cast.alice)


def amended(plan, **over):
    given = {"starts_on": "2026-03-02", "days": ["mon"], "times": ["18:30"], "sets": "1", "hold_seconds": "20"}
    return {**given, "reason": "Later.", **over}


def test_it_is_said_when_it_is_prescribed(alice, cast):
    page = alice.post(url("prescribe", cast.dana.pk), {**screening(), **dose()}, follow=True)
    assert flash_messages(page) == ["Forward bend is prescribed for Dana.", NEVER]
    assert Prescription.objects.count() == 1


def test_a_time_outside_them_is_enough(alice, cast):
    given = {**screening(), **dose(times=["18:00", "20:00"])}
    page = alice.post(url("prescribe", cast.dana.pk), given, follow=True)
    assert flash_messages(page) == ["Forward bend is prescribed for Dana."]


def test_of_an_invited_client_the_look_and_the_answer_say_it_too(alice, cast):
    """Joining would not mend it."""
    finn = make.invited(cast.alice, "Finn")
    given = {**screening(), **dose()}
    assert NEVER in page_text(alice.post(url("prescribe", finn.pk), {**given, "do": "preview"}))
    assert flash_messages(alice.post(url("prescribe", finn.pk), given, follow=True))[1:] == [NEVER]


def test_of_a_held_plan_the_look_says_it_too(alice, cast):
    plan = make.prescription(cast.dana)
    prescribing.hold_prescription(plan, by=cast.alice.user, reason="Wait.")
    assert NEVER in page_text(alice.post(url("amend", plan.pk), {**amended(plan), "do": "preview"}))


def test_of_several_they_are_named(alice, cast):
    fay, gus = make.client(cast.alice, "Fay"), make.invited(cast.alice, "Gus")
    Client.objects.filter(pk=fay.pk).update(quiet_from=dt.time(22), quiet_until=dt.time(7))
    them = [cast.dana, fay, gus]
    given = dose()
    for client in them:
        given |= screening(client)
    address = f"{url('prescribe_several')}?{'&'.join(f'client={client.pk}' for client in them)}"
    page = alice.post(address, given, follow=True)
    assert flash_messages(page) == ["Forward bend is prescribed for Dana, Fay, Gus.", f"Dana, Gus: {NEVER}"]


def test_a_changed_dose_that_never_reminds_promises_no_reminder(alice, cast):
    plan = make.prescription(cast.dana)
    page = alice.post(url("amend", plan.pk), amended(plan), follow=True)
    assert flash_messages(page)[:2] == ["The dose is changed.", NEVER]
    page = alice.post(url("amend", plan.pk), amended(plan, times=["20:30"]), follow=True)
    assert flash_messages(page)[0] == "The dose is changed. The reminders follow it from now on."


def test_the_plans_card_says_why_there_is_none(alice, cast):
    make.prescription(cast.dana)
    assert "Next reminder: none, as all its times lie in quiet hours." in page_text(
        alice.get(url("client", cast.dana.pk))
    )


def test_the_card_of_a_plan_that_is_over_does_not_blame_quiet_hours(alice, cast):
    make.prescription(cast.dana, ends_on=dt.datetime.now(dt.UTC).date() - dt.timedelta(days=2))
    page = page_text(alice.get(url("client", cast.dana.pk)))
    assert "Next reminder: none." in page
    assert "all its times lie in quiet hours" not in page
