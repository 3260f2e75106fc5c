"""What the clinic wrote: first on Today until "Got it", and all of it on its own page."""

import pytest
from django.utils import timezone

from clinic.clients import messages as client_messages, notes as client_notes
from clinic.models import Message
from tests import make
from tests.portal.visit import send, signed_in, stranger, url, words, writes

SAID = "Bring <b>shoes</b>.\nSee you on Friday."


@pytest.fixture
def message(cast):
    return client_messages.send_message(cast.dana, SAID, by=cast.alice)


def got_it(browser, message, page="today"):
    """Press the button as the page has it."""
    token = send(browser, url(page), nothing="")  # a GET of the page gives the token; the page itself takes no POST
    assert token.status_code == 405
    asked = browser.cookies["csrftoken"].value
    return browser.post(url("message_read", message.pk), {"csrfmiddlewaretoken": asked, "from": page})


def test_today_shows_it_first_and_looking_is_not_reading(cast, message):
    dana = signed_in(cast.dana)
    page = dana.get(url("today"))
    assert "Alice has written to you" in words(page)
    assert "Bring &lt;b&gt;shoes&lt;/b&gt;.<br>See you on Friday." in page.content.decode()
    assert writes(dana, url("today")) == writes(dana, url("messages")) == []
    assert Message.objects.get().read_at is None


def test_got_it_takes_it_off_today_and_leaves_it_on_its_page(cast, message):
    dana = signed_in(cast.dana)
    answer = got_it(dana, message)
    assert (answer.status_code, answer["Location"]) == (302, url("today"))
    assert Message.objects.get().read_at is not None
    assert "has written to you" not in words(dana.get(url("today")))
    page = words(dana.get(url("messages")))
    assert "See you on Friday." in page
    assert "Got it" not in page


def test_from_its_page_one_stays_there(cast, message):
    assert got_it(signed_in(cast.dana), message, "messages")["Location"] == url("messages")


def test_the_newest_stands_first(cast, message):
    client_messages.send_message(cast.dana, "And a towel.", by=cast.alice)
    page = words(signed_in(cast.dana).get(url("messages")))
    assert page.index("And a towel.") < page.index("See you on Friday.")


def test_twenty_fill_a_page(cast):
    for number in range(21):
        client_messages.send_message(cast.dana, f"Number {number}.", by=cast.alice)
    dana = signed_in(cast.dana)
    first, second = (words(dana.get(url("messages"), {"page": page})) for page in (1, 2))
    assert "Number 20." in first
    assert "Number 0." not in first
    assert "Number 0." in second


def test_without_any_the_page_says_so(cast):
    assert "Nothing yet. When Alice writes to you, you read it here." in words(
        signed_in(cast.dana).get(url("messages"))
    )


def test_nobody_else_reads_or_settles_it(cast, message):
    for person in (cast.erin, make.client(cast.charlie, "Hugo")):
        browser = signed_in(person)
        assert "Friday" not in words(browser.get(url("messages")))
        assert got_it(browser, message).status_code == 404
    assert stranger().get(url("messages")).status_code == 302
    assert Message.objects.get().read_at is None


def test_reading_needs_the_forms_own_token(cast, message):
    assert signed_in(cast.dana).post(url("message_read", message.pk)).status_code == 403
    assert Message.objects.get().read_at is None


def test_a_note_of_the_practitioners_is_on_no_page_of_the_client(cast):
    plan = make.prescription(cast.dana)
    make.report(plan, 4, 3, at=timezone.now())
    client_notes.add_note(cast.dana, "Zebrafish in the hip.", by=cast.alice, about=plan)
    dana = signed_in(cast.dana)
    for page in ("today", "report", "progress", "history", "messages", "library", "settings", "my_data"):
        content = dana.get(url(page)).content.decode()
        assert "Zebrafish" not in content
        assert "chart-note" not in content
