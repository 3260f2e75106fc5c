"""Acknowledge and resolve, from the worklist or the client's page."""

import pytest

from clinic.models import Flag, FlagEvent, Prescription
from tests import make
from tests.admin.browsing import flash_messages, page_text, signed_in, url


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


@pytest.fixture
def flag(cast):
    """Pain went from 4 to 8: the exercise is held."""
    return make.report(make.prescription(cast.dana), 4, 8).flags[0]


def state(flag):
    flag.refresh_from_db()
    return flag.state


def test_acknowledge_is_one_press_and_the_list_says_so(alice, flag):
    page = alice.post(url("acknowledge", flag.pk), follow=True)
    assert state(flag) == Flag.State.ACKNOWLEDGED
    assert flash_messages(page) == ["Dana: acknowledged."]
    assert url("acknowledge", flag.pk) not in page.content.decode()
    assert "acknowledged" in page_text(page)


def test_a_second_press_is_told_kindly_and_writes_nothing(alice, flag):
    alice.post(url("acknowledge", flag.pk))
    page = alice.post(url("acknowledge", flag.pk), follow=True)
    assert flash_messages(page)[-1] == "Dana: nothing to do, this is acknowledged already."
    assert flag.events.filter(verb=FlagEvent.Verb.ACKNOWLEDGED).count() == 1


def test_resolve_keeps_the_note_and_who_wrote_it(cast, alice, flag):
    page = alice.post(url("resolve", flag.pk), {"verdict": "real", "note": "Called her; smaller bend."}, follow=True)
    assert flash_messages(page) == ["Dana: resolved."]
    event = flag.events.get(verb=FlagEvent.Verb.RESOLVED)
    assert (state(flag), event.note, event.by) == ("resolved", "Called her; smaller bend.", cast.alice.user)
    assert Prescription.objects.get().state == Prescription.State.HELD


@pytest.mark.parametrize("note", [None, "", "   \n "])
def test_resolve_without_a_note_shows_the_error_and_keeps_the_flag(alice, flag, note):
    given = {"verdict": "real"} | ({} if note is None else {"note": note})
    page = alice.post(url("resolve", flag.pk), given)
    assert page.status_code == 200
    assert page.context["form"].errors == {"note": ["Write in a few words what you found or did."]}
    assert "Write in a few words what you found or did." in page_text(page)
    assert state(flag) == Flag.State.OPEN


@pytest.mark.parametrize("verdict", [None, "", "perhaps"])
def test_resolve_asks_whether_it_was_real_and_takes_only_yes_no_or_unclear(alice, flag, verdict):
    given = {"note": "Called her."} | ({} if verdict is None else {"verdict": verdict})
    page = alice.post(url("resolve", flag.pk), given)
    assert list(page.context["form"].errors) == ["verdict"]
    assert state(flag) == Flag.State.OPEN
    if not verdict:
        assert "Say whether it was real: yes, no or unclear." in page_text(page)
    assert "Called her." in page.content.decode()


def test_nothing_is_chosen_beforehand(alice, flag):
    page = alice.get(url("resolve", flag.pk)).content.decode()
    assert page.count('name="verdict"') == 3
    assert "checked" not in page.split("<main", 1)[1]


def test_what_was_found_is_kept_and_told(cast, alice, flag):
    alice.post(url("resolve", flag.pk), {"verdict": "false", "note": "She had mixed up the numbers."})
    flag.refresh_from_db()
    assert flag.verdict == Flag.Verdict.FALSE
    page = page_text(alice.get(url("client", cast.dana.pk)))
    assert "resolved by Alice: She had mixed up the numbers. Was it real? No, a false alarm." in page


def test_a_note_of_ten_thousand_characters_is_refused_whole(alice, flag):
    page = alice.post(url("resolve", flag.pk), {"verdict": "real", "note": "x" * 10_000})
    assert list(page.context["form"].errors) == ["note"]
    assert state(flag) == Flag.State.OPEN


def test_a_held_exercise_goes_on_when_that_is_ticked(alice, flag):
    alice.post(url("resolve", flag.pk), {"verdict": "real", "note": "Called her.", "resume": "on"})
    prescription = Prescription.objects.get()
    assert prescription.state == Prescription.State.ACTIVE
    assert prescription.changes.last().reason == "Called her."


def test_without_a_note_nothing_goes_on_either(alice, flag):
    alice.post(url("resolve", flag.pk), {"verdict": "real", "note": "", "resume": "on"})
    assert Prescription.objects.get().state == Prescription.State.HELD


def test_the_tick_is_offered_only_while_the_exercise_is_held(alice, flag):
    assert 'name="resume"' in alice.get(url("resolve", flag.pk)).content.decode()
    Prescription.objects.update(state=Prescription.State.ACTIVE)
    assert 'name="resume"' not in alice.get(url("resolve", flag.pk)).content.decode()


def test_resolving_again_is_told_kindly_and_keeps_the_first_note(alice, flag):
    alice.post(url("resolve", flag.pk), {"verdict": "real", "note": "First."})
    page = alice.post(url("resolve", flag.pk), {"verdict": "real", "note": "First.", "resume": "on"}, follow=True)
    assert flash_messages(page)[-1] == "Dana: nothing to do, this is resolved already."
    alice.post(url("resolve", flag.pk), {"verdict": "real", "note": "Second.", "resume": "on"})
    assert [event.note for event in flag.events.filter(verb=FlagEvent.Verb.RESOLVED)] == ["First."]
    assert Prescription.objects.get().state == Prescription.State.HELD


def test_an_act_leads_back_to_where_it_was_done(alice, flag):
    place = url("index") + "?kind=exercise_hurts"
    assert alice.post(url("acknowledge", flag.pk), {"next": place}).url == place
    assert alice.post(url("resolve", flag.pk), {"verdict": "real", "note": "Called.", "next": place}).url == place


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_an_act_never_leads_to_another_site(alice, flag, elsewhere):
    assert alice.post(url("acknowledge", flag.pk), {"next": elsewhere}).url == url("index")
    assert "evil" not in alice.post(url("resolve", flag.pk), {"next": elsewhere}).content.decode()


def test_looking_changes_nothing(alice, flag):
    assert alice.get(url("acknowledge", flag.pk)).status_code == 405
    assert alice.get(url("resolve", flag.pk)).status_code == 200
    assert state(flag) == Flag.State.OPEN
