"""The code and the link come in the clinic's own frame, and a mail server that is down breaks no page."""

import pytest
from django.core import mail
from django.test import Client as Browser

from tests import make
from tests.accounts.people import CODE, ask_for_code, mailed_code, page_text, with_verified_email
from tests.mail import post

CODE_MAIL = """\
Hello,

Type this code on the page where you are signing in. It works for 15
minutes.

{code}

Was that not you? Then you need not do anything. Tell the code to
nobody.

--
Riverside Physio
Phone 555 0100. To write to us, answer this mail."""


@pytest.fixture
def dana(db):
    return with_verified_email(make.client(make.practitioner(make.clinic())))


def test_the_code_comes_from_the_clinic(dana, settings):
    settings.PLUMBLINE_MAIL_FROM = "no-reply@clinic.test"
    ask_for_code(Browser(), "dana@home.example")
    [message] = mail.outbox
    assert message.subject == "Your code to sign in"
    assert message.from_email == "Riverside Physio <no-reply@clinic.test>"
    assert message.reply_to == ["Riverside Physio <desk@riverside-physio.example>"]
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"
    assert message.body == CODE_MAIL.format(code=mailed_code())


def test_its_html_part_says_the_same_in_the_clinic_s_frame(dana):
    ask_for_code(Browser(), "dana@home.example")
    source = post.html(mail.outbox[0])
    assert mailed_code() in post.shown(source)
    assert "@media (prefers-color-scheme: dark)" in source
    assert 'class="content" style="' in source or 'style="' in source.split('class="content"')[1][:200]
    assert post.links(source) == []
    assert post.loads(source) == []


def test_the_subject_holds_no_code_that_a_locked_screen_would_show(dana):
    ask_for_code(Browser(), "dana@home.example")
    assert mailed_code() not in mail.outbox[0].subject


def test_a_clinic_s_name_is_not_escaped_in_the_text_and_is_in_the_html(dana):
    dana.clinic.name = "O'Hara & <Sons>"
    dana.clinic.save()
    ask_for_code(Browser(), "dana@home.example")
    [message] = mail.outbox
    assert "O'Hara & <Sons>\n" in message.body
    assert "<Sons>" not in post.html(message)
    assert "O'Hara &amp; &lt;Sons&gt;" in post.html(message).replace("&#x27;", "'")


def test_a_new_password_by_the_link_in_the_mail(dana):
    browser = Browser()
    browser.post("/accounts/password/reset/", {"email": "dana@home.example"})
    [message] = mail.outbox
    assert message.subject == "A link to choose a new password"
    [link] = [word for word in message.body.split() if word.startswith("http")]
    assert post.links(post.html(message)) == [link]
    page = browser.get(link, follow=True)
    answer = browser.post(page.redirect_chain[-1][0], {"password1": "a quiet river", "password2": "a quiet river"})
    assert answer.status_code == 302
    dana.user.refresh_from_db()
    assert dana.user.check_password("a quiet river")
    assert "This link does not work" in page_text(browser.get(link, follow=True))


def test_asking_for_a_new_password_tells_nobody_who_has_a_sign_in(dana):
    known, unknown = (
        Browser().post("/accounts/password/reset/", {"email": address}, follow=True)
        for address in ("dana@home.example", "eve@home.example")
    )
    assert page_text(known) == page_text(unknown)
    assert [message.to for message in mail.outbox] == [["dana@home.example"], ["eve@home.example"]]


@pytest.mark.parametrize("address", ["dana@home.example", "eve@home.example"])
def test_a_mail_server_that_is_down_is_told_on_the_page(dana, nobody_listens, address):
    answer = ask_for_code(Browser(), address)
    assert answer.status_code == 200
    assert answer.redirect_chain[-1][0] == CODE
    assert "We could not send the mail. Try again in a few minutes." in page_text(answer)


def test_each_clinic_s_client_hears_from_that_clinic(cast):
    zoe = with_verified_email(make.client(cast.charlie, "Zoe"))
    for person in (with_verified_email(cast.dana), zoe):
        ask_for_code(Browser(), person.email)
    assert [message.from_email.partition(" <")[0] for message in mail.outbox] == ["Riverside Physio", "Hilltop Rehab"]


def test_a_stranger_to_a_site_with_several_clinics_hears_from_none(cast):
    ask_for_code(Browser(), "eve@home.example")
    [message] = mail.outbox
    assert "Riverside" not in message.message().as_string()
    assert "Hilltop" not in message.message().as_string()
    assert post.shown(post.html(message)).startswith("Plumbline Hello,")
