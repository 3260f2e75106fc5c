"""By a code that comes by mail, or by a password: the way in, and the words where it does not open."""

import pytest
from django.core import mail
from django.test import Client as Browser

from tests import make
from tests.accounts.people import CODE, LOGIN, ask_for_code, mailed_code, page_text, travel_by, with_verified_email

LOGIN_ERROR = "This address and this password do not go together. Try again, or let us mail you a code."


@pytest.fixture
def dana(db):
    return with_verified_email(make.client(make.practitioner(make.clinic())))


def signed_in(browser):
    return browser.session.get("_auth_user_id")


def test_the_page_says_that_no_password_is_needed(dana):
    assert "We send you a code by mail. You need no password." in page_text(Browser().get(LOGIN))


def test_a_client_signs_in_by_the_code_in_the_mail(dana):
    browser = Browser()
    answer = ask_for_code(browser, "dana@home.example")
    assert "We have sent a mail to dana@home.example" in page_text(answer)
    browser.post(CODE, {"code": mailed_code()})
    assert signed_in(browser) == str(dana.user.pk)


def test_the_code_may_be_typed_without_its_dash(dana):
    browser = Browser()
    ask_for_code(browser, "DANA@home.example")
    browser.post(CODE, {"code": f" {mailed_code().replace('-', ' ')} "})
    assert signed_in(browser) == str(dana.user.pk)


def test_a_wrong_code_says_so_and_keeps_the_door_shut(dana):
    browser = Browser()
    ask_for_code(browser, "dana@home.example")
    answer = browser.post(CODE, {"code": "0000-0000"})
    assert "This code is not right." in page_text(answer)
    assert signed_in(browser) is None


def test_an_empty_code_says_what_to_do(dana):
    browser = Browser()
    ask_for_code(browser, "dana@home.example")
    assert "Write the code here." in page_text(browser.post(CODE, {"code": ""}))


def test_a_new_code_can_be_asked_for_and_the_first_no_longer_works(dana):
    browser = Browser()
    ask_for_code(browser, "dana@home.example")
    first = mailed_code()
    with travel_by(61):
        answer = browser.post(CODE, {"action": "resend"}, follow=True)
    assert "We have sent a new code. The one before no longer works." in page_text(answer)
    assert len(mail.outbox) == 2
    assert "This code is not right." in page_text(browser.post(CODE, {"code": first}))
    browser.post(CODE, {"code": mailed_code()})
    assert signed_in(browser) == str(dana.user.pk)


def test_an_unknown_address_gets_the_same_page_and_a_mail_as_well(dana):
    known, unknown = ask_for_code(Browser(), "dana@home.example"), ask_for_code(Browser(), "eve@home.example")
    assert known.redirect_chain == unknown.redirect_chain
    assert page_text(known).replace("dana@", "eve@") == page_text(unknown)
    assert [message.to for message in mail.outbox] == [["dana@home.example"], ["eve@home.example"]]
    assert "there is no sign-in for it here" in " ".join(mail.outbox[1].body.split())


def test_a_code_for_an_unknown_address_cannot_be_guessed_either(dana):
    known, unknown = Browser(), Browser()
    ask_for_code(known, "dana@home.example")
    ask_for_code(unknown, "eve@home.example")
    texts = [page_text(browser.post(CODE, {"code": "0000-0000"})) for browser in (known, unknown)]
    assert texts[0].replace("dana@", "eve@") == texts[1]


def test_a_password_signs_in_too(dana):
    browser = Browser()
    answer = ask_for_code(browser, "dana@home.example", password=make.PASSWORD)
    assert signed_in(browser) == str(dana.user.pk)
    assert answer.redirect_chain[0][0] == "/portal/"
    assert mail.outbox == []


@pytest.mark.parametrize("address", ["dana@home.example", "eve@home.example"])
def test_a_wrong_password_says_the_same_for_everybody_and_shows_the_field_again(dana, address):
    browser = Browser()
    answer = ask_for_code(browser, address, password="wrong")
    assert LOGIN_ERROR in page_text(answer)
    assert "<details open>" in answer.content.decode()
    assert signed_in(browser) is None


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("", "Write your mail address here."),
        ("dana", "Enter a valid email address."),
        ("x" * 10_000 + "@home.example", "Enter a valid email address."),
        ("dana@home.example\nbcc: eve@home.example", "Enter a valid email address."),
    ],
)
def test_an_address_that_is_none_says_what_to_write(dana, address, message):
    answer = ask_for_code(Browser(), address)
    assert answer.status_code == 200
    assert message in page_text(answer)
    assert mail.outbox == []


def test_signing_in_says_nothing_that_a_passer_by_could_read(dana):
    browser = Browser()
    answer = ask_for_code(browser, "dana@home.example", password=make.PASSWORD)
    assert str(getattr(dana.user, dana.user.USERNAME_FIELD)) not in page_text(answer)


def test_a_closed_sign_in_says_whom_to_ask(dana):
    dana.user.is_active = False
    dana.user.save()
    browser = Browser()
    answer = ask_for_code(browser, "dana@home.example", password=make.PASSWORD)
    assert signed_in(browser) is None
    assert "Ask your clinic" in page_text(answer) or LOGIN_ERROR in page_text(answer)


def test_signing_out_asks_once_and_then_says_so(dana):
    browser = Browser()
    browser.force_login(dana.user)
    assert "Sign out" in page_text(browser.get("/accounts/logout/"))
    assert signed_in(browser) == str(dana.user.pk)
    answer = browser.post("/accounts/logout/", follow=True)
    assert "You are signed out." in page_text(answer)
    assert signed_in(browser) is None
