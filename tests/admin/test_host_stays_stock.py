"""A host project's own admin site looks as it did before: ours leaves no trace in it, nor it in ours."""

import pytest
from django.contrib import admin
from django.contrib.admin import AdminSite
from django.contrib.auth import get_user_model
from django.template.loader import get_template
from django.test import override_settings
from django.urls import include, path, reverse

from clinic.admin.site import site
from tests import make
from tests.admin.browsing import signed_in, url

host = AdminSite(name="admin")
host.register(get_user_model(), admin.ModelAdmin)
urlpatterns = [
    path("host/", host.urls),
    path("physio/", site.urls),
    path("accounts/", include("allauth.urls")),
    path("", include("clinic.urls")),
]
in_a_host = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture
def chief(db):
    user = make.user("chief@host.example")
    get_user_model().objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return signed_in(user)


@pytest.mark.parametrize("template", ["admin/base.html", "admin/login.html", "admin/change_list.html"])
def test_the_projects_own_engine_finds_djangos_templates_first(template):
    assert "/django/contrib/admin/" in get_template(template).origin.name
    assert "/unfold/" in get_template(template, using="plumbline_admin").origin.name


@in_a_host
def test_the_stock_sign_in_is_djangos(client):
    page = client.get("/host/login/").content.decode()
    assert "Django administration" in page
    assert "/static/admin/css/base.css" in page
    assert "unfold" not in page


@in_a_host
def test_the_stock_pages_are_djangos_and_say_nothing_of_us(chief):
    app, model = get_user_model()._meta.app_label, get_user_model()._meta.model_name
    for address in ("/host/", f"/host/{app}/{model}/", f"/host/{app}/{model}/add/"):
        page = chief.get(address)
        assert page.status_code == 200
        for trace in ("unfold", "plumbline", "Plumbline", "clinic/admin", "/physio/"):
            assert trace not in page.content.decode()


@in_a_host
def test_our_links_stay_in_our_site_and_theirs_in_theirs(cast, chief):
    page = signed_in(cast.alice).get(url("index")).content.decode()
    assert "/physio/clients/" in page
    assert "/host/" not in page
    with override_settings(ROOT_URLCONF=__name__):
        assert reverse("admin:index", current_app="admin") == "/host/"
        assert reverse("admin:index", current_app="plumbline") == "/physio/"


@override_settings(UNFOLD={"SITE_TITLE": "The host's shop", "STYLES": ["/shop.css"]})
def test_the_hosts_own_unfold_settings_do_not_reach_us(cast):
    page = signed_in(cast.alice).get(url("index")).content.decode()
    assert "shop" not in page


@override_settings(PLUMBLINE_UNFOLD={"SITE_HEADER": "Our Physio", "STYLES": ["/ours.css"]})
def test_a_project_may_change_our_look_by_our_setting(cast):
    page = signed_in(cast.alice).get(url("index")).content.decode()
    assert "Our Physio" in page
    assert '<link href="/ours.css"' in page
    assert "clinic/admin/shell" in page


def test_no_table_is_open_to_be_changed_row_by_row():
    assert not site._registry  # every page is ours
