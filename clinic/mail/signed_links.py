"""Links in mail and to the calendar: signed, salted by purpose; a link for one thing never opens another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac

from clinic.conf import conf
from clinic.models.fields import WORST_PAIN

SCORE = "a"  # the parameter of a report link that carries a tag of score_tags
TAG_BYTES = 5  # eleven of them fit into one digest; a lucky guess chooses a number that nobody has sent yet


class Purpose(StrEnum):
    REPORT = "r"
    STOP_REMINDERS = "u"
    INVITATION = "i"
    CONFIRMATION = "c"
    STOP_DIGEST = "d"

    @property
    def age(self) -> dt.timedelta | None:
        """How long such a link works; None: for good (who gets mail must always be able to stop it)."""
        ages = {
            Purpose.REPORT: conf.report_link_lifetime,
            Purpose.INVITATION: conf.invitation_lifetime,
            Purpose.CONFIRMATION: conf.confirmation_lifetime,
        }
        return ages.get(self)


class BadLink(Exception):
    """The link was altered or cut short."""


class ExpiredLink(Exception):
    """The link was good and has had its time. ``purpose`` says what it was for."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(purpose)
        self.purpose = purpose


@dataclass(frozen=True)
class Link:
    """What a genuine link says: what it is for, and the number of the row it is about."""

    purpose: Purpose
    row: int


def _signer(purpose: Purpose) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"clinic.links.{purpose}")


def path(purpose: Purpose, row: int) -> str:
    """``/m/<token>/`` for one purpose and one row."""
    return reverse("clinic:mail_link", args=[f"{purpose}{_signer(purpose).sign(str(row))}"])


def url(purpose: Purpose, row: int) -> str:
    """The same with the site's address before it, for a mail."""
    return conf.base_url + path(purpose, row)


def nowhere() -> str:
    """An address of the same look that opens nothing, for a mail that is only shown."""
    return conf.base_url + reverse("clinic:mail_link", args=["preview"])


def score_tags(row: int) -> list[str]:
    """What to put behind the report link of reminder ``row`` so that it opens with a score chosen: 0 first, 10 last.

    Addresses end up in logs, so a tag does not tell its score: without the key of the site it is ten random letters,
    other ones in each mail.
    """
    return _tags(row, settings.SECRET_KEY)


def score_of(row: int, tag: str) -> int | None:
    """The score, 0 to 10, that ``tag`` stands for in the mail of reminder ``row``; None when it is none of its tags."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        for score, known in enumerate(_tags(row, key)):
            if constant_time_compare(known, tag):
                return score
    return None


def _tags(row: int, key: str) -> list[str]:
    digest = salted_hmac("clinic.links.scores", str(row), secret=key, algorithm="sha512").digest()
    return [digest[TAG_BYTES * score : TAG_BYTES * (score + 1)].hex() for score in range(WORST_PAIN + 1)]


def read(token: str) -> Link:
    """What ``token`` says.

    Raises:
        BadLink: the token is not one of ours.
        ExpiredLink: it is ours and too old.
    """
    try:
        purpose = Purpose(token[:1])
        row = int(_signer(purpose).unsign(token[1:], max_age=purpose.age))
    except signing.SignatureExpired as error:
        raise ExpiredLink(purpose) from error
    except (signing.BadSignature, ValueError) as error:
        raise BadLink(token[:1]) from error
    return Link(purpose, row)


def calendar_url(key: str) -> str:
    """Where the calendar of the client with this key is: signed, since the key alone lies in every backup."""
    return conf.base_url + reverse("clinic:calendar_feed", args=[_calendar_signer().sign(key)])


def read_calendar(token: str) -> str:
    """The key in a calendar's address; nothing but the client's row tells whether it still opens something.

    Raises BadLink when the token is not one of ours.
    """
    try:
        return _calendar_signer().unsign(token)
    except signing.BadSignature as error:
        raise BadLink("calendar") from error


def _calendar_signer() -> signing.Signer:
    return signing.Signer(salt="clinic.links.calendar", sep=".")
