"""The house holds: pure files stay pure, files stay small and say what they are."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

import pytest

from tests import floors

ROOT = Path(__file__).resolve().parent.parent
OURS = floors.read(ROOT, ["clinic", "exercises", "config"])
LONGEST = 350
LONGEST_TASKS = 60
SAYS_NOTHING = {"services", "utils", "helpers", "common", "base"}

PURE = [
    "clinic/mail/bounce_parser.py",
    "clinic/clients/csv_reader.py",
    "clinic/reminders/schedule.py",
    "clinic/flags/trend.py",
    "clinic/flags/response.py",
    "clinic/progress/adherence.py",
    "clinic/progress/weekly_summary.py",
    "clinic/practice/colors.py",
    "clinic/pain/body_map.py",
    "exercises/figure.py",
    "exercises/timeline.py",
    "exercises/animation.py",
    "exercises/film/frames.py",
    "exercises/film/captions.py",
    *(path for path in OURS if path.startswith("exercises/body/")),
]
CLOCKS = {"now", "utcnow", "today"}


def impurities(path: str, text: str) -> list[str]:
    """What a pure file takes in beyond the standard library and other pure files, and each look at a clock."""
    pure = {floors.module_of(one) for one in PURE}
    found = [
        str(found)
        for found in floors.imports({path: text})
        if (found.target.split(".")[0] not in sys.stdlib_module_names and found.target not in pure)
        or found.target.split(".")[0] == "time"
    ]
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    looks = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS]
    return found + [f"{path}:{call.lineno} looks at a clock" for call in looks]


@pytest.mark.parametrize("path", PURE)
def test_the_pure_files_know_the_standard_library_and_each_other_alone_and_no_clock(path):
    assert impurities(path, OURS[path]) == []


def test_no_file_is_called_nothing():
    everywhere = {**OURS, **floors.read(ROOT, ["tests", "bench"])}
    assert [path for path in everywhere if SAYS_NOTHING & {Path(path).stem, *Path(path).parent.parts}] == []


def test_no_file_is_longer_than_a_reader_bears():
    everywhere = {**OURS, **floors.read(ROOT, ["tests", "bench"])}
    lengths = {path: len(text.splitlines()) for path, text in everywhere.items()}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}
    assert lengths["clinic/tasks.py"] <= LONGEST_TASKS


def listeners(path: str, text: str) -> list[str]:
    """Where a file connects to a signal."""
    return [
        f"{path}:{node.lineno}"
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Attribute) and node.attr == "connect")
        or (isinstance(node, ast.ImportFrom) and "receiver" in _names(node))
        or (isinstance(node, ast.Attribute) and node.attr == "receiver")
    ]


# django-anymail tells of bounces by a signal and in no other way; to our own signals nobody of ours listens.
LISTENS = "clinic/bounces/esp_webhooks.py"


def test_our_own_code_listens_to_no_signal():
    plugin = {path: text for path, text in OURS.items() if not path.startswith("config/") and path != LISTENS}
    assert [line for path, text in plugin.items() for line in listeners(path, text)] == []


def test_the_one_door_that_listens_hears_another_librarys_signals_alone():
    heard = [found.target for found in floors.imports({LISTENS: OURS[LISTENS]}) if "signals" in found.target]
    assert heard == ["anymail.signals"]
    assert len(listeners(LISTENS, OURS[LISTENS])) == 2


def test_the_plugin_asks_for_every_library_that_it_imports():
    """The runnable project may use more; a host installs what the wheel names and nothing else."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *(line for extra in project["optional-dependencies"].values() for line in extra)]
    names = {re.split(r"[^\w.-]", line)[0].lower() for line in asked}
    plugin = {path: text for path, text in OURS.items() if not path.startswith("config/")}
    roots = {found.target.split(".")[0] for found in floors.imports(plugin)} - sys.stdlib_module_names
    homes = importlib.metadata.packages_distributions()
    unasked = {root for root in roots - {"clinic", "exercises"} if not names & {home.lower() for home in homes[root]}}
    assert unasked == set()


def usernames(path: str, text: str) -> list[str]:
    """Where a file takes Django's own user for everybody's."""
    return [
        f"{path}:{node.lineno}"
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Attribute) and node.attr == "username")
        or (isinstance(node, ast.ImportFrom) and node.module == "django.contrib.auth.models" and "User" in _names(node))
    ]


def _names(node: ast.ImportFrom) -> list[str]:
    return [alias.name for alias in node.names]


def test_the_user_model_is_the_hosts_own():
    plugin = {path: text for path, text in OURS.items() if not path.startswith("config/")}
    assert [line for path, text in plugin.items() for line in usernames(path, text)] == []
    pages = [path for path in (ROOT / "templates").rglob("*.*") if "user.username" in path.read_text()]
    assert pages == []


def test_the_other_checkers_see_what_they_look_for():
    assert impurities("a.py", "from datetime import datetime\nfrom math import inf") == []
    assert impurities("exercises/a.py", "from .figure import draw") == []
    assert impurities("exercises/a.py", "from .models import Step") == ["exercises/a.py:1 imports exercises.models"]
    assert impurities("a.py", "from django.utils import timezone") == ["a.py:1 imports django.utils"]
    assert impurities("a.py", "x = datetime.now(UTC)") == ["a.py:1 looks at a clock"]
    assert impurities("a.py", "import time") == ["a.py:1 imports time"]
    assert listeners("a.py", "report_made.send(1)") == []
    assert listeners("a.py", "\npost_save.connect(run)") == ["a.py:2"]
    assert listeners("a.py", "from django.dispatch import receiver") == ["a.py:1"]
    assert usernames("a.py", "from django.contrib.auth.models import AnonymousUser\nuser.get_username()") == []
    assert usernames("a.py", "from django.contrib.auth.models import User") == ["a.py:1"]
    assert usernames("a.py", "print(user.username)") == ["a.py:1"]
