"""Somebody lost phone and spare codes: an owner, or who runs the site, takes the second step away; never one's own."""

import datetime as dt
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth
from allauth.usersessions.models import UserSession
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client as Browser
from django.urls import reverse
from django.utils import timezone

from clinic.accounts import second_factor, second_factor_reset
from clinic.bounces import handling
from clinic.mail.outbox import send_due
from clinic.models import AuditEntry, Client, Practitioner, SecondFactorReset
from clinic.team import members
from config.accounts.adapter import verify_email
from tests import make
from tests.accounts.people import LOGIN
from tests.admin.browsing import flash_messages, page_text, signed_in

Role = Practitioner.Role
SECRET = "JBSWY3DPEHPK3PXP"
REASON = {"reason": "Lost the phone, told me in person."}


def reset_url(person):
    return reverse("plumbline:reset_second_factor", args=[person.pk])


def totp_code():
    return auth.format_hotp_value(auth.hotp_value(SECRET, int(time.time()) // 30))


def set_up_factor(person):
    auth.TOTP.activate(person.user, SECRET)
    RecoveryCodes.activate(person.user)
    return person


def has_factor(person):
    return Authenticator.objects.filter(user=person.user).exists()


def add_member(by, email):
    """At the front desk of this owner's clinic, unasked."""
    return members.add_member(by.clinic, name="Zoe", email=email, role=Role.FRONT_DESK, by=by.user)


def sign_in_later(person, days=1):
    """Signed in so many days after they were added."""
    person.user.last_login = timezone.now() + dt.timedelta(days=days)
    person.user.save(update_fields=["last_login"])


def cannot_reset(owner, person):
    """No way to it on their page, and none without it."""
    browser = signed_in(owner)
    assert "They lost their second step" not in page_text(browser.get(reverse("plumbline:member", args=[person.pk])))
    assert browser.get(reset_url(person)).status_code == browser.post(reset_url(person), REASON).status_code == 404
    assert has_factor(person)


@pytest.fixture
def commits(django_capture_on_commit_callbacks):
    """What waits for the commit is done at the end of the block: sessions end then."""
    return django_capture_on_commit_callbacks


@pytest.fixture
def olga(cast):
    return make.practitioner(cast.alice.clinic, "Olga", Role.OWNER)


@pytest.fixture
def alice(cast):
    verify_email(cast.alice.user)
    return set_up_factor(cast.alice)


class TestWhatHappens:
    def test_everything_is_taken_away_and_the_next_sign_in_sets_up_a_new_one(self, olga, alice, settings):
        settings.PLUMBLINE_TWO_FACTOR = False
        answer = signed_in(olga).post(reset_url(alice), REASON, follow=True)
        assert flash_messages(answer) == [
            "Alice is signed out everywhere and sets up a new second step at the next sign-in. A mail says so."
        ]
        assert not has_factor(alice)
        settings.PLUMBLINE_TWO_FACTOR = True
        browser = Browser()
        onward = browser.post(LOGIN, {"login": alice.email, "password": make.PASSWORD})["Location"]
        page = browser.get(onward)
        assert page.status_code == 403
        assert 'href="/accounts/2fa/"' in page.content.decode()

    @pytest.mark.parametrize("engine", ["db", "cached_db"])
    def test_they_are_signed_out_on_every_device_and_nobody_else_is(self, cast, olga, alice, settings, commits, engine):
        settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
        hers = [signed_in(alice), Browser()]
        hers[1].post(LOGIN, {"login": alice.email, "password": make.PASSWORD})
        hers[1].post("/accounts/2fa/authenticate/", {"code": totp_code()})
        assert [browser.get("/admin/clients/").status_code for browser in hers] == [200, 200]
        bobs, owner = signed_in(cast.bob), signed_in(olga)
        with commits(execute=True):
            owner.post(reset_url(alice), REASON)
            look = [browser.get("/admin/clients/").status_code for browser in hers]
            assert look == [200, 200]  # before the commit; the cache has them again
        assert [browser.get("/admin/clients/").status_code for browser in hers] == [302, 302]
        assert not UserSession.objects.filter(user=alice.user).exists()
        assert [browser.get("/admin/clients/").status_code for browser in (bobs, owner)] == [200, 200]

    def test_they_are_told_by_mail_without_the_reason_and_without_any_key(self, olga, alice, settings):
        signed_in(olga).post(reset_url(alice), REASON)
        assert send_due(SecondFactorReset) == {"sent": 1}
        (letter,) = mail.outbox
        assert letter.to == [f"Alice <{alice.email}>"]
        assert "your second step was taken away" in letter.subject
        assert f"{settings.PLUMBLINE_BASE_URL}/admin/" in letter.body
        assert [secret for secret in ("/m/", "phone, told", SECRET, "Olga") if secret in letter.body] == []

    def test_it_is_in_the_audit_and_on_their_page_with_who_and_why(self, olga, alice):
        owner = signed_in(olga)
        owner.post(reset_url(alice), REASON)
        entry = AuditEntry.objects.first()
        assert (entry.verb, entry.target_kind, entry.target_id) == ("second_factor_reset", "practitioner", alice.pk)
        assert (entry.actor, entry.clinic) == (olga.user, alice.clinic)
        page = page_text(owner.get(reverse("plumbline:member", args=[alice.pk])))
        assert "by Olga Lost the phone, told me in person. (the mail is on its way)" in page
        assert "They lost their second step" not in page

    def test_their_page_says_when_the_mail_about_it_came_back(self, olga, alice):
        owner = signed_in(olga)
        owner.post(reset_url(alice), REASON)
        send_due(SecondFactorReset)
        colleague = reverse("plumbline:member", args=[alice.pk])
        assert "told me in person. (the mail was sent)" in page_text(owner.get(colleague))
        handling.record_bounce(
            SecondFactorReset.objects.get(), "550 5.1.1 no such mailbox", hard=True, now=timezone.now()
        )
        assert "told me in person. (the mail came back)" in page_text(owner.get(colleague))

    def test_the_book_of_each_clinic_where_they_work_has_it_and_of_no_other(self, cast, olga, alice):
        here = alice.clinic
        there = Practitioner.objects.create(user=alice.user, clinic=cast.charlie.clinic, name="Alice")
        Practitioner.objects.create(user=alice.user, clinic=make.clinic("Old Mill"), name="Alice", active=False)
        signed_in(make.platform_staff()).post(reset_url(alice), REASON)
        entries = AuditEntry.objects.filter(verb="second_factor_reset").values_list("clinic", "target_id")
        assert set(entries) == {(here.pk, alice.pk), (there.clinic_id, there.pk)}
        assert SecondFactorReset.objects.count() == 1

    def test_a_look_changes_nothing_and_says_what_will_happen(self, olga, alice):
        page = page_text(signed_in(olga).get(reset_url(alice)))
        assert "If Alice has lost phone and spare codes" in page
        assert "They are signed out on every device." in page
        assert has_factor(alice)

    @pytest.mark.parametrize(("reason", "complaint"), [("  ", "Write in a few words why."), ("x" * 501, "at most 500")])
    def test_without_a_reason_nothing_happens(self, olga, alice, reason, complaint):
        page = signed_in(olga).post(reset_url(alice), {"reason": reason})
        assert complaint in page_text(page)
        assert has_factor(alice)
        assert not SecondFactorReset.objects.exists()

    def test_a_second_press_does_nothing_more(self, olga, alice):
        owner = signed_in(olga)
        owner.post(reset_url(alice), REASON)
        assert (
            flash_messages(owner.post(reset_url(alice), REASON, follow=True))[-1]
            == "Alice has no second step: nothing to do."
        )
        assert SecondFactorReset.objects.count() == 1


class TestWhoMay:
    def test_an_owner_of_a_fellow_owner_and_of_the_front_desk_too(self, cast, olga):
        others = [make.practitioner(cast.alice.clinic, "Otto", Role.OWNER)]
        others += [make.practitioner(cast.alice.clinic, "Frank", Role.FRONT_DESK)]
        for person in others:
            signed_in(olga).post(reset_url(set_up_factor(person)), REASON)
            assert not has_factor(person)

    def test_who_runs_the_site_an_owners_and_sees_no_health_data_on_the_way(self, cast, olga):
        make.report(make.prescription(cast.dana), 4, 8)
        sam = signed_in(make.platform_staff())
        set_up_factor(olga)
        assert f'href="{reset_url(olga)}"' in sam.get("/admin/").content.decode()
        page = sam.get(reset_url(olga))
        assert page.status_code == 200
        assert [word for word in ("Dana", "Erin", "pain", "Forward") if word in page.content.decode()] == []
        answer = sam.post(reset_url(olga), REASON, follow=True)
        assert answer.redirect_chain[-1][0] == reverse("plumbline:clinics")
        assert not has_factor(olga)
        page = page_text(signed_in(olga).get(reverse("plumbline:member", args=[olga.pk])))
        assert "by who runs this site Lost the phone" in page

    def test_nobody_their_own(self, cast, olga):
        chief = make.practitioner(cast.alice.clinic, "Chief", Role.OWNER)
        make.given_the_site(chief.user)
        for person in (set_up_factor(olga), set_up_factor(chief)):
            assert signed_in(person).post(reset_url(person), REASON).status_code == 404
            assert has_factor(person)

    def test_no_colleague_no_client_and_nobody_of_another_clinic(self, cast, alice):
        desk = make.practitioner(cast.alice.clinic, "Frank", Role.FRONT_DESK)
        for person in (cast.bob, cast.charlie, desk, cast.dana.user, make.user("x@home.example")):
            browser = signed_in(person)
            assert (
                browser.get(reset_url(alice)).status_code == browser.post(reset_url(alice), REASON).status_code == 404
            )
        assert Browser().post(reset_url(alice), REASON).status_code == 302
        assert has_factor(alice)

    def test_an_owner_not_of_who_works_elsewhere_too_but_who_runs_the_site_may(self, cast, olga, alice):
        """Or the owner of one clinic would weaken the lock of another."""
        there = Practitioner.objects.create(user=alice.user, clinic=cast.charlie.clinic, name="Alice")
        assert signed_in(olga).post(reset_url(alice), REASON).status_code == 404
        assert "They lost their second step" not in page_text(
            signed_in(olga).get(reverse("plumbline:member", args=[alice.pk]))
        )
        assert has_factor(alice)
        Practitioner.objects.filter(pk=there.pk).update(active=False)
        signed_in(olga).post(reset_url(alice), REASON)
        assert not has_factor(alice)
        set_up_factor(alice)
        Practitioner.objects.filter(pk=there.pk).update(active=True)
        signed_in(make.platform_staff()).post(reset_url(alice), REASON)
        assert not has_factor(alice)

    @pytest.mark.parametrize("more", [{"is_staff": True}, {"is_superuser": True}, None])
    def test_nobody_of_whose_sign_in_opens_more_of_the_site(self, olga, alice, more):
        """Django's staff, or who runs this one."""
        if more is None:
            make.given_the_site(alice.user)
        else:
            type(alice.user).objects.filter(pk=alice.user.pk).update(**more)
        cannot_reset(olga, alice)
        page = signed_in(make.platform_staff()).post(reset_url(alice), REASON)
        assert "opens more than clinics here" in page_text(page)
        assert has_factor(alice)

    def test_an_owner_not_of_who_is_a_client_elsewhere(self, cast, olga):
        """Whoever knows an address can add it to their team: that must not open a record of another clinic."""
        zoe = make.client(cast.charlie, "Zoe")
        here = add_member(olga, zoe.email)
        sign_in_later(here)
        set_up_factor(here)
        cannot_reset(olga, here)
        Client.objects.filter(pk=zoe.pk).update(state=Client.State.LEFT)  # the record is there all the same
        cannot_reset(olga, here)
        signed_in(make.platform_staff()).post(reset_url(here), REASON)
        assert not has_factor(here)

    def test_an_owner_not_of_who_is_registered_elsewhere(self, cast, olga):
        here = add_member(olga, make.registrant(cast.charlie.clinic, "Nora").email)
        sign_in_later(here)
        set_up_factor(here)
        cannot_reset(olga, here)

    def test_an_owner_of_who_is_a_client_of_this_very_clinic(self, cast, olga):
        here = add_member(olga, cast.dana.email)
        sign_in_later(here)
        signed_in(olga).post(reset_url(set_up_factor(here)), REASON)
        assert not has_factor(here)

    def test_an_owner_not_of_who_has_not_signed_in_since_they_were_added(self, olga):
        """A stranger's address, with a sign-in of the host's own, is added as easily."""
        make.user("zoe@home.example")
        here = set_up_factor(add_member(olga, "zoe@home.example"))
        cannot_reset(olga, here)
        sign_in_later(here, -1)  # before
        cannot_reset(olga, here)
        sign_in_later(here)
        signed_in(olga).post(reset_url(here), REASON)
        assert not has_factor(here)

    def test_nobody_of_who_works_here_no_more(self, olga, alice):
        Practitioner.objects.filter(pk=alice.pk).update(active=False)
        assert signed_in(olga).post(reset_url(alice), REASON).status_code == 404
        assert signed_in(make.platform_staff()).post(reset_url(alice), REASON).status_code == 404
        assert has_factor(alice)

    def test_what_has_changed_since_the_page_was_asked_for_counts(self, cast, olga, alice):
        """The verb asks again: a client elsewhere by now, or an owner no more."""
        Practitioner.objects.filter(pk=olga.pk).update(role=Role.PRACTITIONER)
        with pytest.raises(ValidationError, match="not yours to do any more"):
            second_factor_reset.reset_second_factor(alice, by=olga.user, reason="Lost the phone.")
        assert has_factor(alice)

    @pytest.mark.parametrize("who", ["owner", "site"])
    def test_before_who_does_it_has_shown_their_own_nothing_happens(self, olga, alice, settings, who):
        settings.PLUMBLINE_TWO_FACTOR = True
        browser = signed_in(olga if who == "owner" else make.platform_staff())
        for answer in (browser.get(reset_url(alice)), browser.post(reset_url(alice), REASON)):
            assert answer.status_code == 403
            assert "One more step to sign in" in page_text(answer)
            assert ("You see the health data" in page_text(answer)) == (who == "owner")
        assert has_factor(alice)


def own_check(user, request=None):
    return True


cleared = []


def own_removal(user):
    cleared.append(user.pk)


class TestAProjectOfItsOwn:
    def test_its_own_callable_takes_it_away(self, olga, alice, settings):
        settings.PLUMBLINE_SECOND_FACTOR = f"{__name__}.own_check"
        settings.PLUMBLINE_SECOND_FACTOR_CLEAR = f"{__name__}.own_removal"
        cleared.clear()
        signed_in(olga).post(reset_url(alice), REASON)
        assert cleared == [alice.user.pk]
        assert has_factor(alice)  # allauth was not asked

    def test_without_one_the_page_offers_nothing_and_the_act_says_why(self, olga, alice, settings):
        settings.PLUMBLINE_SECOND_FACTOR = f"{__name__}.own_check"
        owner = signed_in(olga)
        page = page_text(owner.get(reverse("plumbline:member", args=[alice.pk])))
        assert "They lost their second step" not in page
        assert "cannot be taken away here" in page_text(owner.post(reset_url(alice), REASON))
        assert has_factor(alice)

    @pytest.mark.parametrize(
        ("engine", "listed", "can"),
        [
            ("db", False, True),
            ("cached_db", False, True),
            ("cache", False, False),
            ("file", False, False),
            ("signed_cookies", False, False),
            ("cache", True, True),
            ("file", True, True),
            ("signed_cookies", True, False),
        ],
    )
    def test_where_their_sessions_could_not_be_ended_nothing_is_offered(self, settings, engine, listed, can):
        settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"
        if not listed:
            settings.INSTALLED_APPS = [app for app in settings.INSTALLED_APPS if app != "allauth.usersessions"]
        assert second_factor.can_reset() == can
