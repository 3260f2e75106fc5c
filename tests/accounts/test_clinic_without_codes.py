"""A clinic may do without codes: its clients use a password or a passkey, and the page says nothing about anybody."""

import pytest
from django.core import mail
from django.test import Client as Browser

from clinic.clients import acceptance
from clinic.models import Client
from tests import make
from tests.accounts.people import CODE, ask_for_code, page_text, with_verified_email
from tests.mail import post
from tests.portal.visit import invitation_link, send, stranger

PASSWORD_PAGE = "http://testserver/accounts/password/reset/"


@pytest.fixture
def strict(db, settings):
    settings.PLUMBLINE_BASE_URL = "http://testserver"
    return make.practitioner(make.clinic("Hilltop Rehab", code_sign_in=False), "Charlie")


@pytest.fixture
def dana(strict):
    return with_verified_email(make.client(strict))


def test_the_mail_says_how_to_sign_in_and_carries_no_code(dana):
    ask_for_code(Browser(), dana.email)
    [message] = mail.outbox
    assert message.subject == "How you sign in"
    assert "Your clinic sends no codes." in message.body
    assert PASSWORD_PAGE in message.body
    assert not any(word.replace("-", "").isdigit() and len(word) == 9 for word in message.body.split())
    assert post.links(post.html(message)) == [PASSWORD_PAGE]


def test_the_page_is_the_same_for_everybody(dana):
    known, unknown = (page_text(ask_for_code(Browser(), one)) for one in (dana.email, "nobody@home.example"))
    assert known.replace(dana.email, "X") == unknown.replace("nobody@home.example", "X")
    assert "Some clinics send no codes. Then the mail says how you sign in." in known


def test_no_code_opens_not_even_the_right_one(dana):
    browser = Browser()
    ask_for_code(browser, dana.email)
    code = browser.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    assert "This code is not right." in page_text(browser.post(CODE, {"code": code}))


def test_the_password_opens(dana):
    answer = ask_for_code(Browser(), dana.email, password=make.PASSWORD)
    assert answer.redirect_chain[0][0] == "/portal/"


def test_of_two_clinics_the_stricter_wins(dana):
    other = make.practitioner(make.clinic("Riverside Physio"))
    acceptance.accept_invitation(make.invited(other, email=dana.email).invitations.get(), user=dana.user)
    ask_for_code(Browser(), dana.email)
    assert mail.outbox[-1].subject == "How you sign in"


def test_who_works_there_still_gets_a_code(strict):
    ask_for_code(Browser(), strict.email)
    assert mail.outbox[-1].subject == "Your code to sign in"


def test_an_invitation_there_asks_for_a_password(strict):
    frida = make.invited(strict, "Frida")
    path = invitation_link(frida)
    assert "Choose a password" in page_text(stranger().get(path))
    refused = send(stranger(), path, agree="on", time_zone="Europe/Lisbon", password="")
    assert refused.status_code == 422
    assert "Choose a password: this clinic mails no codes to sign in with." in page_text(refused)
    assert send(stranger(), path, agree="on", time_zone="Europe/Lisbon", password="a quiet river").status_code == 302
    frida.refresh_from_db()
    assert frida.state == Client.State.JOINED
