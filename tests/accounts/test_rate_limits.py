"""Who asks too often waits: by network address for all, by mail address so that nobody's mailbox is filled."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client as Browser

from tests import make
from tests.accounts.people import CODE, LOGIN, ask_for_code, page_text, travel_by, with_verified_email


@pytest.fixture
def dana(db):
    cache.clear()
    yield with_verified_email(make.client(make.practitioner(make.clinic())))
    cache.clear()


def ask(number):
    return ask_for_code(Browser(REMOTE_ADDR=f"192.0.2.{number}"), "dana@home.example")


def test_one_mailbox_gets_three_codes_a_minute_from_wherever_they_are_asked_for(dana):
    for number in range(3):
        assert ask(number).redirect_chain[-1][0] == CODE
    assert "That was often in a short time. Wait a few minutes, then try again." in page_text(ask(4))
    assert len(mail.outbox) == 3


def test_and_ten_an_hour(dana):
    for number in range(12):
        with travel_by(number * 70):
            ask(number)
    assert len(mail.outbox) == 10
    with travel_by(3700):
        ask(99)
    assert len(mail.outbox) == 11


def test_an_unknown_mailbox_is_spared_alike(dana):
    texts = [page_text(ask_for_code(Browser(), "nobody@home.example")) for _time in range(4)]
    assert "That was often in a short time." in texts[3]
    assert len(mail.outbox) == 3


def test_five_wrong_passwords_shut_the_account_for_a_while_and_the_code_still_opens(dana):
    for number in range(6):
        browser = Browser(REMOTE_ADDR=f"192.0.2.{number}")
        answer = ask_for_code(browser, "dana@home.example", password="wrong")
    assert "That was often in a short time." in page_text(answer)
    assert ask(7).redirect_chain[-1][0] == CODE


def test_too_many_from_one_address_get_a_page_that_says_what_to_do(dana):
    browser = Browser()
    for _time in range(30):
        browser.post(LOGIN, {"login": "nobody"})
    answer = browser.post(LOGIN, {"login": "nobody"})
    assert answer.status_code == 429
    assert "That was often in a short time" in page_text(answer)
    assert "Try again in a few minutes." in page_text(answer)
    assert "clinic/tokens.css" in answer.content.decode()
    assert browser.get(LOGIN).status_code == 200  # a look is free
    with travel_by(61):
        assert browser.post(LOGIN, {"login": "nobody"}).status_code == 200
