"""Every string of the source is in the catalogues, and said in every language. After a change of words: make words."""

from __future__ import annotations

import gettext
import re

import polib
import pytest
from django.conf import settings
from django.utils import translation

from tests import words

CATALOGUES = [
    pytest.param(home, path, id=str(path.relative_to(words.ROOT).parents[1])) for home, path in words.catalogues()
]
# %(name)s, {name} of format_lazy and the tags a sentence may hold: the same on both sides, as often as one likes.
HOLDS_PLACE = re.compile(r"%\(\w+\)[sd]|%%|\{\w+\}|</?\w+[^>]*>")
EVERY = pytest.mark.parametrize(("home", "path"), CATALOGUES)


def pairs(catalogue: polib.POFile) -> list[tuple[str, str, str]]:
    """(what the source says, what stands for it, which string that is) of every form."""
    said = []
    for entry in catalogue:
        if entry.msgid_plural:
            said += [
                (entry.msgid if form == 0 else entry.msgid_plural, text, entry.msgid)
                for form, text in entry.msgstr_plural.items()
            ]
        else:
            said.append((entry.msgid, entry.msgstr, entry.msgid))
    return said


def test_each_language_of_the_project_has_every_catalogue():
    others = {code for code, _name in settings.LANGUAGES} - {"en"}
    assert {(home, path.parent.parent.name) for home, path in words.catalogues()} == {
        (home, code) for home in words.HOMES for code in others
    }


@EVERY
def test_a_catalogue_is_what_the_source_asks_for(home, path):
    assert path.read_text(encoding="utf-8") == str(words.renewed(home, path)), "run: make words"


@EVERY
def test_nothing_is_left_untranslated_guessed_or_gone(home, path):
    catalogue = polib.pofile(str(path))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalogue.obsolete_entries()] == []


@EVERY
def test_both_sides_hold_the_same_places(home, path):
    wrong = [
        (source, text)
        for source, text, _which in pairs(polib.pofile(str(path)))
        if set(HOLDS_PLACE.findall(source)) != set(HOLDS_PLACE.findall(text))
        and not re.fullmatch(r"[a-zA-Z,: \\]+", source)  # how a date is written
    ]
    assert wrong == []


@EVERY
def test_the_spaces_at_the_ends_are_the_same(home, path):
    def ends(text: str) -> tuple[str, str]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]

    wrong = [(source, text) for source, text, _which in pairs(polib.pofile(str(path))) if ends(source) != ends(text)]
    assert wrong == []


@EVERY
def test_no_translation_raises_its_voice(home, path):
    assert [text for _source, text, _which in pairs(polib.pofile(str(path))) if "!" in text or "¡" in text] == []


@EVERY
def test_what_is_compiled_is_what_is_written(home, path):
    with path.with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    catalogue = polib.pofile(str(path))
    for entry in catalogue:
        key = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
        if entry.msgid_plural:
            assert {form: compiled._catalog[key, form] for form in entry.msgstr_plural} == entry.msgstr_plural
        else:
            assert compiled._catalog[key] == entry.msgstr
    assert len(compiled._catalog) == 1 + sum(len(entry.msgstr_plural) or 1 for entry in catalogue)


@EVERY
def test_no_other_app_speaks_over_our_words(home, path):
    with translation.override(path.parent.parent.name):
        for entry in polib.pofile(str(path)):
            if entry.msgid_plural:
                assert translation.ngettext(entry.msgid, entry.msgid_plural, 2) == entry.msgstr_plural[1]
            elif entry.msgctxt:
                assert translation.pgettext(entry.msgctxt, entry.msgid) == entry.msgstr
            else:
                assert translation.gettext(entry.msgid) == entry.msgstr, entry.msgid


def test_the_reading_of_python_finds_every_way_to_say_something():
    source = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext_lazy as told
_("one " "sentence")
gettext_lazy("late")
ngettext("%(n)s day", "%(n)s days", n)
told("of the body", "Front")
_(what_is_not_constant)
"""
    assert list(words.in_python(source)) == [
        (None, "one sentence", None),
        (None, "late", None),
        (None, "%(n)s day", "%(n)s days"),
        ("of the body", "Front", None),
    ]


def test_the_reading_of_templates_finds_every_way_to_say_something():
    source = """{% load i18n %}{% translate "It's 5 %" %}{% translate "Front" context "of the body" %}
    {% blocktranslate trimmed count n=days %}
      {{ n }} day
    {% plural %}{{ n }} days{% endblocktranslate %}{{ day|date:_("j F") }}{% include "x.html" with title=_("Say") %}"""
    assert list(words.in_template(source)) == [
        (None, "It's 5 %%", None),
        ("of the body", "Front", None),
        (None, "%(n)s day", "%(n)s days"),
        (None, "j F", None),
        (None, "Say", None),
    ]
