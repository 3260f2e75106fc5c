"""The one exercise that is shipped: whole in both languages, plain in both."""

import re

import pytest

from exercises.folder import ExerciseContent, Translation, read_folder
from exercises.loading import SHIPPED_LIBRARY

STOP = [
    "saddle_numbness",
    "bladder_bowel",
    "leg_weakness",
    "recent_trauma",
    "fever_weight_loss",
    "cancer_history",
]
CARE = [
    "osteoporosis",
    "glaucoma",
    "disc_or_leg_pain",
    "dizziness_blood_pressure",
    "pregnancy",
    "recent_surgery",
]


def folder() -> ExerciseContent:
    return read_folder(SHIPPED_LIBRARY / "forward-bend")


def each_language() -> list[Translation]:
    return folder().translations


def prose(words: Translation) -> list[str]:
    """Every text of a language that a client reads as sentences."""
    rows = [words.text, *words.equipment, *words.steps, *words.variations, *words.precautions]
    keys = [
        "summary",
        "purpose",
        "gauge",
        "detail",
        "instruction",
        "cue",
        "fault",
        "correction",
        "how",
        "question",
        "sign",
    ]
    return [text for row in rows for key, text in vars(row).items() if key in keys and text]


def test_it_is_featured_and_in_english_and_spanish() -> None:
    assert (folder().slug, folder().featured) == ("forward-bend", True)
    assert [words.text.language for words in each_language()] == ["en", "es"]


def test_both_languages_have_the_ten_steps() -> None:
    for words in each_language():
        assert [step.number for step in words.steps] == list(range(1, 11))


def test_both_languages_ask_the_same_precautions() -> None:
    for words in each_language():
        groups = {group: [p.code for p in words.precautions if p.group == group] for group in ("stop", "care")}
        assert groups == {"stop": STOP, "care": CARE}
        # A history of cancer does not come and go between two reports.
        assert [p.code for p in words.precautions if p.reported] == STOP[:-1]


def test_both_languages_have_the_three_easier_ways() -> None:
    for words in each_language():
        assert [variation.code for variation in words.variations] == ["chair", "soft_knees", "wall"]


def test_no_text_was_left_in_the_other_language() -> None:
    english, spanish = each_language()
    assert not set(prose(english)) & set(prose(spanish))


@pytest.mark.parametrize("index", [0, 1], ids=["en", "es"])
def test_sentences_are_short_and_calm(index: int) -> None:
    for text in prose(each_language()[index]):
        assert "!" not in text
        for sentence in re.split(r"(?<=[.?:])\s", text):
            assert len(sentence.split()) <= 25, sentence


def test_every_precaution_is_asked_as_a_question() -> None:
    english, spanish = each_language()
    for asked in [p.question for p in english.precautions] + [p.sign for p in english.precautions if p.sign]:
        assert asked.endswith("?")
    for asked in [p.question for p in spanish.precautions] + [p.sign for p in spanish.precautions if p.sign]:
        assert "¿" in asked
        assert asked.endswith("?")
