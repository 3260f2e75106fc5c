"""Mail about our mail, read: what came back (RFC 3464 and plainer ones), what was complained about (RFC 5965).

Pure. Whatever the bytes are, :func:`read` answers; what is no such report is None.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr
from itertools import islice

LONGEST = 1 << 20  # bytes that are looked at: a report tells first, the mail that it is about comes last
WORDS_AT_MOST = 300
PARTS_AT_MOST = 200
BLOCKS_AT_MOST = 20  # our mails have one recipient
COMPLAINTS = {"abuse", "opt-out"}  # not: virus, fraud, not-spam, auth-failure
STATUS_PARTS = {"message/delivery-status", "message/global-delivery-status"}

_MESSAGE_ID = re.compile(r"<([^<>\s]{3,200})>")
_QUOTED_ID = re.compile(r"^[> \t]*Message-ID:\s*<([^<>\s]{3,200})>", re.IGNORECASE | re.MULTILINE)
_ENHANCED = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)")  # 5.1.1, but no IP address
_BASIC = re.compile(r"(?<![\d.])([45]\d\d)(?![\d.])")
_QMAIL = re.compile(r"^<([^<>\s]+@[^<>\s]+)>:\s*$", re.MULTILINE)
_DAEMON = re.compile(r"mailer[-_]?daemon|postmaster|mail delivery (sub)?system", re.IGNORECASE)

# RFC 3463: the address or its host is not there, or the mailbox is switched off; not: sender's fault (5.1.7, 5.1.8).
# 5.4.1 is what Exchange Online says of an unknown recipient, 5.5.0 what Outlook.com does.
_NOT_THERE = re.compile(r"5\.(1\.(?![78]$)\d+|2\.[01]|4\.[14]|5\.0)$")
_NOT_THE_ADDRESS = re.compile(r"full|quota|spam|block|blacklist|policy|too (large|big)|size|relay", re.IGNORECASE)


@dataclass(frozen=True)
class Report:
    """One mail that did not arrive, or was not welcome.

    Attributes:
        message_ids: of the mail it is about, without brackets, the likeliest first; others may be among them.
        recipient: whom it did not reach; empty where that is not told.
        words: the mail server's, on one line of at most 300 characters.
        hard: the mailbox is not there, as against full, or refused for what was in the mail.
        complaint: it arrived, and the recipient called it unwanted.
    """

    message_ids: tuple[str, ...]
    recipient: str = ""
    words: str = ""
    hard: bool = False
    complaint: bool = False


def no_such_mailbox(words: str) -> bool:
    """Whether a server's words mean that the mailbox is not there, now or later.

    The enhanced code decides (RFC 3463); without one, or with one that says nothing, 550, 551 and 553 do (RFC 5321).
    """
    if has_code(words):
        return bool(_NOT_THERE.match(next(code for code in _ENHANCED.findall(words) if not code.endswith(".0.0"))))
    basic = _BASIC.search(words)
    return basic is not None and basic[1] in {"550", "551", "553"} and not _NOT_THE_ADDRESS.search(words)


def has_code(words: str) -> bool:
    """Whether there is a code in them that says more than "refused"."""
    return any(not code.endswith(".0.0") for code in _ENHANCED.findall(words))


def read(raw: bytes) -> Report | None:
    """What this mail reports, or None: a delay, a mail that arrived, an automatic reply, a person, or rubbish."""
    if raw.count(b"\n--", 0, LONGEST) > PARTS_AT_MOST * 4:  # the parser takes the cube of how deep parts lie
        return None
    try:
        return _report(email.message_from_bytes(raw[:LONGEST]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # the standard library's parser gives up on some rubbish


def _report(mail: Message) -> Report | None:
    parts = list(islice(mail.walk(), PARTS_AT_MOST))
    kind = str(mail.get_param("report-type", "")).lower()
    if kind == "feedback-report" or any(part.get_content_type() == "message/feedback-report" for part in parts):
        return _complaint(mail, parts)
    if any(part.get_content_type() in STATUS_PARTS for part in parts):
        return _delivery_status(mail, parts)
    if kind == "disposition-notification":  # a receipt, or "not read"
        return None
    return _plain(mail, parts)


def _complaint(mail: Message, parts: list[Message]) -> Report | None:
    for fields in _fields(parts, {"message/feedback-report"}):
        if _value(fields, "Feedback-Type").lower() in COMPLAINTS:
            recipient = _address(_value(fields, "Original-Rcpt-To")) or _address(_value(fields, "Removal-Recipient"))
            return Report(_ids(mail, parts), recipient, complaint=True)
    return None


def _delivery_status(mail: Message, parts: list[Message]) -> Report | None:
    for fields in _fields(parts, STATUS_PARTS):
        if _value(fields, "Action").lower() != "failed":
            continue
        status, said = _value(fields, "Status"), _untyped(_value(fields, "Diagnostic-Code"))
        recipient = _untyped(_value(fields, "Original-Recipient")) or _untyped(_value(fields, "Final-Recipient"))
        hard = no_such_mailbox(status if has_code(status) else f"{status} {said}")
        return Report(_ids(mail, parts), _address(recipient), _line(said or status), hard)
    return None


def _plain(mail: Message, parts: list[Message]) -> Report | None:
    """Exim's, qmail's and the like: words for a person, above a copy of the mail."""
    failed = _address(_value(mail, "X-Failed-Recipients").partition(",")[0])
    if not failed and not _DAEMON.search(_value(mail, "From")):
        return None  # a person, or somebody's out-of-office
    text = next((_text(part) for part in parts if part.get_content_type() == "text/plain"), "")
    told = re.split(r"^-{2,}.*(?:copy|original|below).*$", text, maxsplit=1, flags=re.IGNORECASE | re.MULTILINE)[0]
    named = _QMAIL.search(told)
    recipient = failed or (_address(named[1]) if named else "")
    ids = _ids(mail, parts)
    said = next((line for line in told.splitlines() if _ENHANCED.search(line)), "")
    said = said or next((line for line in told.splitlines() if _BASIC.search(line)), "")
    return Report(ids, recipient, _line(said), no_such_mailbox(said)) if ids or recipient else None


def _fields(parts: list[Message], kinds: set[str]) -> Iterator[Message]:
    """The blocks of fields in the parts of these kinds; what the parser took for a body is a further block."""
    for part in parts:
        if part.get_content_type() not in kinds:
            continue
        payload = part.get_payload()
        listed = [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []
        for block in listed or [email.message_from_string(_text(part))]:
            yield block
            rest = block.get_payload()
            for _block in range(BLOCKS_AT_MOST):
                if not isinstance(rest, str) or not rest.strip():
                    break
                further = email.message_from_string(rest.lstrip())
                yield further
                rest = further.get_payload()


def _ids(mail: Message, parts: list[Message]) -> tuple[str, ...]:
    """Message-IDs of the quoted mail, then those that the report answers; never its own."""
    found: list[str] = []
    for part in parts:
        if part is not mail:
            found += _MESSAGE_ID.findall(_value(part, "Message-ID"))
        if part.get_content_maintype() == "text":
            found += _QUOTED_ID.findall(_text(part))
    for name in ("In-Reply-To", "References"):
        found += _MESSAGE_ID.findall(_value(mail, name))
    own = set(_MESSAGE_ID.findall(_value(mail, "Message-ID")))
    return tuple(dict.fromkeys(one for one in found if one not in own))


def _value(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split())


def _text(part: Message) -> str:
    """The part as text whatever it claims to be written in: codes and Message-IDs are ASCII."""
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _untyped(value: str) -> str:
    """``smtp; 550 …`` → ``550 …``, ``rfc822; a@b`` → ``a@b`` (RFC 3464, 2.1.2)."""
    kind, found, rest = value.partition(";")
    return rest.strip() if found and re.fullmatch(r"[\w .-]+", kind) else value


def _address(value: str) -> str:
    bare = parseaddr(value)[1]
    return bare if "@" in bare else ""


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:WORDS_AT_MOST]
