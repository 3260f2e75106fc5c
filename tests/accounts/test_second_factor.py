"""Who sees health data shows a second factor, in each session, before the first page of it."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from django.core import mail
from django.test import Client as Browser
from rest_framework.authtoken.models import Token

from clinic.models import Flag, Practitioner
from config.accounts.adapter import verify_email
from tests import make
from tests.accounts.people import CODE, LOGIN, ask_for_code, mailed_code, page_text, travel_by

SECRET = "JBSWY3DPEHPK3PXP"
AUTHENTICATE, APP = "/accounts/2fa/authenticate/", "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def switched_on(settings):
    settings.PLUMBLINE_TWO_FACTOR = True


@pytest.fixture
def alice(cast):
    """She has proven her mailbox, has a password, and no second factor."""
    verify_email(cast.alice.user)
    make.report(make.prescription(cast.dana), 4, 8)
    return cast.alice


def totp_code(secret=SECRET):
    """What an authenticator app shows now."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(time.time()) // 30))


def by_password(person):
    browser = Browser()
    return browser, browser.post(LOGIN, {"login": person.email, "password": make.PASSWORD})["Location"]


def by_code(person):
    browser = Browser()
    ask_for_code(browser, person.email)
    return browser, browser.post(CODE, {"code": mailed_code()})["Location"]


def set_up_totp(browser):
    """The app turned on as on the page; gives where that leads."""
    secret = browser.get(APP).context["form"].secret
    return browser.post(APP, {"code": totp_code(secret)})["Location"]


@pytest.mark.parametrize("way_in", [by_password, by_code])
def test_who_has_none_is_led_to_it_and_sees_nothing_before(alice, way_in):
    browser, onward = way_in(alice)
    assert onward == "/admin/"
    page = browser.get(onward)
    assert page.status_code == 403
    assert "One more step to sign in" in page_text(page)
    assert 'href="/accounts/2fa/"' in page.content.decode()
    assert "Dana" not in page_text(page)


def test_no_act_is_done_before(alice):
    browser, _onward = by_password(alice)
    flag = Flag.objects.first()
    assert browser.post(f"/admin/flags/{flag.pk}/acknowledge/").status_code == 403
    flag.refresh_from_db()
    assert flag.state == Flag.State.OPEN


def test_a_session_reaches_no_health_data_by_rest_but_a_programs_key_does(alice):
    browser, _onward = by_password(alice)
    answer = browser.get("/api/v1/clients/")
    assert answer.status_code == 403
    assert "Dana" not in answer.content.decode()
    key = Token.objects.create(user=alice.user).key
    assert Browser().get("/api/v1/clients/", headers={"Authorization": f"Token {key}"}).status_code == 200


@pytest.mark.django_db(transaction=True)  # it is noted in the session after the commit
def test_setting_up_an_app_shows_spare_codes_at_once_and_opens_the_worklist(alice):
    browser, _onward = by_password(alice)
    onward = set_up_totp(browser)
    page = browser.get(onward)
    assert onward == "/accounts/2fa/recovery-codes/"
    assert page.content.decode().count("<li><code>") == 10
    assert 'href="/admin/"' in page.content.decode()
    assert "Dana" in page_text(browser.get("/admin/"))
    assert browser.get("/api/v1/clients/").status_code == 200


@pytest.mark.parametrize("way_in", [by_password, by_code])
def test_the_next_sign_in_asks_for_the_digits_and_then_opens(alice, way_in):
    auth.TOTP.activate(alice.user, SECRET)
    browser, onward = way_in(alice)
    assert onward == AUTHENTICATE
    assert "_auth_user_id" not in browser.session
    assert browser.get("/admin/").status_code == 302
    assert browser.post(AUTHENTICATE, {"code": "000000"}).status_code == 200
    assert "_auth_user_id" not in browser.session
    assert browser.post(AUTHENTICATE, {"code": totp_code()})["Location"] == "/admin/"
    assert "Dana" in page_text(browser.get("/admin/"))


