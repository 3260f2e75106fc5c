"""What `pip install django-plumbline` brings, in a project of somebody else whose users have no username.

The project is tests/hosts: it runs in processes of its own, beside the installed wheel and away from this repository.
"""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
HOSTS = ROOT / "tests" / "hosts"
SOURCES = ["clinic", "exercises", "config", "templates", "tests", "docs"]
SHIPPED_TEMPLATES = [
    path.relative_to(ROOT / "templates").as_posix()
    for app in ("clinic", "exercises")
    for path in sorted((ROOT / "templates" / app).rglob("*"))
    if path.is_file()
]
SHIPPED_STATIC = [
    path.relative_to(ROOT / app / "static").as_posix()
    for app in ("clinic", "exercises")
    for path in sorted((ROOT / app / "static").rglob("*"))
    if path.is_file()
]
WHERE = """
import json, sys
import clinic, django
from django.contrib.staticfiles import finders
from django.template.loader import get_template
django.setup()
ask = json.load(sys.stdin)
print(json.dumps({
    "clinic": clinic.__file__,
    "templates": {name: get_template(name).origin.name for name in ask["templates"]},
    "static": {name: finders.find(name) for name in ask["static"]},
}))
"""

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("wheel")]


def run(*command, cwd, env=None, told=""):
    # -P and the cleared environment keep this repository off the path.
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "TMPDIR"}}
    line = [sys.executable, *command]
    done = subprocess.run(line, cwd=cwd, env=kept | (env or {}), input=told, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from the source archive, in a copy, so that nothing lands in the work tree."""
    place = tmp_path_factory.mktemp("build")
    source = place / "source"
    source.mkdir()
    for folder in SOURCES:
        shutil.copytree(ROOT / folder, source / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy(file, source)
    run("-m", "build", "--no-isolation", "--outdir", str(place / "dist"), cwd=source)
    (built,) = (place / "dist").glob("*.whl")
    return built


@pytest.fixture(scope="module")
def host(wheel, tmp_path_factory):
    """Runs `python …` in a bare project beside nothing but the installed wheel."""
    place = tmp_path_factory.mktemp("host")
    pip = ["-m", "pip", "install", "--no-index", "--no-deps", "--quiet", "--target", str(place / "installed")]
    run(*pip, str(wheel), cwd=place)
    shutil.copytree(HOSTS, place / "project", ignore=shutil.ignore_patterns("__pycache__"))
    (place / "project" / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "make.py", place / "project" / "tests")
    env = {
        "PYTHONPATH": f"{place / 'installed'}:{place / 'project'}",
        "DJANGO_SETTINGS_MODULE": "bare.settings",
        "HOST_DATABASE": str(place / "db.sqlite3"),
    }
    return lambda *command, told="": run(*command, cwd=place / "project", env=env, told=told)


def test_the_wheel_holds_the_two_apps_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"clinic", "exercises"}
    assert "clinic/migrations/0001_initial.py" in names
    assert "exercises/library/forward-bend/exercise.en.toml" in names
    assert {"handout.typ", "fonts/OFL.txt", "fonts/Figtree-Bold.ttf"} <= {
        name.removeprefix("clinic/documents/") for name in names
    }
    assert "clinic/locale/es/LC_MESSAGES/django.mo" in names
    assert any(name.endswith("/LICENSE") for name in names)
    assert not [name for name in names if name.endswith((".pyc", ".po"))]


def test_templates_and_static_files_are_found_in_the_installed_apps(host):
    ask = {"templates": SHIPPED_TEMPLATES, "static": SHIPPED_STATIC}
    assert "clinic/base.html" in ask["templates"]
    assert "clinic/tokens.css" in ask["static"]
    found = json.loads(host("-c", WHERE, told=json.dumps(ask)))
    installed = found["clinic"].removesuffix("clinic/__init__.py")
    assert not installed.startswith(str(ROOT))
    places = found["templates"] | found["static"]
    assert {name: place for name, place in places.items() if not str(place).startswith(installed)} == {}


def test_the_system_checks_find_nothing_to_mend(host):
    assert "no issues" in host("-m", "django", "check")


def test_a_host_makes_no_migration_for_us(host):
    assert "No changes detected" in host("-m", "django", "makemigrations", "--check", "--dry-run")


def test_the_library_loads_from_the_wheel(host):
    host("-m", "django", "migrate", "--verbosity=0")
    assert "forward-bend version" in host("-m", "django", "load_exercises")


def test_the_main_job_is_done_in_the_host(host):
    told = host("-m", "pytest", "story.py", "--ds=bare.settings", "-p", "no:cacheprovider", "-p", "no:randomly")
    assert " passed" in told
