"""What the house holds beyond its layers, which pyproject.toml has: small files, no clock, no listener."""

import ast
import importlib.metadata
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LONGEST_FILE = 350
LONGEST_FUNCTION = 60
LONGEST_TASKS = 60
MODULES_AT_MOST = 16  # in one folder
ROOT_MODULES = {"__init__", "apps", "audit", "checks", "conf", "signals", "tasks", "urls"}
SAYS_NOTHING = {"services", "utils", "helpers", "common", "base"}
CLOCKS = {"now", "utcnow", "today"}


def read(*folders: str) -> dict[str, str]:
    """Every Python file of these folders, by its path, but migrations, which are generated."""
    paths = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return {path.relative_to(ROOT).as_posix(): path.read_text() for path in paths if "migrations" not in path.parts}


PRODUCT = read("clinic", "exercises", "config")
PLUGIN = {path: text for path, text in PRODUCT.items() if not path.startswith("config/")}
EVERYTHING = {**PRODUCT, **read("tests", "bench")}


def pure_files() -> list[str]:
    """The files that the contract of pure files in pyproject.toml names; packages with all that is in them."""
    contracts = PROJECT["tool"]["importlinter"]["contracts"]
    (modules,) = (contract["source_modules"] for contract in contracts if "no clock" in contract["name"])
    names = [module.replace(".", "/") for module in modules]
    return [path for path in PRODUCT if any(path in {f"{name}.py"} or path.startswith(f"{name}/") for name in names)]


def clock_calls(path: str, text: str) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    clocks = [call for call in calls if isinstance(call.func, ast.Attribute) and call.func.attr in CLOCKS]
    return [f"{path}:{call.lineno} reads a clock" for call in clocks]


@pytest.mark.parametrize("path", pure_files())
def test_a_pure_file_reads_no_clock(path):
    assert clock_calls(path, PRODUCT[path]) == []


def test_no_file_has_a_name_that_says_nothing():
    assert [path for path in EVERYTHING if SAYS_NOTHING & {Path(path).stem, *Path(path).parent.parts}] == []


def test_no_file_is_longer_than_a_reader_bears():
    lengths = {path: len(text.splitlines()) for path, text in EVERYTHING.items()}
    assert {path: length for path, length in lengths.items() if length > LONGEST_FILE} == {}
    assert lengths["clinic/tasks.py"] <= LONGEST_TASKS


def test_no_function_is_longer_than_a_screen():
    functions = [
        (f"{path}:{node.lineno} {node.name}", (node.end_lineno or 0) - node.lineno + 1)
        for path, text in EVERYTHING.items()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    assert {name: length for name, length in functions if length > LONGEST_FUNCTION} == {}


def test_the_root_of_the_clinic_holds_the_modules_that_hosts_name():
    assert {path.stem for path in (ROOT / "clinic").glob("*.py")} <= ROOT_MODULES


def test_no_folder_holds_more_modules_than_a_reader_takes_in():
    folders: dict[str, int] = {}
    for path in PRODUCT:
        folder = Path(path).parent.as_posix()
        folders[folder] = folders.get(folder, 0) + 1
    exempt = {"clinic/models", "exercises/models", "clinic/management/commands", "exercises/management/commands"}
    assert {name: count for name, count in folders.items() if count > MODULES_AT_MOST and name not in exempt} == {}


def imports(text: str) -> Iterator[str]:
    """The modules that a file imports, wherever in the file it does; relative ones are the file's own app."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module


def test_the_plugin_asks_for_every_library_that_it_imports():
    """The runnable project may use more; a host installs what the wheel names and nothing else."""
    optional = PROJECT["project"]["optional-dependencies"]
    requirements = [*PROJECT["project"]["dependencies"], *(line for extra in optional.values() for line in extra)]
    names = {re.split(r"[^\w.-]", line)[0].lower() for line in requirements}
    imported = {module.split(".")[0] for text in PLUGIN.values() for module in imports(text)}
    roots = imported - sys.stdlib_module_names - {"clinic", "exercises"}
    homes = importlib.metadata.packages_distributions()
    assert {root for root in roots if not names & {home.lower() for home in homes[root]}} == set()


def listeners(path: str, text: str) -> list[str]:
    """Where a file connects to a signal."""
    return [
        f"{path}:{node.lineno}"
        for node in ast.walk(ast.parse(text))
        if (isinstance(node, ast.Attribute) and node.attr in {"connect", "receiver"})
        or (isinstance(node, ast.ImportFrom) and "receiver" in _names(node))
    ]


# django-anymail reports bounces by a signal and in no other way; none of our code listens to our own signals.
LISTENS = "clinic/bounces/esp_webhooks.py"


def test_our_own_code_listens_to_no_signal():
    assert [line for path, text in PLUGIN.items() if path != LISTENS for line in listeners(path, text)] == []


def test_the_one_interface_that_listens_hears_another_librarys_signals_alone():
    assert [module for module in imports(PRODUCT[LISTENS]) if "signals" in module] == ["anymail.signals"]
    assert len(listeners(LISTENS, PRODUCT[LISTENS])) == 2


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
    assert [line for path, text in PLUGIN.items() for line in usernames(path, text)] == []
    pages = [path for path in (ROOT / "templates").rglob("*.*") if "user.username" in path.read_text()]
    assert pages == []


def test_the_checkers_see_what_they_look_for():
    assert clock_calls("a.py", "x = datetime.now(UTC)") == ["a.py:1 reads a clock"]
    assert listeners("a.py", "report_made.send(1)") == []
    assert listeners("a.py", "\npost_save.connect(run)") == ["a.py:2"]
    assert listeners("a.py", "from django.dispatch import receiver") == ["a.py:1"]
    assert usernames("a.py", "from django.contrib.auth.models import AnonymousUser\nuser.get_username()") == []
    assert usernames("a.py", "from django.contrib.auth.models import User") == ["a.py:1"]
    assert usernames("a.py", "print(user.username)") == ["a.py:1"]
    assert list(imports("import json\nfrom django.db import models\nfrom .models import Step")) == ["json", "django.db"]
