"""One page to change the password: the account's where the project has one, Django's own where it has none."""

import pytest
from django.test import Client as Browser

from tests import make
from tests.admin.browsing import page_text, signed_in, url

ACCOUNTS = "/accounts/password/change/"
NEW = "another horse battery"


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_site_s_own_page_leads_to_the_account_s_and_changes_nothing(cast, method):
    data = {"old_password": make.PASSWORD, "new_password1": NEW, "new_password2": NEW}
    assert getattr(signed_in(cast.alice), method)(url("password_change"), data)["Location"] == ACCOUNTS
    cast.alice.user.refresh_from_db()
    assert cast.alice.user.check_password(make.PASSWORD)
    assert signed_in(cast.alice).get(url("password_change_done"))["Location"] == ACCOUNTS


def test_the_menu_leads_there(cast):
    assert f'href="{ACCOUNTS}"' in signed_in(cast.alice).get(url("index")).content.decode()


def test_who_runs_the_site_has_it_too_and_no_settings_of_a_practitioner(db):
    page = signed_in(make.platform_staff()).get(url("index")).content.decode()
    assert f'href="{ACCOUNTS}"' in page
    assert url("my_settings") not in page


def test_a_host_without_account_pages_has_a_page_that_works(cast, settings):
    settings.ROOT_URLCONF = "tests.admin.urls_without_accounts"
    alice = signed_in(cast.alice)
    assert f'href="{url("password_change")}"' in alice.get(url("index")).content.decode()
    assert alice.get(url("password_change")).status_code == 200
    answer = alice.post(
        url("password_change"), {"old_password": make.PASSWORD, "new_password1": NEW, "new_password2": NEW}, follow=True
    )
    assert answer.status_code == 200
    assert "Your password was changed." in page_text(answer)
    assert Browser().login(username=cast.alice.user.username, password=NEW)


def test_and_a_wrong_old_one_is_refused_there(cast, settings):
    settings.ROOT_URLCONF = "tests.admin.urls_without_accounts"
    data = {"old_password": "wrong", "new_password1": NEW, "new_password2": NEW}
    signed_in(cast.alice).post(url("password_change"), data)
    cast.alice.user.refresh_from_db()
    assert cast.alice.user.check_password(make.PASSWORD)
