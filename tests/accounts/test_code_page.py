"""The page that asks for the code: whatever is typed, and however late, it says what to do next."""

from pathlib import Path

import pytest
from django.core import mail
from django.test import Client as Browser

from config.accounts import code_page
from tests import make
from tests.accounts.people import CODE, LOGIN, ask_for_code, mailed_code, page_text, travel_by, with_verified_email

ASK = "/accounts/login/code/"


@pytest.fixture
def dana(db):
    return with_verified_email(make.client(make.practitioner(make.clinic())))


@pytest.fixture
def browser(dana):
    """A browser in which dana has asked for a code."""
    browser = Browser()
    ask_for_code(browser, dana.email)
    return browser


def signed_in(browser):
    return browser.session.get("_auth_user_id") is not None


def test_the_field_asks_for_digits_and_for_what_the_phone_has_just_received(browser):
    page = browser.get(CODE).content.decode()
    assert 'autocomplete="one-time-code" inputmode="numeric"' in page


@pytest.mark.parametrize(
    "typed",
    ["{0}{1}", "{0} {1}", "  {0} - {1}  ", "{0}–{1}", "{0}\u00a0{1}", "{0}.{1}\n", "Code: {0}-{1}", "{0}\u200b{1}"],
)
def test_a_code_opens_however_it_was_pasted(browser, typed):
    browser.post(CODE, {"code": typed.format(*mailed_code().split("-"))})
    assert signed_in(browser)


def test_digits_of_another_script_are_digits(browser):
    browser.post(CODE, {"code": mailed_code().translate({ord("0") + n: 0x660 + n for n in range(10)})})
    assert signed_in(browser)


def test_a_wrong_code_says_how_often_one_may_still_try(browser):
    text = page_text(browser.post(CODE, {"code": "0000-0000"}))
    assert "This code is not right. Look at it again." in text
    assert "You can try 4 more times." in text


def test_after_five_wrong_ones_a_new_code_is_one_tap_away(browser):
    right = mailed_code()
    for _try in range(5):
        answer = browser.post(CODE, {"code": "0000-0000"}, follow=True)
    assert answer.redirect_chain[-1][0] == ASK
    assert "The code was wrong five times, so it no longer works. Let us send you a new one." in page_text(answer)
    assert 'value="dana@home.example"' in answer.content.decode()
    browser.post(CODE, {"code": right})
    assert not signed_in(browser)
    browser.post(ASK, {"email": "dana@home.example"})
    browser.post(CODE, {"code": mailed_code()})
    assert signed_in(browser)


def test_the_address_is_written_in_once_and_not_left_for_the_next_at_this_screen(browser):
    for _try in range(5):
        browser.post(CODE, {"code": "0000-0000"})
    assert "dana@home.example" in browser.get(ASK).content.decode()
    assert "dana@home.example" not in browser.get(ASK).content.decode()


def test_an_old_code_says_so_and_offers_a_new_one(browser):
    with travel_by(15 * 60 + 1):
        answer = browser.post(CODE, {"code": mailed_code()}, follow=True)
        assert not signed_in(browser)
        assert answer.redirect_chain[-1][0] == ASK
        assert "That code has had its time, or you asked for it in another browser." in page_text(answer)
        assert 'value="dana@home.example"' in answer.content.decode()


def test_a_code_typed_into_another_browser_says_where_it_belongs(browser):
    answer = Browser().post(CODE, {"code": mailed_code()}, follow=True)
    assert "you asked for it in another browser. Let us send you a new one." in page_text(answer)


def test_who_comes_back_to_the_sign_in_finds_the_page_that_waits_for_the_code(browser):
    assert browser.get(LOGIN)["Location"] == CODE


def test_a_second_mail_waits_a_minute_and_the_page_says_how_long(browser):
    assert "You can ask for a new code in a minute." in page_text(browser.get(CODE))
    assert 'class="resend wait-60"' in browser.get(CODE).content.decode()
    with travel_by(31):
        assert 'class="resend wait-30"' in browser.get(CODE).content.decode()
        answer = browser.post(CODE, {"action": "resend"}, follow=True)
        assert "We have just sent one. In 29 seconds you can ask for another." in page_text(answer)
    assert len(mail.outbox) == 1


def test_the_countdown_has_a_rule_for_every_wait():
    sheet = (Path(code_page.__file__).parents[1] / "static/config/sign_in.css").read_text()
    assert all(f".wait-{seconds} " in sheet for seconds in range(5, 61, 5))


def test_a_new_code_has_its_fifteen_minutes_as_its_mail_says(browser):
    with travel_by(14 * 60):
        browser.post(CODE, {"action": "resend"})
    with travel_by(28 * 60):
        browser.post(CODE, {"code": mailed_code()})
    assert signed_in(browser)


@pytest.mark.parametrize("page", [LOGIN, ASK, CODE, "/accounts/password/reset/", "/accounts/password/reset/done/"])
def test_who_cannot_open_the_mailbox_is_told_whom_to_call(dana, page):
    asked = Browser()
    ask_for_code(asked, dana.email)
    answer = (asked if page == CODE else Browser()).get(page)
    assert "I cannot open this mailbox any more Call your clinic." in page_text(answer)
    assert 'href="tel:5550100"' in answer.content.decode()


def test_on_a_site_with_several_clinics_it_says_where_the_number_stands(cast):
    assert "The number stands in each mail of your clinic" in page_text(Browser().get(LOGIN))
