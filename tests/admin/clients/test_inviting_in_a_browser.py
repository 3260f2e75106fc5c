"""Inviting, importing and handing over in Debian's Chromium: phone and desk, light and dark, axe finds nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from clinic.models import Client, Practitioner
from tests import axe, make
from tests.admin.browsing import signed_in, url

pytestmark = pytest.mark.browser

PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 800}
TABLE = "Name,E-mail,Diagnosis\nFrida,frida@home.example,x\nKern,kern at home,y\nDana,dana@home.example,z\n"
SMALL = """() => [...document.querySelectorAll('main button, main a.pl-button, main label:has([type=checkbox])')]
    .filter(one => one.offsetParent && one.getBoundingClientRect().height < 44).map(one => one.textContent.trim())"""


@pytest.fixture
def owner(cast):
    make.registrant(cast.alice.clinic, "Nora")
    make.registrant(cast.alice.clinic, "Paul")
    asked = make.invited(cast.alice, "Gustav")
    long_ago = timezone.now() - dt.timedelta(days=8)
    asked.invitations.update(state="sent", sent_at=long_ago, settled_at=long_ago)
    return make.practitioner(cast.alice.clinic, "Olga", Practitioner.Role.OWNER)


@pytest.fixture
def open_page(browser, live_server, owner):
    contexts = []

    def opened(viewport=DESK, scheme="light"):
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, reduced_motion="reduce", base_url=live_server.url
        )
        contexts.append(context)
        key = signed_in(owner).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": key, "url": live_server.url}])
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()


def faults(page):
    return axe.faults(page) + (page.evaluate(SMALL) if page.viewport_size == PHONE else [])


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (PHONE, "dark"), (DESK, "light"), (DESK, "dark")])
def test_each_page_is_whole(open_page, viewport, scheme):
    page = open_page(viewport, scheme)
    found = {}
    for name in ("invite", "import_clients", "hand_over", "registrants"):
        page.goto(url(name))
        found[name] = faults(page)
    page.goto(url("import_clients"))
    page.get_by_label("Or paste the rows here").fill(TABLE)
    page.get_by_role("button", name="Look what would happen").click()
    page.get_by_role("heading", name="Row by row").wait_for()
    found["look"] = faults(page)
    page.goto(f"{url('withdraw_invitations')}?client={Client.objects.get(name='Gustav').pk}")
    found["withdraw"] = faults(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_from_a_file_to_the_invitations_that_are_out(open_page, tmp_path):
    file = tmp_path / "clients.csv"
    file.write_bytes("Nombre;Correo\nIñaki;inaki@home.example\nUxía;uxia@home.example\n".encode("cp1252"))
    page = open_page()
    page.goto(url("invite"))
    page.get_by_role("link", name="Import clients").click()
    page.get_by_label("A file").set_input_files(file)
    page.get_by_role("button", name="Look what would happen").click()
    page.get_by_role("button", name="Invite all 2 clients").click()
    page.get_by_text("2 invitations are on their way.").wait_for()
    page.get_by_label("Iñaki").check()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    page.get_by_text("The invitation to Iñaki is withdrawn.").wait_for()
    assert set(Client.objects.filter(state="invited").values_list("name", flat=True)) == {"Gustav", "Uxía"}
