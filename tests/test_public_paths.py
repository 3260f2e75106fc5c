"""Each path that docs/install.md promises to hosts can be imported; a former one is gone."""

import re
from importlib import import_module
from pathlib import Path
from pkgutil import resolve_name

import pytest

PAGE = (Path(__file__).parent.parent / "docs" / "install.md").read_text(encoding="utf-8")
SECTION = PAGE.split("\n## Public paths\n")[1].split("\n## ")[0]
PATHS = re.findall(r"`(clinic\.[a-z_.]+(?::\w+)?)`", SECTION)


def test_the_page_lists_them():
    assert len(PATHS) == len(set(PATHS)) == 13


@pytest.mark.parametrize("path", PATHS)
def test_a_public_path_is_there(path):
    assert resolve_name(path) is not None


@pytest.mark.parametrize("path", ["clinic.delivery", "clinic.second_factor", "clinic.arranging", "clinic.prescribing"])
def test_a_former_path_is_no_module(path):
    with pytest.raises(ModuleNotFoundError, match=f"^No module named '{path}'$"):
        import_module(path)
