"""Every page and every act of the site, tried by everybody who must not."""

from itertools import takewhile

import pytest
from django.contrib.auth import get_user_model

from clinic.admin.site import site
from clinic.clients import notes as client_notes
from clinic.models import (
    AuditEntry,
    Client,
    Flag,
    FlagEvent,
    Invitation,
    Message,
    Note,
    Practitioner,
    Prescription,
    PrescriptionVersion,
    RuleSettings,
)
from tests import make
from tests.admin.browsing import page_text, signed_in, url

pytestmark = pytest.mark.any_database

OF_A_CLIENT = [
    "client",
    "mail",
    "prescribe",
    "resend_invitation",
    "rule_settings",
    "rule_simulation",
    "reminders",
    "message",
    "note",
]
OF_A_PRESCRIPTION = ["amend", "hold", "resume", "end", "handout", "summary"]
OF_A_FLAG = ["acknowledge", "resolve"]
OF_A_NOTE = ["correct_note"]
OF_NOBODY = ["index", "clients", "invite", "audit_log", "exercises", "exercise_add", "flag_statistics"]
OF_NOBODY += ["import_clients", "confirm_import", "download_import_errors", "import_example", "hand_over"]
OF_NOBODY += ["resend_invitations", "withdraw_invitations", "decide_registrants"]
OF_NOBODY += ["my_settings", "team", "member_add", "clinic"]
OF_A_CLINIC = {  # tests/admin/practice/test_settings_pages.py tries them
    *("clinic_settings", "accent_preview", "dismiss_onboarding", "clinic_rule_settings", "advice_text")
}
OF_NOBODY += ["prescribe_several", "dose_templates", "dose_template_add"]
ABOUT = [*OF_A_CLIENT, *OF_A_PRESCRIPTION, *OF_A_FLAG, *OF_A_NOTE]
ONLY_POST = {"acknowledge", "resend_invitation"}
ONLY_GET = {"client", "mail", "handout", "rule_simulation", "reminders", "summary"}
GIVEN = {"reason": "x", "note": "x", "text": "x", "verdict": "real", "sensitivity": "few", "smallest_rise": "2.0"}
TOO_FAR = 99_999_999_999_999_999_999


@pytest.fixture
def hers(cast):
    """The number of dana's row that each address is about."""
    prescription = make.prescription(cast.dana)
    flag = make.report(prescription, 4, 8).flags[0]
    note = client_notes.add_note(cast.dana, "Bends from the hips.", by=cast.alice)
    rows = dict.fromkeys(OF_A_CLIENT, cast.dana.pk)
    rows |= dict.fromkeys(OF_A_PRESCRIPTION, prescription.pk) | dict.fromkeys(OF_A_FLAG, flag.pk)
    return rows | dict.fromkeys(OF_A_NOTE, note.pk)


def everything():
    """All that an act could have changed."""
    return (
        list(Prescription.objects.order_by("pk").values_list("pk", "state")),
        PrescriptionVersion.objects.count(),
        list(Flag.objects.order_by("pk").values_list("pk", "state")),
        FlagEvent.objects.count(),
        list(Client.objects.order_by("pk").values_list("pk", "state")),
        Invitation.objects.count(),
        RuleSettings.objects.count(),
        Note.objects.count(),
        Message.objects.count(),
        AuditEntry.objects.count(),
    )


def answers(browser, name, number):
    """To a look and to an act; 405 where there is nothing to look at, or nothing to do."""
    address = url(name, number)
    return browser.get(address).status_code, browser.post(address, GIVEN).status_code


def not_found(name):
    return (405 if name in ONLY_POST else 404, 405 if name in ONLY_GET else 404)


def test_all_addresses_of_the_site_are_tried_here():
    own = takewhile(lambda pattern: pattern.name != "logout", site.get_urls())
    ours = {pattern.name for pattern in own if "<int:pk>" in str(pattern.pattern)}
    # test_registrants, test_exercises_films, test_hand_over_page
    elsewhere = {"accept_registrant", "decline_registrant", "reconsider_registrant", "exercise_remove", "hand_over"}
    elsewhere |= {"member_settings", "digest_preview", "change_absence", "end_absence"}  # test_my_settings
    elsewhere |= {
        "member",
        "deactivate",
        "reactivate",
        "resend_welcome",
        "revoke_access",
        "restore_access",
    }  # test_who_may_what
    elsewhere |= {"reset_second_factor"}  # tests/accounts/test_second_factor_reset.py
    elsewhere |= {"dose_template", "dose_template_retire"}  # test_dose_templates
    assert ours == set(ABOUT) | elsewhere | OF_A_CLINIC


