"""Before anything is stored: the client's page, the mail, the first reminders; and the way back with all as typed."""

import datetime as dt
import html
import re

import pytest

from clinic.models import AuditEntry, Client, DoseTemplate, Prescription, Reminder
from tests import make
from tests.admin.browsing import page_text, signed_in, url
from tests.admin.prescribing.form_answers import dose, hidden, screening
from tests.mail import post
from tests.portal import visit

MONDAY_NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def noon(time_machine):
    time_machine.move_to(MONDAY_NOON, tick=False)


@pytest.fixture
def dana(noon, cast):
    make.exercise()
    Client.objects.filter(pk=cast.dana.pk).update(time_zone="Europe/Madrid")
    cast.dana.refresh_from_db()
    return cast.dana


@pytest.fixture
def alice(dana, cast):
    return signed_in(cast.alice)


def look(alice, dana, **over):
    given = {**screening(), **dose(), **over, "do": "preview"}
    return alice.post(url("prescribe", dana.pk), given)


def frames(page):
    """The two framed pages, as a browser gets them."""
    return [html.unescape(one) for one in re.findall(r'srcdoc="([^"]*)"', page.content.decode())]


def main_of(page):
    """The text of what Today says, without what its scripts might."""
    return post.shown(re.search(r'<div class="intro.*?</article>', page, re.DOTALL)[0])


def test_nothing_is_stored_by_looking(alice, dana, mailoutbox):
    before = AuditEntry.objects.count()
    page = look(alice, dana, keep_as="Evenings")
    assert page.status_code == 200
    assert "Nothing is stored yet." in page_text(page)
    assert not Prescription.objects.exists()
    assert not DoseTemplate.objects.exists()
    assert not Reminder.objects.exists()
    assert AuditEntry.objects.count() == before
    assert mailoutbox == []


def test_the_page_says_what_the_real_one_says(alice, dana):
    shown = main_of(frames(look(alice, dana))[0])
    assert "Time for your exercise" in shown
    assert "Planned for today at 18:00." in shown
    alice.post(url("prescribe", dana.pk), {**screening(), **dose()})
    real = main_of(visit.signed_in(dana).get("/portal/").content.decode())
    assert shown in real


@pytest.mark.parametrize(
    ("over", "text"),
    [
        ({"days": ["thu"]}, "Next: Thursday at 18:00."),
        ({"starts_on": "2026-03-09"}, "Next: Monday 9 March at 18:00."),
    ],
)
def test_on_another_day_it_says_so_as_the_real_one(alice, dana, over, text):
    shown = main_of(frames(look(alice, dana, **over))[0])
    assert text in shown
    alice.post(url("prescribe", dana.pk), {**screening(), **dose(**over)})
    real = main_of(visit.signed_in(dana).get("/portal/").content.decode())
    assert shown in real


def test_a_plan_whose_last_day_has_passed_is_refused_with_the_remedy(alice, dana):
    page = look(alice, dana, starts_on="2026-01-05", ends_on="2026-03-01")
    assert page.context["form"].errors == {
        "ends_on": ["That day has passed for Dana. Choose a later one, or leave it empty."]
    }
    assert look(alice, dana, ends_on="2026-03-02").context.get("form") is None, "today is not over"


def test_a_first_day_that_has_passed_is_pointed_out(alice, dana):
    text = "It begins on 1 March 2026, a day that has passed."
    assert text in page_text(look(alice, dana, starts_on="2026-03-01"))
    assert "a day that has passed" not in page_text(look(alice, dana, starts_on="2026-03-02"))


def test_the_mail_is_the_one_that_goes_out(alice, dana):
    shown = post.shown(frames(look(alice, dana, times=["19:30"]))[1])
    assert "Hello Dana," in shown
    assert "19:30 is your time today." in shown


def test_nothing_in_the_frames_leads_anywhere_or_runs(alice, dana):
    page = look(alice, dana)
    assert page.content.decode().count('sandbox=""') == 2
    for framed in frames(page):
        assert "<script" not in framed
        assert re.findall(r"<a\b[^>]*\shref=", framed) == []
        assert "manifest" not in framed


