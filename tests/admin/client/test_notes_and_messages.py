"""On the client's page: notes and messages, newest first, each written where it is read."""

import re

import pytest
from django.utils import timezone

from clinic.clients import departure, messages as client_messages, notes as client_notes
from clinic.mail.outbox import send_due
from clinic.models import Client, Message, Note
from tests import make
from tests.admin import flagged_clients
from tests.admin.browsing import flash_messages, page_text, signed_in, url


@pytest.fixture
def alice(cast):
    return signed_in(cast.alice)


def shown(alice, client):
    return page_text(alice.get(url("client", client.pk)))


def test_a_note_is_written_in_place_and_shown_with_who_and_when(cast, alice):
    plan = make.prescription(cast.dana)
    back = alice.post(url("note", cast.dana.pk), {"text": "Bends <b>well</b>.", "about": plan.pk}, follow=True)
    assert back.redirect_chain[-1][0] == f"{url('client', cast.dana.pk)}#notes"
    assert flash_messages(back) == ["The note is kept."]
    assert re.search(r"Note 1 \d+ \w+ \d{4}, \d\d:\d\d , Alice, Forward bend Bends <b>well</b>\.", page_text(back))
    assert "Bends &lt;b&gt;well&lt;/b&gt;." in back.content.decode()


def test_an_empty_note_comes_back_with_what_is_missing(cast, alice):
    page = alice.post(url("note", cast.dana.pk), {"text": " "})
    assert "Write something first." in page_text(page)
    assert not Note.objects.exists()


def test_the_form_offers_only_the_clients_own_exercises(cast, alice):
    theirs = make.prescription(cast.erin)
    alice.post(url("note", cast.dana.pk), {"text": "x", "about": theirs.pk})
    assert not Note.objects.exists()


def test_a_corrected_note_stands_in_its_place_with_what_it_said_before(cast, alice):
    first = client_notes.add_note(cast.dana, "Left knee.", by=cast.alice)
    client_notes.add_note(cast.dana, "Sleeps badly.", by=cast.alice)
    assert "Left knee." in page_text(alice.get(url("correct_note", first.pk)))
    alice.post(url("correct_note", first.pk), {"text": "Right knee."})
    page = shown(alice, cast.dana)
    notes = page[page.index("A new note"):page.index("A message to Dana")]  # fmt: skip
    assert notes.index("Sleeps badly.") < notes.index("Right knee.") < notes.index("What it said before")
    assert notes.index("What it said before") < notes.index("Left knee.")
    assert re.findall(r"Note (\d) \d", notes) == ["2", "1"]


def test_notes_are_numbered_squares_on_the_chart_of_what_they_are_about(cast, alice):
    plan = flagged_clients.plan(cast.dana)
    flagged_clients.calm(plan, 9, 1)
    now = timezone.now()
    client_notes.add_note(cast.dana, "About her.", by=cast.alice, now=now - 5 * flagged_clients.DAY)
    client_notes.add_note(cast.dana, "About the bend.", by=cast.alice, about=plan, now=now - 2 * flagged_clients.DAY)
    client_notes.add_note(cast.dana, "Long ago.", by=cast.alice, now=now - 900 * flagged_clients.DAY)
    page = alice.get(url("client", cast.dana.pk)).content.decode()
    (wide,) = re.findall(r'<svg class="pain-chart chart-wide".*?</svg>', page, re.DOTALL)
    assert re.findall(r'class="chart-number-note"[^>]*>(\d)<', wide) == ["2", "3"]
    assert "Notes: 2, 3." in page


def test_a_message_is_sent_in_place_and_its_fate_is_told(cast, alice):
    back = alice.post(url("message", cast.dana.pk), {"text": "Come by on Friday."}, follow=True)
    assert back.redirect_chain[-1][0] == f"{url('client', cast.dana.pk)}#messages"
    assert flash_messages(back) == ["Dana: the message is sent."]
    assert "Come by on Friday. Not read yet · the mail: waiting" in page_text(back)
    send_due(Message)
    assert re.search(r"Not read yet · the mail: sent, \d+ \w+, \d\d:\d\d", shown(alice, cast.dana))
    client_messages.mark_read(Message.objects.get(), by=cast.dana.user)
    assert re.search(r"Come by on Friday\. Read on \d+ \w+, \d\d:\d\d · the mail: sent", shown(alice, cast.dana))


def test_the_worklist_sends_one_and_is_come_back_to(cast, alice):
    given = {"text": "Come by.", "next": url("index")}
    assert alice.post(url("message", cast.dana.pk), given)["Location"] == url("index")
    given["next"] = "https://elsewhere.example/"
    assert alice.post(url("message", cast.dana.pk), given)["Location"].startswith(url("client", cast.dana.pk))


def test_an_empty_message_comes_back_and_remembers_where_from(cast, alice):
    page = alice.post(url("message", cast.dana.pk), {"text": "", "next": url("index")})
    assert "Write something first." in page_text(page)
    assert f'name="next" value="{url("index")}"' in page.content.decode()
    assert not Message.objects.exists()


def test_who_has_not_joined_cannot_be_written_to_and_the_page_says_so(cast, alice):
    frida = make.invited(cast.alice, "Frida")
    assert "You can write once the client has joined." in shown(alice, frida)
    page = alice.post(url("message", frida.pk), {"text": "Welcome."})
    assert "This client has not joined yet and could not read it." in page_text(page)


def test_of_who_left_the_notes_go_on_and_no_message_is_offered(cast, alice):
    client_messages.send_message(cast.dana, "Come by.", by=cast.alice)
    departure.leave_clinic(cast.dana, by=None)
    page = shown(alice, cast.dana)
    assert "This client left on" in page
    assert "Come by." in page
    assert "A new note" in page
    assert "A message to Dana" not in page


def test_an_erased_record_says_so_and_nothing_more_is_written(cast, alice):
    client_notes.add_note(cast.dana, "Zebrafish.", by=cast.alice)
    departure.erase_client(cast.dana)
    page = shown(alice, Client.objects.get(pk=cast.dana.pk))
    assert "This record is erased" in page
    assert "A new note" not in page
    assert "Zebrafish" not in page
    assert "Dana" not in page
    answer = alice.post(url("note", cast.dana.pk), {"text": "She was Dana."})
    assert "Nothing more is written into it." in page_text(answer)
