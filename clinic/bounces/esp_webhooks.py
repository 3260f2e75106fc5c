"""Mail providers' webhooks (django-anymail): the one place that receives a signal.

It is another library's signal and that library's only interface; nothing receives a signal of our own.
"""

from __future__ import annotations

import logging
from email.utils import unquote
from typing import Any

from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, pre_send, tracking
from django.core.mail import EmailMessage
from django.utils import timezone

from clinic.bounces import handling
from clinic.mail.bounce_parser import has_status_code, is_mailbox_unknown

log = logging.getLogger(__name__)

KEY = "plumbline_message_id"  # providers that give a mail an id of their own send this back with it
BOUNCE_EVENTS = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
COMPLAINT_EVENTS = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}
COMPLAINT_REASONS = {RejectReason.SPAM, RejectReason.UNSUBSCRIBED}
HARD_REASONS = {RejectReason.INVALID, RejectReason.BOUNCED}


def connect_signals() -> None:
    """Called once the apps are ready, where ``anymail`` is one of them."""
    pre_send.connect(attach_message_id, dispatch_uid="plumbline")
    tracking.connect(handle_event, dispatch_uid="plumbline")


def attach_message_id(sender: Any, message: EmailMessage, **kwargs: Any) -> None:
    """Give the provider our Message-ID to keep with the mail."""
    message_id = getattr(message, "extra_headers", {}).get("Message-ID")
    if message_id:
        message.metadata = {**getattr(message, "metadata", {}), KEY: unquote(message_id)}  # type: ignore[attr-defined]


def handle_event(sender: Any, event: AnymailTrackingEvent, **kwargs: Any) -> None:
    """Record one bounce or complaint; events of mails that arrive, wait or are opened are passed over.

    A provider's "rejected" for an earlier complaint is a complaint. An error here is answered with 500, and the
    provider sends the event again.
    """
    now, reason = timezone.now(), event.reject_reason
    if event.event_type not in BOUNCE_EVENTS | COMPLAINT_EVENTS:
        return
    ids = [unquote(str(one)) for one in ((event.metadata or {}).get(KEY), event.message_id) if one]
    mail = handling.find_message(ids, event.recipient or "", now=now)
    if mail is None:
        log.info("a mail provider reported no mail of ours (%s)", event.event_type)
    elif event.event_type in COMPLAINT_EVENTS or reason in COMPLAINT_REASONS:
        handling.record_complaint(mail, now=now)
    else:
        answer = " ".join(str(event.mta_response or event.description or reason or event.event_type).split())
        hard = is_mailbox_unknown(answer) if has_status_code(answer) else reason in HARD_REASONS
        handling.record_bounce(mail, answer, hard=hard, now=now)
