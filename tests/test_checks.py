"""Each mistake of an installation is reported at the start, with its remedy."""

import math

import pytest
from django.conf import settings as live
from django.contrib.auth import get_user_model
from django.core.checks import run_checks
from django.utils.module_loading import import_string

from clinic import checks
from clinic.conf import ALLAUTH_REMOVAL, DEFAULTS, conf, practitioner_templates
from clinic.reminders import web_push

APPS = [
    "django.contrib.admin",
    "unfold.apps.BasicAppConfig",
    "rest_framework",
    "rest_framework.authtoken",
    "exercises",
    "clinic",
]


def found():
    """What our checks say now, as ids; each message must say what to do."""
    messages = run_checks(tags=[checks.TAG])
    assert all(message.hint for message in messages)
    return [message.id for message in messages]


@pytest.fixture
def installed(monkeypatch):
    """Change what INSTALLED_APPS says without loading the apps anew."""
    return lambda apps: monkeypatch.setattr(live, "INSTALLED_APPS", apps)


def test_the_runnable_project_has_no_mistake(settings):
    settings.PLUMBLINE_BASE_URL = "https://clinic.example"
    assert found() == []


@pytest.mark.parametrize(
    "address",
    ["", "clinic.example", "ftp://clinic.example", "https://", "https://clinic.example/care", "http://[", None],
)
def test_e001_a_base_url_that_no_link_can_begin_with(settings, address):
    settings.PLUMBLINE_BASE_URL = address
    assert found() == ["clinic.E001"]


def test_e001_no_base_url_at_all(settings):
    del settings.PLUMBLINE_BASE_URL
    assert found() == ["clinic.E001"]


def test_w001_http_is_for_development_alone(settings):
    settings.PLUMBLINE_BASE_URL = "http://clinic.example"
    settings.DEBUG = False
    assert found() == ["clinic.W001"]
    settings.DEBUG = True
    assert found() == []


def test_e002_no_engine_for_the_practitioner_site(settings):
    settings.PLUMBLINE_BASE_URL = "https://clinic.example"
    settings.TEMPLATES = settings.TEMPLATES[:1]
    assert found() == ["clinic.E002"]


def test_e002_an_engine_that_finds_djangos_templates_first(settings):
    settings.PLUMBLINE_BASE_URL = "https://clinic.example"
    settings.TEMPLATES = [settings.TEMPLATES[0], {**practitioner_templates(), "DIRS": []}]
    assert found() == ["clinic.E002"]


def test_e002_an_engine_that_finds_no_admin_templates(settings):
    settings.PLUMBLINE_BASE_URL = "https://clinic.example"
    settings.TEMPLATES = [settings.TEMPLATES[0], {**practitioner_templates(), "DIRS": [], "APP_DIRS": False}]
    assert found() == ["clinic.E002"]


def test_the_projects_own_folder_comes_before_unfolds(tmp_path):
    first, unfolds = practitioner_templates([tmp_path])["DIRS"]
    assert first == tmp_path
    assert (unfolds / "unfold").is_dir()


@pytest.mark.parametrize(
    "apps",
    [
        [app for app in APPS if not app.startswith("unfold")],
        ["django.contrib.admin", "unfold", *APPS[2:]],
        ["unfold.apps.BasicAppConfig", "django.contrib.admin", *APPS[2:]],
    ],
    ids=["not listed", "takes over the host's admin", "above the host's admin"],
)
def test_e003_unfold_listed_as_it_must_not_be(installed, apps):
    installed(apps)
    assert [message.id for message in checks.check_unfold_apps()] == ["clinic.E003"]


def test_e003_both_mistakes_are_told(installed):
    installed(["unfold", *APPS])
    assert len(checks.check_unfold_apps()) == 2


NUMBERS = [name for name, default in DEFAULTS.items() if type(default) is int]


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", [0, -1, "3", None, True, math.nan, math.inf], ids=repr)
def test_e004_a_number_that_is_none(settings, name, value):
    setattr(settings, name, value)
    assert [message.id for message in checks.check_values()] == ["clinic.E004"]


def test_e004_a_batch_is_a_whole_number_and_hours_need_not_be(settings):
    settings.PLUMBLINE_LATENESS_HOURS = 1.5
    assert checks.check_values() == []
    settings.PLUMBLINE_BATCH = 1.5
    assert [message.id for message in checks.check_values()] == ["clinic.E004"]


def test_e004_a_worklist_path_without_its_slash(settings):
    settings.PLUMBLINE_WORKLIST_PATH = "admin/"
    assert [message.id for message in checks.check_values()] == ["clinic.E004"]


def test_w004_a_setting_that_nobody_reads(settings):
    settings.PLUMBLINE_LATENES_HOURS = 5
    (message,) = checks.check_values()
    assert (message.id, message.hint) == ("clinic.W004", "Did you mean PLUMBLINE_LATENESS_HOURS?")


def test_e005_instants_need_a_zone(settings):
    settings.USE_TZ = False
    assert [message.id for message in checks.check_time_and_language()] == ["clinic.E005"]


