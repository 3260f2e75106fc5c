"""Signed links in mail and to the calendar feed, salted by purpose; a link for one purpose never serves another."""

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

SCORE = "a"  # the parameter of a report link that carries a tag of build_score_tags
TAG_BYTES = 5  # eleven of them fit into one digest; a lucky guess chooses a number that nobody has sent yet


class Purpose(StrEnum):
    REPORT = "r"
    STOP_REMINDERS = "u"
    INVITATION = "i"
    CONFIRMATION = "c"
    STOP_DIGEST = "d"

    @property
    def age(self) -> dt.timedelta | None:
        """How long such a link works; None: for good (a recipient must always be able to stop mail)."""
        ages = {
            Purpose.REPORT: conf.report_link_lifetime,
            Purpose.INVITATION: conf.invitation_lifetime,
            Purpose.CONFIRMATION: conf.confirmation_lifetime,
        }
        return ages.get(self)


class BadLink(Exception):
    """The link was altered or cut short."""


class ExpiredLink(Exception):
    """The link is genuine and has expired. ``purpose`` is its purpose."""

    def __init__(self, purpose: Purpose) -> None:
        super().__init__(purpose)
        self.purpose = purpose


@dataclass(frozen=True)
class Link:
    """The contents of a genuine link: its purpose, and the primary key of the row it is about."""

    purpose: Purpose
    pk: int


def _signer(purpose: Purpose) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"clinic.links.{purpose}")


def build_path(purpose: Purpose, pk: int) -> str:
    """``/m/<token>/`` for one purpose and one row."""
    return reverse("clinic:mail_link", args=[f"{purpose}{_signer(purpose).sign(str(pk))}"])


def build_url(purpose: Purpose, pk: int) -> str:
    """The absolute URL of :func:`build_path`, for a mail."""
    return conf.base_url + build_path(purpose, pk)


def build_preview_url() -> str:
    """A URL of the same form that opens nothing, for the preview of a mail."""
    return conf.base_url + reverse("clinic:mail_link", args=["preview"])


def build_score_tags(pk: int) -> list[str]:
    """Values of `SCORE` in the report link of reminder ``pk`` that choose a score: 0 first, 10 last.

    URLs end up in logs, so a tag does not show its score: without the key of the site it is ten random letters, others
    in each mail.
    """
    return _tags(pk, settings.SECRET_KEY)


def read_score(pk: int, tag: str) -> int | None:
    """The score, 0 to 10, that ``tag`` stands for in the mail of reminder ``pk``; None when it is none of its tags."""
    for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        for score, expected in enumerate(_tags(pk, key)):
            if constant_time_compare(expected, tag):
                return score
    return None


def _tags(pk: int, key: str) -> list[str]:
    digest = salted_hmac("clinic.links.scores", str(pk), secret=key, algorithm="sha512").digest()
    return [digest[TAG_BYTES * score : TAG_BYTES * (score + 1)].hex() for score in range(WORST_PAIN + 1)]


def read_link(token: str) -> Link:
    """The contents of ``token``.

    Raises:
        BadLink: the token was not signed here.
        ExpiredLink: it was, too long ago.
    """
    try:
        purpose = Purpose(token[:1])
        pk = int(_signer(purpose).unsign(token[1:], max_age=purpose.age))
    except signing.SignatureExpired as error:
        raise ExpiredLink(purpose) from error
    except (signing.BadSignature, ValueError) as error:
        raise BadLink(token[:1]) from error
    return Link(purpose, pk)


def build_calendar_url(key: str) -> str:
    """The URL of the calendar feed of the client with this key; signed, since every backup holds the key."""
    return conf.base_url + reverse("clinic:calendar_feed", args=[_calendar_signer().sign(key)])


def read_calendar_key(token: str) -> str:
    """The key in a calendar's URL; only the client's row shows whether it is still valid.

    Raises BadLink when the token was not signed here.
    """
    try:
        return _calendar_signer().unsign(token)
    except signing.BadSignature as error:
        raise BadLink("calendar") from error


def _calendar_signer() -> signing.Signer:
    return signing.Signer(salt="clinic.links.calendar", sep=".")
