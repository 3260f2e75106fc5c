"""Parses reports about our mail: bounces (RFC 3464 and plainer forms) and complaints (RFC 5965).

Pure. :func:`parse_report` raises nothing, whatever the bytes are.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from email.utils import parseaddr
from itertools import islice

BYTES_AT_MOST = 1 << 20  # bytes that are parsed: the report comes first, the mail that it is about last
DIAGNOSTIC_AT_MOST = 300
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
# 5.4.1 is Exchange Online's code for an unknown recipient, 5.5.0 that of Outlook.com.
_NOT_THERE = re.compile(r"5\.(1\.(?![78]$)\d+|2\.[01]|4\.[14]|5\.0)$")
_NOT_THE_ADDRESS = re.compile(r"full|quota|spam|block|blacklist|policy|too (large|big)|size|relay", re.IGNORECASE)


@dataclass(frozen=True)
class Report:
    """One mail that did not arrive, or that its recipient complained about.

    Attributes:
        message_ids: of the mail it is about, without brackets, the likeliest first; others may be among them.
        recipient: the address that it did not reach; empty where the report has none.
        diagnostic: the mail server's answer, on one line of at most 300 characters.
        hard: the mailbox is not there, as against full, or refused for what was in the mail.
        complaint: it arrived, and the recipient reported it as unwanted.
    """

    message_ids: tuple[str, ...]
    recipient: str = ""
    diagnostic: str = ""
    hard: bool = False
    complaint: bool = False


def is_mailbox_unknown(diagnostic: str) -> bool:
    """Whether a server's answer means that the mailbox is not there, now or later.

    The enhanced code decides (RFC 3463); without one, or with one that says nothing, 550, 551 and 553 do (RFC 5321).
    """
    if has_status_code(diagnostic):
        codes = (code for code in _ENHANCED.findall(diagnostic) if not code.endswith(".0.0"))
        return bool(_NOT_THERE.match(next(codes)))
    basic = _BASIC.search(diagnostic)
    return basic is not None and basic[1] in {"550", "551", "553"} and not _NOT_THE_ADDRESS.search(diagnostic)


def has_status_code(diagnostic: str) -> bool:
    """Whether it contains an enhanced status code (RFC 3463) that says more than "refused"."""
    return any(not code.endswith(".0.0") for code in _ENHANCED.findall(diagnostic))


def parse_report(raw: bytes) -> Report | None:
    """The report in this mail; None: a delay, a mail that arrived, an automatic reply, a person's mail or rubbish."""
    if raw.count(b"\n--", 0, BYTES_AT_MOST) > PARTS_AT_MOST * 4:  # the parser takes the cube of how deep parts lie
        return None
    try:
        return _report(email.message_from_bytes(raw[:BYTES_AT_MOST]))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # the standard library's parser gives up on some rubbish


def _report(mail: Message) -> Report | None:
    parts = list(islice(mail.walk(), PARTS_AT_MOST))
    report_type = str(mail.get_param("report-type", "")).lower()
    if report_type == "feedback-report" or any(part.get_content_type() == "message/feedback-report" for part in parts):
        return _complaint(mail, parts)
    if any(part.get_content_type() in STATUS_PARTS for part in parts):
        return _delivery_status(mail, parts)
    if report_type == "disposition-notification":  # a receipt, or "not read"
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
        status, diagnostic = _value(fields, "Status"), _untyped(_value(fields, "Diagnostic-Code"))
        recipient = _untyped(_value(fields, "Original-Recipient")) or _untyped(_value(fields, "Final-Recipient"))
        hard = is_mailbox_unknown(status if has_status_code(status) else f"{status} {diagnostic}")
        return Report(_ids(mail, parts), _address(recipient), _line(diagnostic or status), hard)
    return None


def _plain(mail: Message, parts: list[Message]) -> Report | None:
    """Exim's, qmail's and the like: text for a person, above a copy of the mail."""
    failed = _address(_value(mail, "X-Failed-Recipients").partition(",")[0])
    if not failed and not _DAEMON.search(_value(mail, "From")):
        return None  # a person, or somebody's out-of-office
    text = next((_text(part) for part in parts if part.get_content_type() == "text/plain"), "")
    notice = re.split(r"^-{2,}.*(?:copy|original|below).*$", text, maxsplit=1, flags=re.IGNORECASE | re.MULTILINE)[0]
    address = _QMAIL.search(notice)
    recipient = failed or (_address(address[1]) if address else "")
    ids, lines = _ids(mail, parts), notice.splitlines()
    diagnostic = next((line for line in lines if _ENHANCED.search(line)), "")
    diagnostic = diagnostic or next((line for line in lines if _BASIC.search(line)), "")
    return Report(ids, recipient, _line(diagnostic), is_mailbox_unknown(diagnostic)) if ids or recipient else None


def _fields(parts: list[Message], types: set[str]) -> Iterator[Message]:
    """The blocks of fields in the parts of these types; what the parser took for a body is a further block."""
    for part in parts:
        if part.get_content_type() not in types:
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
    ids: list[str] = []
    for part in parts:
        if part is not mail:
            ids += _MESSAGE_ID.findall(_value(part, "Message-ID"))
        if part.get_content_maintype() == "text":
            ids += _QUOTED_ID.findall(_text(part))
    for name in ("In-Reply-To", "References"):
        ids += _MESSAGE_ID.findall(_value(mail, name))
    own = set(_MESSAGE_ID.findall(_value(mail, "Message-ID")))
    return tuple(dict.fromkeys(one for one in ids if one not in own))


def _value(fields: Message, name: str) -> str:
    return " ".join(str(fields.get(name, "")).split())


def _text(part: Message) -> str:
    """The part as text whatever its charset: codes and Message-IDs are ASCII."""
    payload = part.get_payload(decode=True)
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _untyped(value: str) -> str:
    """``smtp; 550 …`` → ``550 …``, ``rfc822; a@b`` → ``a@b`` (RFC 3464, 2.1.2)."""
    name, separator, rest = value.partition(";")
    return rest.strip() if separator and re.fullmatch(r"[\w .-]+", name) else value


def _address(value: str) -> str:
    bare = parseaddr(value)[1]
    return bare if "@" in bare else ""


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:DIAGNOSTIC_AT_MOST]
