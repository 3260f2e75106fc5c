"""Links in mail and to the calendar: signed, salted by purpose; a link for one thing never opens another."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from django.core import signing
from django.urls import reverse

from clinic.conf import conf


class Purpose(StrEnum):
    REPORT = "r"
    STOP_REMINDERS = "u"
    INVITATION = "i"
    CONFIRMATION = "c"

    @property
    def age(self) -> dt.timedelta | None:
        """How long such a link works; None: for good (who gets mail must always be able to stop it)."""
        ages = {
            Purpose.REPORT: conf.report_link_age,
            Purpose.INVITATION: conf.invitation_age,
            Purpose.CONFIRMATION: conf.confirmation_age,
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
    return reverse("clinic:link", args=[f"{purpose}{_signer(purpose).sign(str(row))}"])


def url(purpose: Purpose, row: int) -> str:
    """The same with the site's address before it, for a mail."""
    return conf.base_url + path(purpose, row)


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
    return conf.base_url + reverse("clinic:calendar", args=[_calendar_signer().sign(key)])


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
