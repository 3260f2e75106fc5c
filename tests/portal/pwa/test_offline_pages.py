"""What a phone may keep: the manifest, the worker, and which pages say that they may be copied."""

import json
import re
import struct
import zlib

import pytest
from django.contrib.staticfiles import finders
from django.test import Client as Browser
from django.urls import include, path

from clinic.models import Clinic
from tests import make
from tests.portal.visit import send, signed_in, url, words

urlpatterns = [path("physio/", include("clinic.urls"))]  # a host that mounts the portal elsewhere


@pytest.fixture
def plan(cast):
    return make.prescription(cast.dana)


def worker(query=""):
    response = Browser().get(url("service_worker") + query)
    config = re.match(r"const config = (\{.*\});\n", response.content.decode())
    return response, json.loads(config.group(1))


def manifest(query=""):
    response = Browser().get(url("manifest") + query)
    assert response["Content-Type"] == "application/manifest+json"
    return json.loads(response.content)


def test_the_manifest_is_the_clinics(cast):
    Clinic.objects.filter(slug="riverside-physio").update(accent="#AA3355")
    about = manifest("?clinic=riverside-physio&lang=es")
    assert (about["name"], about["lang"], about["dir"]) == ("Riverside Physio", "es", "ltr")
    assert len(about["short_name"]) <= 12
    assert (about["start_url"], about["scope"], about["display"]) == ("/portal/", "/portal/", "standalone")
    assert about["theme_color"] == about["background_color"] == "#AA3355"
    assert {(one["sizes"], one["purpose"]) for one in about["icons"]} == {
        (size, purpose) for size in ("192x192", "512x512") for purpose in ("any", "maskable")
    }
    assert [one["url"] for one in about["shortcuts"]] == [url("report"), url("today")]
    assert manifest("?clinic=hilltop-rehab")["name"] == "Hilltop Rehab"
    assert manifest("?clinic=nowhere&lang=xx")["name"] == "Riverside Physio"


def test_there_is_a_manifest_before_there_is_a_clinic(db):
    assert manifest()["name"] == "Plumbline"


def pixels(png):
    """Width, and each row as places in the palette with the palette itself."""
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        chunks[png[at + 4 : at + 8]] = png[at + 8 : at + 8 + length]
        at += length + 12
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    data = zlib.decompress(chunks[b"IDAT"])
    assert len(data) == height * (width + 1)
    palette = [tuple(chunks[b"PLTE"][place : place + 3]) for place in range(0, len(chunks[b"PLTE"]), 3)]
    rows = [data[row * (width + 1) + 1 : (row + 1) * (width + 1)] for row in range(height)]
    return width, [[(*palette[place], chunks[b"tRNS"][place]) for place in row] for row in rows]