def test_w003_a_project_without_english(settings):
    settings.LANGUAGES = [("es", "Español")]
    assert [message.id for message in checks.check_time_and_language()] == ["clinic.W003"]


def test_e006_a_user_without_a_mail_address(monkeypatch):
    monkeypatch.setattr(get_user_model(), "EMAIL_FIELD", "mailbox")
    (message,) = checks.check_user_email()
    assert message.id == "clinic.E006"
    assert "“mailbox”" in message.msg


@pytest.fixture
def keys(settings):
    settings.PLUMBLINE_VAPID_PRIVATE_KEY, settings.PLUMBLINE_VAPID_PUBLIC_KEY = web_push.generate_keys()
    settings.PLUMBLINE_VAPID_CONTACT = "mailto:desk@clinic.example"
    assert checks.check_push_keys() == []
    return settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_KEY", "another pair's"),
        ("PUBLIC_KEY", ""),
        ("PRIVATE_KEY", ""),
        ("PRIVATE_KEY", "no key at all"),
        ("CONTACT", "desk@clinic.example"),
    ],
)
def test_e007_keys_of_push_that_do_not_belong_together(keys, name, value):
    setattr(keys, f"PLUMBLINE_VAPID_{name}", web_push.generate_keys()[1] if value == "another pair's" else value)
    (message,) = checks.check_push_keys()
    assert message.id == "clinic.E007"
    assert "manage.py vapid_keys" in message.hint
    assert keys.PLUMBLINE_VAPID_PRIVATE_KEY not in {message.msg, message.hint}


def test_w005_keys_of_push_without_the_library(keys, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name, *_: None)
    (message,) = checks.check_push_keys()
    assert message.id == "clinic.W005"
    assert "django-plumbline[push]" in message.hint


def test_w006_one_factor_opens_health_data(settings):
    settings.PLUMBLINE_TWO_FACTOR = True
    assert checks.check_second_factor_is_on() == []
    settings.PLUMBLINE_TWO_FACTOR = False
    (message,) = checks.check_second_factor_is_on()
    assert message.id == "clinic.W006"
    assert "docs/install.md" in message.hint


@pytest.mark.parametrize("missing", ["rest_framework", "rest_framework.authtoken"])
def test_w002_no_program_can_sign_in(installed, missing):
    installed([app for app in APPS if app != missing])
    (message,) = checks.check_api_keys()
    assert message.id == "clinic.W002"
    assert missing in message.msg


@pytest.mark.parametrize("value", [1, 0, "yes", None])
def test_e004_a_switch_is_true_or_false(settings, value):
    settings.PLUMBLINE_TWO_FACTOR = value
    assert "clinic.E004" in found()


def test_e008_a_second_factor_that_nothing_knows_of(settings, installed):
    settings.PLUMBLINE_TWO_FACTOR = True
    assert "clinic.E008" not in found()
    installed([app for app in live.INSTALLED_APPS if app != "allauth.mfa"])
    assert "clinic.E008" in found()
    settings.PLUMBLINE_TWO_FACTOR = False
    assert "clinic.E008" not in found()


@pytest.mark.parametrize(("path", "invalid"), [("nowhere.at_all", True), ("math.pi", True), ("math.isnan", False)])
def test_e008_a_path_that_leads_to_nothing(settings, path, invalid):
    settings.PLUMBLINE_TWO_FACTOR = True
    settings.PLUMBLINE_SECOND_FACTOR = path
    assert ("clinic.E008" in found()) == invalid


@pytest.mark.parametrize(
    ("path", "invalid"), [("nowhere.at_all", True), ("math.pi", True), ("math.isnan", False), ("", False)]
)
def test_e008_what_takes_a_lost_one_away_leads_to_nothing(settings, path, invalid):
    settings.PLUMBLINE_SECOND_FACTOR_CLEAR = path
    assert ("clinic.E008" in found()) == invalid


def test_two_factor_is_on_where_a_project_says_nothing(settings):
    del settings.PLUMBLINE_TWO_FACTOR
    assert conf.two_factor


@pytest.mark.parametrize(
    ("name", "value", "path"),
    [
        ("PLUMBLINE_SECOND_FACTOR", "clinic.second_factor.by_allauth", conf.second_factor_check),
        ("PLUMBLINE_SECOND_FACTOR_CLEAR", "clinic.second_factor.cleared_by_allauth", ALLAUTH_REMOVAL),
        (
            "REST_FRAMEWORK",
            {"EXCEPTION_HANDLER": "clinic.api.problems.handler"},
            "clinic.api.problems.handle_exception",
        ),
    ],
)
def test_e010_a_path_that_has_moved_is_named_with_its_new_place(settings, name, value, path):
    settings.PLUMBLINE_BASE_URL = "https://clinic.example"
    setattr(settings, name, value)
    (error,) = run_checks(tags=[checks.TAG])
    assert error.id == "clinic.E010"
    assert name in error.msg
    assert path in error.hint


@pytest.mark.parametrize("path", checks.MOVED.values())
def test_e010_the_new_place_is_there(path):
    assert callable(import_string(path))
