"""Change the dose, hold, resume, end: each with its reason."""

import datetime as dt

import pytest

from clinic.models import Prescription
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url

State = Prescription.State


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def prescription(cast):
    return make.prescription(cast.dana, sets=2)


def dose(**over):
    given = {"starts_on": "2026-03-02", "days": ["mon"], "times": ["19:30"], "sets": "1", "hold_seconds": "20"}
    return {**given, "reason": "Too much at once.", **over}


def state(prescription):
    prescription.refresh_from_db()
    return prescription.state


def test_the_form_holds_the_dose_in_force(alice, prescription):
    page = alice.get(url("amend", prescription.pk)).content.decode()
    assert 'name="times" value="18:00"' in page
    assert 'name="sets" value="2"' in page
    assert page.count("checked") == 8  # seven days and the variation


def test_a_new_dose_is_a_new_version_with_its_reason(cast, alice, prescription):
    page = alice.post(url("amend", prescription.pk), dose(), follow=True)
    assert flash_messages(page) == [
        "The dose is changed. The reminders follow it from now on.",
        "Dana reads for a week: Monday instead of every day. At 19:30 instead of 18:00. 1 round instead of 2. "
        "Hold for 20 seconds instead of 30 seconds.",
    ]
    new = prescription.dose
    assert (new.number, new.times, new.sets, new.by, new.reason) == (2, "19:30", 1, cast.alice, "Too much at once.")
    shown = page_text(page)
    assert "Mon at 19:30 · 1 set · hold 20 s · from 2 Mar 2026, no end" in shown
    assert "Doses before" in shown
    assert "Every day at 18:00 · 2 sets" in shown


def test_all_that_is_wrong_is_told_at_once(alice, prescription):
    invalid = {"sets": "many", "hold_seconds": "9999", "times": ["noon"], "starts_on": "31.2.", "reason": ""}
    page = alice.post(url("amend", prescription.pk), dose(**invalid))
    assert set(page.context["form"].errors) == set(invalid)
    expected = page_text(page)
    for remedy in ("from 1 to 20", "from 1 to 600", "Write it as 18:00", "such as 2026-03-31", "in a few words why"):
        assert remedy in expected
    assert prescription.versions.count() == 1


@pytest.mark.parametrize("name", ["amend", "hold"])
def test_who_came_from_the_worklist_goes_back_to_the_row(alice, cast, prescription, name):
    """Also after a form that was sent back with something to put right."""
    row = f"{url('index')}?q=da#client-{cast.dana.pk}"
    address = url(name, prescription.pk)
    sent_back = alice.post(address, dose(reason="", next=row))
    assert sent_back.context["return_url"] == row
    assert f'href="{row}">Cancel' in sent_back.content.decode()
    assert alice.post(address, dose(next=row)).url == row


def test_the_worklist_says_where_to_come_back_to(alice, cast, prescription):
    back = f"?next=%2Fadmin%2F%3Fq%3DDana%23client-{cast.dana.pk}"
    assert url("amend", prescription.pk) + back in alice.get(url("index"), {"q": "Dana"}).content.decode()
    assert alice.get(url("amend", prescription.pk) + back).context["return_url"].startswith("/admin/?q=Dana#")


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_the_way_back_never_leads_to_another_site(alice, cast, prescription, elsewhere):
    home = url("client", cast.dana.pk)
    assert alice.get(url("amend", prescription.pk), {"next": elsewhere}).context["return_url"] == home
    assert alice.post(url("amend", prescription.pk), dose(next=elsewhere)).url == home


@pytest.mark.parametrize(
    ("field", "value", "remedy"),
    [
        ("reason", " ", "Say in a few words why."),
        ("reason", "x" * 10_000, "at most 500 characters"),
        ("days", [], "Choose at least one day."),
        ("times", [], "Give at least one time, such as 18:00."),
        ("times", ["25:00"], "Write it as 18:00."),
        ("times", ["x" * 10_000], "Write it as 18:00."),
        ("times", [f"{hour:02d}:{half}" for hour in range(9, 24) for half in ("00", "30")], "at most 20 times a day"),
        ("starts_on", "", "Write a day such as 2026-03-31."),
        ("ends_on", "x" * 10_000, "Write a day such as 2026-03-31."),
        ("ends_on", "2026-03-01", "The end is before the start."),
        ("ends_on", "2026-03-03", "That day has passed for Dana. Choose a later one, or leave it empty."),
        ("sets", "two", "Write a whole number from 1 to 20."),
        ("sets", "21", "20"),
        ("hold_seconds", "", "Write a whole number from 1 to 600."),
        ("hold_seconds", "9" * 10_000, "600"),
        ("variation", "somersault", "somersault"),
    ],
)
@pytest.mark.parametrize("do", ["", "preview"])
def test_a_wrong_dose_changes_nothing_and_its_field_says_the_remedy(
    time_machine, cast, prescription, field, value, remedy, do
):
    time_machine.move_to(dt.datetime(2026, 3, 20, 12, tzinfo=dt.UTC), tick=False)
    alice = signed_in(cast.alice)
    page = alice.post(url("amend", prescription.pk), dose(**{field: value, "do": do}))
    errors = page.context["form"].errors
    assert list(errors) == [field]
    assert remedy in " ".join(errors[field])
    assert f'href="#id_{field}_error"' in page.content.decode(), "the top leads there"
    assert prescription.versions.count() == 1