def test_every_icon_of_the_manifest_is_a_picture_in_the_clinics_colour(cast):
    for one in manifest("?clinic=riverside-physio")["icons"]:
        response = Browser().get(one["src"])
        width, rows = pixels(response.content)
        assert f"{width}x{width}" == one["sizes"]
        assert rows[width // 2][2] == (0x1F, 0x6F, 0x78, 255)
        assert rows[width // 2][width // 2] == (255, 255, 255, 255), "the bob"
        assert (rows[0][0][3] == 0) is (one["purpose"] == "any"), "only the system rounds what fills the square"
        assert "immutable" in response["Cache-Control"]


def test_on_a_pale_colour_the_mark_is_dark(cast):
    _width, rows = pixels(Browser().get(url("icon", "ffee88", "any-192")).content)
    assert rows[96][96] == (0x1D, 0x2A, 0x2E, 255)


@pytest.mark.parametrize("address", ["icons/1f6f78/any-64.png", "icons/1f6f7/any-192.png", "icons/zzzzzz/any-192.png"])
def test_no_other_icon_is_drawn(address, db):
    assert Browser().get(f"/{address}").status_code == 404


def test_the_worker_is_a_script_that_is_asked_for_anew(cast):
    response, config = worker("?clinic=riverside-physio&lang=en")
    assert response["Content-Type"].startswith("text/javascript")
    assert response["Cache-Control"] == "no-cache"
    assert config["scope"].startswith(url("service_worker").removesuffix("sw.js")), (
        "no Service-Worker-Allowed is needed"
    )
    assert "/static/clinic/player/player.js" in config["shell"]
    assert not [path for path in config["shell"] if "admin" in path]
    code = response.content.decode()
    assert not re.search(r"^(import|export) ", code, re.MULTILINE), "not every browser takes a module here"


def test_everything_it_wants_is_there(cast):
    _response, config = worker("?clinic=riverside-physio")
    ours, drawn = config["shell"][:-1], config["shell"][-1]
    assert [name for name in ours if not finders.find(name.removeprefix("/static/"))] == []
    assert Browser().get(drawn).status_code == 200
    page = Browser().get(config["offlinePage"])
    assert page.status_code == 200
    assert "No connection" in words(page)
    assert "555 0100" in words(page)


def test_its_version_is_what_it_keeps(cast):
    _response, first = worker("?clinic=riverside-physio")
    assert worker("?clinic=riverside-physio")[1]["version"] == first["version"]
    Clinic.objects.filter(slug="riverside-physio").update(phone="555 0199")
    assert worker("?clinic=riverside-physio")[1]["version"] != first["version"]
    assert worker("?clinic=riverside-physio&lang=es")[1]["version"] != first["version"]


def test_under_a_prefix_every_address_has_it(cast, settings):
    settings.ROOT_URLCONF = __name__
    config = json.loads(Browser().get("/physio/sw.js").content.decode().partition("= ")[2].partition(";\n")[0])
    assert (config["scope"], config["submissionUrl"]) == ("/physio/portal/", "/physio/portal/offline-submission/")
    about = json.loads(Browser().get("/physio/manifest.webmanifest").content)
    assert (about["start_url"], about["scope"]) == ("/physio/portal/", "/physio/portal/")
    assert Browser().get(about["icons"][0]["src"]).status_code == 200


def test_only_these_pages_may_be_copied(plan, cast):
    make.report(plan)
    dana = signed_in(cast.dana)
    may = {
        name: "Offline-Copy" in dana.get(url(name, *of))
        for name, of in {
            "today": (), "report": (), "player": (plan.pk,), "exercise": ("forward-bend",),
            "history": (), "settings": (), "library": (), "offline_submission": (), "home": (), "handout": (plan.pk,),
        }.items()
    }  # fmt: skip
    assert [name for name, copied in may.items() if copied] == ["today", "report", "player", "exercise"]
    assert "no-store" in dana.get(url("today"))["Cache-Control"], "to every cache but the worker's"


def test_a_page_says_whose_it_is_in_words_that_tell_nothing(plan, cast):
    dana, again, erin = signed_in(cast.dana), signed_in(cast.dana), signed_in(cast.erin)
    holders = [browser.get(url("today"))["Offline-Holder"] for browser in (dana, dana, again, erin)]
    assert holders[0] == holders[1]
    assert len(set(holders)) == 3, "another after each sign-in"
    assert all(re.fullmatch(r"[0-9a-f]{32}", holder) for holder in holders)


def test_a_message_for_one_time_is_not_kept(plan, cast):
    dana = signed_in(cast.dana)
    send(dana, url("settings"), card="reminders", wanted="no")
    assert "Offline-Copy" not in dana.get(url("today"))
    assert "Offline-Copy" in dana.get(url("today"))


def test_a_wrong_answer_and_a_stranger_are_not_kept(plan, cast, client):
    assert "Offline-Copy" not in send(signed_in(cast.dana), url("report"))
    assert "Offline-Holder" not in client.get(url("today"))
    nora = signed_in(make.registrant(cast.alice.clinic).user)
    assert "Offline-Copy" not in nora.get(url("exercise", "forward-bend"))


def test_signing_out_clears_the_phone_unless_somebody_elses_answers_wait(cast):
    for given, clears in (({}, True), ({"others_wait": "1"}, False)):
        dana = signed_in(cast.dana)
        given["csrfmiddlewaretoken"] = re.search(r'token" value="(\w+)"', dana.get(url("today")).content.decode())[1]
        assert ("Clear-Site-Data" in dana.post(url("sign_out"), given)) is clears


def test_the_page_brings_the_words_for_each_advice(plan, cast):
    for name, of in (("report", ()), ("player", (plan.pk,))):
        text = signed_in(cast.dana).get(url(name, *of)).content.decode()
        offered = text.partition('<template id="offline-answered" data-much="3">')[2].partition("</template>")[0]
        assert set(re.findall(r'data-advice="(\w+)"', offered)) == {
            "go_on", "carry_on", "stop_today", "stop", "call_now", "thanks",
        }  # fmt: skip
        assert "Pain went from {before} to {after}. Stop for today." in offered