def test_a_spare_code_opens_once(alice):
    auth.TOTP.activate(alice.user, SECRET)
    spare = RecoveryCodes.activate(alice.user).get_unused_codes()[0]
    for works in (True, False):
        browser, _onward = by_password(alice)
        browser.post(AUTHENTICATE, {"code": spare})
        assert ("_auth_user_id" in browser.session) == works
    assert Authenticator.objects.filter(user=alice.user).count() == 2


def test_a_session_that_began_before_it_was_set_up_must_show_it(alice):
    """Somebody who reads her mail may have signed in by a code while there was no second factor."""
    elsewhere, _onward = by_code(alice)
    auth.TOTP.activate(alice.user, SECRET)
    page = elsewhere.get("/admin/clients/")
    assert page.status_code == 403
    assert "You have a second step and have not shown it here." in page_text(page)
    link = "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Fclients%2F"
    assert f'href="{link}"' in page.content.decode()
    assert elsewhere.post(link, {"code": totp_code()})["Location"] == "/admin/clients/"
    assert "Dana" in page_text(elsewhere.get("/admin/clients/"))


def test_a_new_password_by_mail_is_no_way_round(alice):
    auth.TOTP.activate(alice.user, SECRET)
    browser = Browser()
    browser.post("/accounts/password/reset/", {"email": alice.email})
    link = next(line for line in mail.outbox[-1].body.splitlines() if "/accounts/password/reset/key/" in line)
    form = browser.get("/" + link.split("/", 3)[3], follow=True)
    new = "another horse battery"
    browser.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert "_auth_user_id" not in browser.session
    assert browser.post(LOGIN, {"login": alice.email, "password": new})["Location"] == AUTHENTICATE


def test_taking_the_last_one_away_shuts_the_door_again(alice):
    auth.TOTP.activate(alice.user, SECRET)
    browser, _onward = by_password(alice)
    browser.post(AUTHENTICATE, {"code": totp_code()})
    Authenticator.objects.filter(user=alice.user).delete()
    assert browser.get("/admin/").status_code == 403


def test_the_front_desk_is_offered_one_and_needs_none(cast):
    desk = make.practitioner(cast.alice.clinic, "Frank", Practitioner.Role.FRONT_DESK)
    verify_email(desk.user)
    browser, onward = by_password(desk)
    page = browser.get(onward)
    assert page.status_code == 200
    assert 'href="/accounts/2fa/"' in page.content.decode()


def test_a_client_needs_none(cast):
    verify_email(cast.dana.user)
    browser, onward = by_password(cast.dana)
    assert onward == "/portal/"
    assert browser.get(onward).status_code == 200
    assert browser.get("/api/v1/clients/").status_code == 200


def test_where_it_is_off_nobody_is_asked(alice, settings):
    settings.PLUMBLINE_TWO_FACTOR = False
    browser, onward = by_password(alice)
    assert "Dana" in page_text(browser.get(onward))


def nobody_has(user, request=None):
    return False


def everybody_has(user, request=None):
    return True


@pytest.mark.parametrize(("knows", "status"), [("nobody_has", 403), ("everybody_has", 200)])
def test_a_project_may_say_itself_who_has_one(alice, settings, knows, status):
    settings.PLUMBLINE_SECOND_FACTOR = f"{__name__}.{knows}"
    settings.PLUMBLINE_SECOND_FACTOR_PATH = "/own/second-factor/"
    browser, onward = by_password(alice)
    page = browser.get(onward)
    assert page.status_code == status
    assert ('href="/own/second-factor/?next=%2Fadmin%2F"' in page.content.decode()) == (status == 403)


def test_digits_that_were_used_do_not_work_again(alice):
    auth.TOTP.activate(alice.user, SECRET)
    same = totp_code()
    for works in (True, False):
        browser, _onward = by_password(alice)
        browser.post(AUTHENTICATE, {"code": same})
        assert ("_auth_user_id" in browser.session) == works
    with travel_by(61):
        browser, _onward = by_password(alice)
        browser.post(AUTHENTICATE, {"code": totp_code()})
        assert "_auth_user_id" in browser.session