@pytest.mark.parametrize("name", ABOUT)
def test_somebody_of_another_clinic_finds_nothing(cast, hers, name):
    before = everything()
    assert answers(signed_in(cast.charlie), name, hers[name]) == not_found(name)
    assert everything() == before


@pytest.mark.parametrize("name", ABOUT)
def test_a_colleague_finds_nothing_until_the_clinic_shares_its_records(cast, hers, name):
    bob, before = signed_in(cast.bob), everything()
    assert answers(bob, name, hers[name]) == not_found(name)
    assert everything() == before
    cast.bob.clinic.shares_records = True
    cast.bob.clinic.save(update_fields=["shares_records"])
    if name not in ONLY_POST:
        assert bob.get(url(name, hers[name])).status_code == 200


@pytest.mark.parametrize("name", ABOUT)
def test_a_number_that_is_nobodys_is_not_found(cast, hers, name):
    alice = signed_in(cast.alice)
    for number in (0, 987_654, TOO_FAR):
        assert answers(alice, name, number) == not_found(name)


@pytest.mark.parametrize("name", [*ABOUT, *OF_NOBODY])
def test_a_client_is_told_where_to_go_and_learns_nothing(cast, hers, name):
    before, dana = everything(), signed_in(cast.dana.user)
    address = url(name, hers[name]) if name in hers else url(name)
    page = dana.get(address)
    assert page.status_code == 404
    assert "This part is for practitioners" in page_text(page)
    assert 'href="/portal/"' in page.content.decode()
    assert "Pain went" not in page_text(page)
    assert dana.post(address, GIVEN).status_code == 404
    assert everything() == before


@pytest.mark.parametrize("name", [*ABOUT, *OF_NOBODY])
def test_who_is_not_signed_in_is_led_to_the_sign_in(client, hers, name):
    before = everything()
    address = url(name, hers[name]) if name in hers else url(name)
    page = client.get(address, follow=True)
    assert page.redirect_chain[-1][0] == f"/accounts/login/?next={address}"
    assert client.post(address, GIVEN).status_code == 302
    assert everything() == before


@pytest.mark.parametrize("name", [*ABOUT, *OF_NOBODY[1:]])  # the first page is the clinics, then: test_clinics
def test_the_flags_of_the_hosts_own_staff_open_nothing(cast, hers, name):
    chief = make.user("chief@host.example")
    get_user_model().objects.filter(pk=chief.pk).update(is_staff=True, is_superuser=True)
    address = url(name, hers[name]) if name in hers else url(name)
    assert signed_in(chief).get(address).status_code == 404


def test_who_works_here_no_longer_is_out_at_once(cast, hers):
    alice = signed_in(cast.alice)
    assert alice.get(url("index")).status_code == 200
    Practitioner.objects.filter(pk=cast.alice.pk).update(active=False)
    assert alice.get(url("client", cast.dana.pk)).status_code == 404


def test_the_lists_hold_only_ones_own(cast, hers):
    assert "Dana" in page_text(signed_in(cast.alice).get(url("index")))
    for person in (cast.bob, cast.charlie):
        for name in ("index", "clients"):
            assert "Dana" not in page_text(signed_in(person).get(url(name)))


def test_a_practitioner_who_is_a_client_elsewhere_does_not_treat_oneself(cast):
    """Charlie treats alice: her own record there is not hers to write."""
    herself = make.invited(cast.charlie, "Alice", email=cast.alice.email)
    Client.objects.filter(pk=herself.pk).update(user=cast.alice.user, state="joined", consented_at=herself.created_at)
    alice = signed_in(cast.alice)
    assert alice.get(url("prescribe", herself.pk)).status_code == 404
    assert [row.client for row in alice.get(url("index")).context["rows"]] == [cast.dana]


@pytest.mark.parametrize("name", ABOUT)
def test_an_act_needs_the_forms_own_token(cast, hers, name):
    before, alice = everything(), signed_in(cast.alice)
    alice.handler.enforce_csrf_checks = True
    assert alice.post(url(name, hers[name]), GIVEN).status_code == 403
    assert everything() == before