def test_an_ended_exercise_takes_no_new_dose_and_says_so_at_the_top(alice, prescription):
    alice.post(url("end", prescription.pk), {"reason": "Done."})
    page = alice.post(url("amend", prescription.pk), dose())
    assert page.context["form"].non_field_errors() == ["This exercise has ended. Prescribe it anew."]
    assert "This exercise has ended. Prescribe it anew." in page_text(page)
    assert prescription.versions.count() == 1


def test_hold_resume_and_end_each_keep_their_reason(cast, alice, prescription):
    for act, then in (("hold", State.HELD), ("resume", State.ACTIVE), ("end", State.ENDED)):
        page = alice.post(url(act, prescription.pk), {"reason": f"Because of {act}."}, follow=True)
        assert page.redirect_chain == [(url("client", cast.dana.pk), 302)]
        assert state(prescription) == then
    kept = [(change.new, change.reason, change.by) for change in prescription.changes.all()]
    assert kept == [
        ("held", "Because of hold.", cast.alice.user),
        ("active", "Because of resume.", cast.alice.user),
        ("ended", "Because of end.", cast.alice.user),
    ]


def test_the_page_says_since_when_and_why(alice, prescription):
    page = alice.post(url("hold", prescription.pk), {"reason": "Waiting for the scan."}, follow=True)
    assert flash_messages(page) == ["The exercise is held. Its reminders stop."]
    assert ": Waiting for the scan." in page_text(page)
    assert "Next reminder: none while it is held." in page_text(page)


@pytest.mark.parametrize("act", ["hold", "end"])
@pytest.mark.parametrize(("reason", "words_of"), [("", "Say in a few words why."), ("x" * 501, "at most 500")])
def test_without_a_fitting_reason_nothing_changes(alice, prescription, act, reason, words_of):
    page = alice.post(url(act, prescription.pk), {"reason": reason})
    assert page.status_code == 200
    assert words_of in page_text(page)
    assert state(prescription) == State.ACTIVE


@pytest.mark.parametrize(("act", "expected"), [("hold", "Only an active exercise can be held."), ("end", "has ended.")])
def test_a_second_press_is_told_kindly(alice, prescription, act, expected):
    alice.post(url(act, prescription.pk), {"reason": "First."})
    page = alice.post(url(act, prescription.pk), {"reason": "Second."}, follow=True)
    assert expected in flash_messages(page)[-1]
    assert prescription.changes.count() == 1


def test_what_is_not_held_cannot_be_resumed(alice, prescription):
    page = alice.post(url("resume", prescription.pk), {"reason": "Go on."}, follow=True)
    assert "Only a held exercise can be resumed." in flash_messages(page)[0]


@pytest.mark.parametrize("act", ["hold", "resume", "end", "amend"])
def test_looking_changes_nothing(alice, prescription, act):
    assert alice.get(url(act, prescription.pk)).status_code == 200
    assert state(prescription) == State.ACTIVE
    assert prescription.versions.count() == 1


def test_what_the_client_reads_has_none_of_the_reason(cast, alice, prescription):
    page = alice.post(url("amend", prescription.pk), dose(), follow=True)
    assert "Too much at once." not in " ".join(flash_messages(page))


def test_who_changes_is_warned_of_the_morning_on_the_clients_day(alice, prescription):
    page = alice.post(url("amend", prescription.pk), dose(times=["08:00"]))
    assert set(page.context["form"].errors) == {"mornings_allowed"}
    assert "08:00 is within two hours after Dana gets up (07:00)." in page_text(page)
    assert prescription.versions.count() == 1
