"""The reminder on the practitioner's screen: what the client gets, with links that lead nowhere."""

import html
import re

import pytest

from clinic.models import Reminder
from tests import make
from tests.admin.browsing import page_text, signed_in, url
from tests.mail import post


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana, times=["07:45"])


@pytest.fixture
def page(cast, plan):
    return signed_in(cast.alice).get(url("mail", cast.dana.pk))


def drawn(page):
    """The HTML part as the frame gets it."""
    return html.unescape(re.search(r'srcdoc="([^"]*)"', page.content.decode())[1])


def test_the_clients_page_leads_to_it(cast, plan):
    body = signed_in(cast.alice).get(url("client", cast.dana.pk)).content.decode()
    assert f'href="{url("mail", cast.dana.pk)}"' in body


def test_it_tells_subject_sender_and_where_answers_go(page):
    text = page_text(page)
    assert "A moment for yourself, Dana?" in text
    assert "From Riverside Physio <" in text
    assert "To Dana <dana@home.example>" in text
    assert "Answers go to Riverside Physio <desk@riverside-physio.example>" in text


def test_it_says_what_the_real_one_says(cast, page):
    real = post.due_reminder(cast.erin)  # at 18:00; but for name and hour the same mail
    mail = post.reminders.compose(real)
    theirs = post.shown(post.html(mail)).replace("Erin", "Dana").replace("18:00", "07:45")
    assert post.shown(drawn(page)) == theirs
    text = re.sub(r"http\S+", "", mail.body).replace("Erin", "Dana").replace("18:00", "07:45")
    assert re.sub(r"http\S+", "", html.unescape(page.content.decode())).replace("\r", "").count(text.strip()) == 1


def test_no_link_in_it_works(cast, page):
    assert post.links(drawn(page)) == []
    addresses = set(re.findall(r"https?://\S+?(/m/[^\s<\"]+)", html.unescape(page.content.decode())))
    assert len(addresses) == 1  # what the plain text shows where a link would stand
    assert signed_in(cast.dana.user).get(addresses.pop()).status_code == 404


def test_the_frame_runs_no_script_and_has_no_rights(page):
    assert re.search(r'<iframe [^>]*sandbox=""', page.content.decode())


def test_a_name_cannot_break_out_of_the_frame(cast, plan):
    cast.dana.name = '"><script>alert(1)</script>'
    cast.dana.save()
    body = signed_in(cast.alice).get(url("mail", cast.dana.pk)).content.decode()
    assert "<script>alert" not in body


def test_it_writes_no_row_and_no_mail(page, mailoutbox):
    assert page.status_code == 200
    assert not Reminder.objects.exists()
    assert mailoutbox == []


def test_without_a_plan_it_says_that_the_time_is_made_up(cast):
    text = page_text(signed_in(cast.alice).get(url("mail", cast.dana.pk)))
    assert "No reminder is planned; the time is made up." in text


def test_it_is_in_the_clients_language(cast):
    luz = make.client(cast.alice, "Luz", language="es")
    page = signed_in(cast.alice).get(url("mail", luz.pk))
    assert '<html lang="es"' in drawn(page)
    assert "Language Español" in page_text(page)
