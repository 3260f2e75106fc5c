"""A button pressed twice does once: each press arrives at the server, with scripts or without."""

import re

import pytest

from clinic.clients.messages import send_message
from clinic.clients.notes import add_note
from clinic.flags import lifecycle
from clinic.models import AuditEntry, Flag, Message, Note, Prescription
from tests import make
from tests.admin import flagged_clients
from tests.admin.browsing import flash_messages, page_text, signed_in, url


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


def form_key_in(page):
    """The form key that the page put into its forms."""
    return re.search(r'name="form_key" value="([0-9a-f]+)"', page.content.decode())[1]


@pytest.mark.parametrize(("page", "number"), [("client", True), ("index", False), ("message", True)])
def test_send_pressed_twice_is_one_message_and_is_told_twice(cast, alice, page, number):
    shown = alice.get(url(page, cast.dana.pk) if number else url(page))
    form = {"text": "Bend to the knee.", "form_key": form_key_in(shown)}
    for _click in range(2):
        answer = alice.post(url("message", cast.dana.pk), form, follow=True)
        assert flash_messages(answer)[-1] == "Dana: the message is sent."
    assert [row.text for row in Message.objects.all()] == ["Bend to the knee."]
    assert AuditEntry.objects.filter(verb="message_sent").count() == 1


@pytest.mark.parametrize("page", ["client", "note"])
def test_a_note_kept_twice_is_one_note(cast, alice, page):
    form = {"text": "Bends well.", "form_key": form_key_in(alice.get(url(page, cast.dana.pk)))}
    for _click in range(2):
        assert flash_messages(alice.post(url("note", cast.dana.pk), form, follow=True))[-1] == "The note is kept."
    assert Note.objects.count() == AuditEntry.objects.filter(verb="note_added").count() == 1


def test_a_correction_pressed_twice_is_one_and_another_one_is_refused(cast, alice):
    note = add_note(cast.dana, "Left knee.", by=cast.alice)
    for _click in range(2):
        answer = alice.post(url("correct_note", note.pk), {"text": "Right knee."}, follow=True)
        assert flash_messages(answer)[-1] == "The note is corrected. What it said before stays below it."
    other = alice.post(url("correct_note", note.pk), {"text": "Both knees."})
    assert "This note is corrected already. Look at the newer one first." in page_text(other)
    assert "Both knees." in other.content.decode()
    assert Note.objects.count() == 2


def test_other_words_out_of_the_same_form_are_another_message(cast, alice):
    """Somebody went back in the browser and wrote the next one."""
    form_key = form_key_in(alice.get(url("client", cast.dana.pk)))
    for text in ("First.", "Second."):
        alice.post(url("message", cast.dana.pk), {"text": text, "form_key": form_key})
    assert Message.objects.count() == 2


def test_the_same_words_on_another_day_are_another_message(cast, alice):
    for _day in range(2):
        form_key = form_key_in(alice.get(url("client", cast.dana.pk)))
        alice.post(url("message", cast.dana.pk), {"text": "See you tomorrow.", "form_key": form_key})
    assert Message.objects.count() == 2


def test_one_page_with_many_clients_writes_to_each_of_them(cast, alice):
    ada, form_key = make.client(cast.alice, "Ada"), form_key_in(alice.get(url("index")))
    for client in (cast.dana, ada):
        alice.post(url("message", client.pk), {"text": "The clinic is closed on Monday.", "form_key": form_key})
    assert Message.objects.count() == 2


def test_two_people_who_say_the_same_are_two(cast):
    both = [cast.alice, make.practitioner(cast.alice.clinic, "Olga", "owner")]
    assert len({send_message(cast.dana, "Call me.", by=by, form_key="x").pk for by in both}) == 2
    assert len({add_note(cast.dana, "Called.", by=by, form_key="x").pk for by in both}) == 2


def test_a_form_that_says_nothing_of_presses_stores_each(cast):
    assert send_message(cast.dana, "A", by=cast.alice) != send_message(cast.dana, "A", by=cast.alice)
    assert add_note(cast.dana, "A", by=cast.alice) != add_note(cast.dana, "A", by=cast.alice)


def test_what_was_refused_is_put_right_in_the_same_form(cast, alice):
    refused = alice.post(url("message", cast.dana.pk), {"text": " ", "form_key": "one"})
    assert key_in_form(refused) == "one"
    alice.post(url("message", cast.dana.pk), {"text": "Now.", "form_key": "one"})
    assert Message.objects.get().text == "Now."


def key_in_form(page):
    return re.search(r'name="form_key" value="(\w+)"', page.content.decode())[1]


@pytest.mark.parametrize(
    ("act", "form", "verb"),
    [("acknowledge", {}, "flag_acknowledged"), ("resolve", {"verdict": "real", "note": "Called."}, "flag_resolved")],
)
def test_a_flag_acknowledged_or_resolved_twice_is_so_once(cast, alice, act, form, verb):
    flagged_clients.says(flagged_clients.plan(cast.dana), 1, 3, 8)
    flag = Flag.objects.get()
    for _click in range(2):
        assert alice.post(url(act, flag.pk), form).status_code == 302
    assert AuditEntry.objects.filter(verb=verb).count() == 1


@pytest.mark.parametrize("act", ["hold", "end"])
def test_held_or_ended_twice_is_so_once(cast, alice, act):
    plan = flagged_clients.plan(cast.dana)
    for _click in range(2):
        assert alice.post(url(act, plan.pk), {"reason": "Too early."}).status_code == 302
    assert Prescription.objects.get().changes.exclude(new="active").count() == 1


def test_who_resolves_what_a_colleague_has_resolved_gets_the_words_back_to_keep(cast, alice):
    flagged_clients.says(flagged_clients.plan(cast.dana), 1, 3, 8)
    flag = Flag.objects.get()
    olga = make.practitioner(cast.alice.clinic, "Olga", "owner")
    lifecycle.resolve_flag(flag, olga.user, "She is on holiday.", verdict="unclear")
    page = alice.post(url("resolve", flag.pk), {"verdict": "real", "note": "Called her; smaller bend."})
    assert page.status_code == 409
    assert "“She is on holiday.”. What you wrote is not stored; keep it as a note." in page_text(page)
    assert "Called her; smaller bend.</textarea>" in page.content.decode()
    kept = {"text": "Called her; smaller bend.", "about": flag.prescription_id, "form_key": form_key_in(page)}
    alice.post(url("note", cast.dana.pk), kept)
    assert Note.objects.get().prescription_id == flag.prescription_id
