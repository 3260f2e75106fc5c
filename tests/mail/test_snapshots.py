"""Subject and text of each mail, word for word, in every language that our mails are written in.

After a change of words: RENEW_SNAPSHOTS=1 .venv/bin/python -m pytest tests/mail/test_snapshots.py, then read the diff.
"""

import os
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import gettext, override

from tests.mail import post

KEPT = Path(__file__).parent / "snapshots"


def translated(language: str) -> bool:
    with override(language):
        return gettext("Start now:") != "Start now:"


LANGUAGES = ["en", *(code for code, _name in settings.LANGUAGES if translated(code))]


def written(mail) -> str:
    return f"Subject: {mail.subject}\n\n{post.without_tokens(mail.body)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_mail_says_what_is_kept(cast, settings, language):
    settings.PLUMBLINE_BASE_URL = "http://clinic.test"
    settings.PLUMBLINE_WORKLIST_PATH = "/admin/"
    mails = {kind: written(mail) for kind, mail in post.each_mail(cast, language).items()}
    folder = KEPT / language
    if os.environ.get("RENEW_SNAPSHOTS") == "1":
        folder.mkdir(parents=True, exist_ok=True)
        for kind, text in mails.items():
            (folder / f"{kind}.txt").write_text(text, encoding="utf-8")
    assert {path.stem: path.read_text(encoding="utf-8") for path in folder.glob("*.txt")} == mails
