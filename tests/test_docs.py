"""The documents say what the code does: every setting, check, command and variable, and nothing that is not there."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from clinic import checks, tasks
from clinic.conf import DEFAULTS, Conf
from clinic.models.outbox import database_now
from clinic.operators import metrics, readiness
from tests.test_architecture import read

ROOT = Path(__file__).resolve().parent.parent
DOCS = {path.relative_to(ROOT).as_posix(): path.read_text() for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]}
README = DOCS["README.md"]
SETTINGS = DOCS["docs/settings.md"]
TOGETHER = "\n".join(DOCS.values())
ROWS = re.findall(r"^\| `(PLUMBLINE_\w+)` \| (.+?) \| .+ \|$", SETTINGS, re.MULTILINE)
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PLACES = ("", "clinic", "clinic/static/clinic", "exercises", "templates", "config", "tests", "bench")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def blocks(text, language):
    return [body for found, body in FENCE.findall(text) if found == language]


def test_every_setting_has_its_row_with_its_default():
    said = dict(ROWS)
    assert sorted(said) == sorted(DEFAULTS)
    unlike = {name: said[name] for name, default in DEFAULTS.items() if default and f"`{default}`" not in said[name]}
    assert unlike == {}


@pytest.mark.parametrize("name", [name for name, value in vars(Conf).items() if isinstance(value, property)])
def test_every_property_of_the_settings_reads_documented_names(name):
    names = re.findall(r"PLUMBLINE_\w+", inspect.getsource(getattr(Conf, name).fget))
    assert names
    assert set(names) <= set(dict(ROWS))


def test_every_system_check_is_listed_and_none_that_is_gone():
    ids = re.compile(r"clinic\.[EW]\d{3}")
    assert set(ids.findall(SETTINGS)) == set(ids.findall(inspect.getsource(checks)))


def commands():
    files = ROOT.glob("*/management/commands/*.py")
    return sorted(path.stem for path in files if not path.stem.startswith("_"))


@pytest.mark.parametrize("command", commands())
def test_every_management_command_is_told(command):
    assert re.search(rf"(manage\.py|django) {command}\b", TOGETHER)


def variables(sources):
    """What is read from the environment: `environ.get("X")`, `environ["X"]`, `flag(variables, "X", …)` and the like."""
    found = set()
    for text in sources.values():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Subscript):
                asked, keys = node.value, [node.slice]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
                asked, keys = node.func.value, node.args[:1]
            elif isinstance(node, ast.Call) and node.args:
                asked, keys = node.args[0], node.args[1:2]
            else:
                continue
            if {getattr(asked, "attr", ""), getattr(asked, "id", "")} & {"environ", "variables"}:
                found |= {key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
    return found


def test_every_variable_of_the_environment_is_in_the_operators_page():
    names = variables(read("config"))
    assert {"DATABASE_URL", "SECRET_KEY", "DEBUG", "PORT", "PLUMBLINE_VAR"} <= names
    assert [name for name in sorted(names) if f"`{name}`" not in DOCS["docs/operations.md"]] == []


def test_the_reader_of_variables_sees_each_way_of_asking():
    text = 'os.environ.get("A"); variables["B"]; flag(os.environ, "C", True); other.get("D"); flag("E", variables)'
    assert variables({"a.py": text}) == {"A", "B", "C"}


@pytest.mark.django_db
def test_every_metric_is_told_and_every_metric_told_is_there():
    there = {family.name for family in metrics.build_families(database_now())}
    named = set(re.findall(r"\bplumbline_[a-z_]+\b", DOCS["docs/operations.md"]))
    assert named == there
    rules = [body for body in blocks(DOCS["docs/operations.md"], "yaml") if "alert:" in body]
    assert set(re.findall(r"\bplumbline_[a-z_]+\b", "".join(rules))) == there - {"plumbline_mail_due"}


def test_the_alerts_wait_as_long_as_readyz_does():
    said = {int(number) for number in re.findall(r"> (\d{3,})", DOCS["docs/operations.md"])}
    assert said == {limit.total_seconds() for limit in [*readiness.SILENT_FOR.values(), readiness.LATE]}


def test_make_knows_what_the_readme_types():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    typed = set(
        re.findall(r"\bmake ([a-z]+)\b", "\n".join([*blocks(README, "sh"), *re.findall(r"`[^`\n]+`", TOGETHER)]))
    )
    assert {"run", "test"} <= typed <= set(targets)


def test_the_pages_install_what_the_host_in_the_tests_has_installed():
    settings, urls = blocks(README, "python")
    (admin,) = blocks(DOCS["docs/install.md"], "python")
    assert settings in (ROOT / "tests/hosts/bare/settings.py").read_text()
    assert urls in (ROOT / "tests/hosts/bare/urls.py").read_text()
    assert admin in (ROOT / "tests/hosts/people/admin.py").read_text()


def test_the_readmes_beat_is_the_projects_own():
    from config.celery import app

    (settings,) = [block for block in blocks(README, "python") if "CELERY_BEAT_SCHEDULE" in block]
    assigned = {node.targets[0].id: node.value for node in ast.parse(settings).body if isinstance(node, ast.Assign)}
    said = ast.literal_eval(assigned["CELERY_BEAT_SCHEDULE"])
    assert said == app.conf.beat_schedule
    assert all(hasattr(tasks, entry["task"].removeprefix("clinic.tasks.")) for entry in said.values())


@pytest.mark.parametrize("path", sorted(DOCS))
def test_no_page_leads_out_of_the_repository(path):
    assert re.findall(r"(?<![\w/])(?:\.\./)*shared/", DOCS[path]) == []
    assert re.findall(r"(?<![\w.:/>-])/(?:work|home|root|tmp)\b", DOCS[path]) == []


def anchors(text):
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", sorted(DOCS))
def test_links_and_pictures_lead_somewhere(path):
    broken = []
    for target in LINK.findall(FENCE.sub("", DOCS[path])):
        if re.match(r"https?://|mailto:", target):
            continue
        file, _hash, anchor = target.partition("#")
        place = (ROOT / path).parent / file if file else ROOT / path
        if not place.exists() or (anchor and anchor not in anchors(place.read_text())):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("path", sorted(DOCS))
def test_files_that_a_page_names_are_there(path):
    named = re.findall(r"(?<![\w/.])((?:tests|clinic|exercises|config|templates|bench|docs)/[\w./-]+\.\w+)", DOCS[path])
    assert [file for file in sorted(set(named)) if not (ROOT / file).exists()] == []


@pytest.mark.parametrize("path", sorted(DOCS.keys() - {"CHANGELOG.md"}))
def test_short_names_of_files_are_there(path):
    """In backticks: a path from one of PLACES, or the bare name of a file wherever it is."""
    named = set(re.findall(r"`([\w./-]+\.(?:py|html|css|js|typ|toml))`", DOCS[path])) - {"sw.js"}  # an address
    bare = {file.name for top in PLACES[1:] for file in (ROOT / top).rglob("*.*")}
    gone = [file for file in named if not any((ROOT / place / file).exists() for place in PLACES)]
    assert sorted(file for file in gone if "/" in file or file not in bare) == []


def test_the_readme_leads_to_every_page():
    linked = set(LINK.findall(README))
    assert [path for path in DOCS if path != "README.md" and path not in linked] == []


def test_the_changelog_knows_the_version_that_is_built():
    (version,) = re.findall(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert re.search(
        rf"^## \[{re.escape(version)}\] - (Unreleased|\d{{4}}-\d\d-\d\d)$", DOCS["CHANGELOG.md"], re.MULTILINE
    )