def test_it_is_in_the_clients_language_and_the_look_in_the_practitioners(alice, dana):
    Client.objects.filter(pk=dana.pk).update(language="es")
    page = look(alice, dana)
    assert '<html lang="es"' in frames(page)[0]
    assert "What Dana sees today" in page_text(page)


def test_the_first_reminders_are_told_in_the_clients_zone(alice, dana):
    text = page_text(look(alice, dana))
    first = "Mon 2 Mar, 18:00 · Wed 4 Mar, 18:00 · Mon 9 Mar, 18:00 · Wed 11 Mar, 18:00 (Europe/Madrid)"
    assert f"First reminders {first}" in text


def test_a_time_in_quiet_hours_brings_no_reminder(alice, dana):
    Client.objects.filter(pk=dana.pk).update(quiet_from=dt.time(17), quiet_until=dt.time(20))
    assert "No time of this plan is left" in page_text(look(alice, dana))


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({"reminders_wanted": False}, "Dana wants no reminders."),
        ({"undeliverable_since": MONDAY_NOON}, "Mail to Dana comes back, so none is sent."),
        ({"state": "invited"}, "Dana has not joined yet. Reminders begin then."),
    ],
)
def test_whom_no_reminder_reaches_is_said(alice, dana, state, text):
    Client.objects.filter(pk=dana.pk).update(**state)
    assert text in page_text(look(alice, dana))


def test_overrides_and_an_early_time_stand_there_once_more(alice, dana):
    yes = {"answer_glaucoma": "yes", "reason_glaucoma": "Her eye doctor agrees."}
    text = page_text(look(alice, dana, **yes, times=["08:00"], mornings_allowed="on"))
    assert "Do you have high pressure in your eyes (glaucoma)? Yes. Her eye doctor agrees." in text
    assert "08:00 is within two hours after Dana gets up (07:00). You said that it is meant." in text


def test_what_is_wrong_is_said_before_the_look(alice, dana):
    page = look(alice, dana, answer_glaucoma="yes")
    assert set(page.context["form"].errors) == {"reason_glaucoma"}


def test_back_finds_all_that_was_typed_and_complains_of_nothing(alice, dana):
    yes = {"answer_glaucoma": "yes", "reason_glaucoma": "Agreed “twice”."}
    typed = {**yes, "ends_on": "2026-04-01", "times": ["08:00", "18:00"], "mornings_allowed": "on", "keep_as": "Twice"}
    sent = hidden(look(alice, dana, **typed))
    page = alice.post(url("prescribe", dana.pk), {**sent, "do": "back"})
    form = page.context["form"]
    assert not form.is_bound
    values = {name: form[name].value() for name in form.fields}
    assert values["reason_glaucoma"] == "Agreed “twice”."
    assert (values["times"], values["days"], values["variation"]) == (["08:00", "18:00"], ["mon", "wed"], "chair")
    assert (values["sets"], values["ends_on"], values["keep_as"]) == ("2", "2026-04-01", "Twice")
    assert values["mornings_allowed"]
    assert page.content.decode().count('value="no" id') >= 1
    assert not Prescription.objects.exists()


def test_prescribe_stores_what_was_looked_at(alice, dana):
    sent = hidden(look(alice, dana, keep_as="Evenings"))
    alice.post(url("prescribe", dana.pk), sent)
    stored = Prescription.objects.get().dose
    assert (stored.days, stored.times, stored.sets, stored.variation) == ("mon,wed", "18:00", 2, "chair")
    assert DoseTemplate.objects.get().name == "Evenings"


def test_what_is_sent_with_the_look_is_judged_again(alice, dana):
    sent = hidden(look(alice, dana))
    del sent["answer_osteoporosis"]
    page = alice.post(url("prescribe", dana.pk), sent)
    assert set(page.context["form"].errors) == {"answer_osteoporosis"}
    assert not Prescription.objects.exists()


def test_a_name_cannot_break_out_of_the_frame(alice, dana):
    Client.objects.filter(pk=dana.pk).update(name='"><script>alert(1)</script>')
    assert "<script>alert" not in look(alice, dana).content.decode()
