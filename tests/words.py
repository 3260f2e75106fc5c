"""The words of every language: found in the source, laid into the catalogues, compiled: `python -m tests.words`.

A catalogue is `<folder>/<language>/LC_MESSAGES/django.po`. Its strings stand in the order of the source, without line
numbers, so that a diff shows words alone. A string that is new comes in empty, one that is gone goes; nothing is
guessed ("fuzzy"). Prints what is left to do.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import polib
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
# Catalogue → where its strings are. The wheel carries those of the apps; the third is the runnable project's own.
HOMES = {
    "clinic/locale": ("clinic/", "templates/clinic/"),
    "exercises/locale": ("exercises/", "templates/exercises/"),
    "locale": ("config/", "templates/"),
}
CALLS = {"gettext": "i", "ngettext": "ip", "pgettext": "ci", "npgettext": "cip", "_": "i"}
STRING = r"""u?(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
IN_TEMPLATE = re.compile(rf"\b(n?p?gettext|_)\(\s*({STRING})(?:\s*,\s*({STRING}))?(?:\s*,\s*({STRING}))?", re.DOTALL)


class Said(NamedTuple):
    """One string of the source: its context, itself, its plural form (None: it has none)."""

    context: str | None
    text: str
    plural: str | None


def _said(call: str, strings: list[str]) -> Said:
    parts = dict(zip(CALLS[call], strings, strict=False))
    return Said(parts.get("c"), parts["i"], parts.get("p"))


def in_python(source: str) -> Iterator[Said]:
    """Every constant string handed to a function of gettext, under its own name or as `_`, lazy or not."""
    tree = ast.parse(source)
    names = {call: call for call in CALLS}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            for name in node.names:
                call = name.name.removesuffix("_lazy").removesuffix("_noop")
                if call in CALLS:
                    names[name.asname or name.name] = call
    calls = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names
    ]
    for node in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        strings = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        call = names[node.func.id]  # type: ignore[attr-defined]  # a Name, as asked above
        if len(strings) >= len(CALLS[call]):
            yield _said(call, strings)


def in_template(source: str) -> Iterator[Said]:
    """Every string of translate, blocktranslate and `_("…")` in a tag, as Django reads them."""
    for call, *literals in IN_TEMPLATE.findall(templatize(source)):
        strings = [ast.literal_eval(literal) for literal in literals if literal]
        # Django looks for a doubled percent sign; templatize doubles it everywhere but in `_("…")`.
        yield _said(call, [text.replace("%", "%%") if call == "_" else text for text in strings])


def source_files() -> list[str]:
    """The files of the project that speak, by path, sorted; what git ignores stays out."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )  # fmt: skip
    spoken = (path for path in listed.stdout.splitlines() if path.endswith((".py", ".html", ".txt", ".svg")))
    return sorted(path for path in spoken if "/migrations/" not in path and (ROOT / path).is_file())


def home_of(path: str) -> str | None:
    """The catalogue that a file belongs to: the first whose place it is in."""
    return next((home for home, places in HOMES.items() if path.startswith(places)), None)


def found(home: str) -> dict[Said, list[str]]:
    """Every string of a catalogue and the files it stands in, in the order of the source."""
    strings: dict[tuple[str | None, str], tuple[Said, list[str]]] = {}
    for path in source_files():
        if home_of(path) != home:
            continue
        source = (ROOT / path).read_text(encoding="utf-8")
        for said in (in_python if path.endswith(".py") else in_template)(source):
            known, places = strings.setdefault((said.context, said.text), (said, []))
            if said.plural and not known.plural:  # the same words alone elsewhere share the entry that has a plural
                strings[said.context, said.text] = (said, places)
            if path not in places:
                places.append(path)
    return dict(strings.values())


def catalogues() -> Iterator[tuple[str, Path]]:
    """(home, file) of every catalogue there is."""
    for home in HOMES:
        for path in sorted((ROOT / home).glob("*/LC_MESSAGES/django.po")):
            yield home, path


def renewed(home: str, path: Path) -> polib.POFile:
    """A catalogue as the source asks for it, with the translations it has."""
    kept = polib.pofile(str(path), wrapwidth=100)
    known = {(entry.msgctxt, entry.msgid): entry for entry in kept if not entry.obsolete and not entry.fuzzy}
    fresh = polib.POFile(wrapwidth=100)
    fresh.header, fresh.metadata = kept.header, kept.metadata
    forms = int(re.search(r"nplurals=(\d+)", kept.metadata["Plural-Forms"])[1])  # type: ignore[index]
    for said, places in found(home).items():
        old = known.get((said.context, said.text))
        entry = polib.POEntry(msgctxt=said.context, msgid=said.text, occurrences=[(place, "") for place in places])
        if said.plural:
            entry.msgid_plural = said.plural
            same = old is not None and old.msgid_plural == said.plural
            entry.msgstr_plural = dict(old.msgstr_plural) if same else dict.fromkeys(range(forms), "")  # type: ignore[union-attr]
        elif old is not None and not old.msgid_plural:
            entry.msgstr = old.msgstr
        if old is not None:
            entry.comment, entry.tcomment = old.comment, old.tcomment
        if "%(" in said.text or "%(" in (said.plural or ""):
            entry.flags = ["python-format"]
        fresh.append(entry)
    return fresh


def main() -> int:
    left = 0
    for home, path in catalogues():
        catalogue = renewed(home, path)
        catalogue.save(str(path))
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        missing = catalogue.untranslated_entries()
        left += len(missing)
        print(f"{path.relative_to(ROOT)}: {len(catalogue)} strings, {len(missing)} to translate")
        for entry in missing:
            print(f"    {entry.occurrences[0][0]}: {entry.msgid!r}")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
