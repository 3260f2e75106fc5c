"""The handout's own words are there in Spanish, and the compiled file holds what the written one says."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.utils.translation import override

from clinic.records import advice, dose_words, handout, press
from tests import make
from tests.records import printed

FOLDER = Path(handout.__file__).parent.parent / "locale" / "es" / "LC_MESSAGES"
MARKERS = {"_", "gettext", "ngettext"}


def written():
    """The entries of the .po file: each English text (or text and number of its form) with its translation."""
    found = {}
    for block in (FOLDER / "django.po").read_text().split("\n\n"):
        lines = {}
        for line in block.splitlines():
            if marked := re.match(r'(msg[\w\[\]]+) (".*")$', line):
                lines[marked[1]] = ast.literal_eval(marked[2])
            elif line.startswith('"'):
                lines[list(lines)[-1]] += ast.literal_eval(line)
        for name, text in lines.items():
            if form := re.match(r"msgstr(?:\[(\d)\])?$", name):
                found[(lines["msgid"], int(form[1])) if form[1] else lines["msgid"]] = text
    return found


def compiled():
    with (FOLDER / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)._catalog


def marked():
    """Every text that the handout's modules mark for translation, and the one sentence it takes from the advice."""
    texts = set()
    for module, only in ((handout, None), (press, None), (dose_words, None), (advice, "call_now")):
        tree = ast.parse(Path(module.__file__).read_text())
        functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
        for node in ast.walk(next(one for one in functions if one.name == only) if only else tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKERS:
                texts.add(ast.literal_eval(node.args[0]))
    return texts


def test_the_compiled_file_says_what_the_written_one_says():
    """Else: msgfmt -o django.mo django.po"""
    assert compiled() == written()


def test_every_word_of_the_handout_is_translated_and_no_other():
    there = {key[0] if isinstance(key, tuple) else key for key in written()} - {""}
    assert there == marked()
    assert [key for key, text in written().items() if not text] == []


def test_what_is_put_into_a_text_is_put_into_its_translation():
    slots = re.compile(r"%\(\w+\)s")
    for key, text in written().items():
        english = key[0] if isinstance(key, tuple) else key
        if not isinstance(key, tuple):
            assert sorted(slots.findall(english)) == sorted(slots.findall(text)), english


@pytest.mark.parametrize("state", ["active", "held", "ended"])
def test_a_spanish_sheet_has_no_english_word_of_ours(cast, state):
    plan = make.prescription(make.client(cast.alice, "Luz", language="es"), sets=2, variation="chair")
    plan.state = state
    text = printed.text(handout.handout(plan))
    with override("es"):
        assert "Para Luz, de Alice." in text
    for word in ("Your", "Check:", "Call", "Stop", "Step", "Every", "Page", "Paused", "This plan", "between", "pain"):
        assert word not in text, word
    for said in ("Su plan", "Compruebe:", "Pare y llámenos enseguida", "Llámenos", "Página 1 de 2"):
        assert said in text
