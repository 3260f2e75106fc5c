"""A mailbox that takes every mail over real SMTP, for tests that read it back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.config.running import free_port


class PostBox:
    """What arrived, in order."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.letters: list[EmailMessage] = []

    @property
    def url(self) -> str:
        """The EMAIL_URL that leads here."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = cast(bytes, envelope.content)
        self.letters.append(cast(EmailMessage, message_from_bytes(content, policy=default)))
        return "250 taken"

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if address in str(letter["To"])]

    def link(self, address: str, purpose: str) -> str:
        """The first link of that purpose in the newest mail to that address."""
        found = re.search(rf"https?://\S+/m/{purpose}[\w:-]+/", text_of(self.to(address)[-1]))
        assert found, f"no link in the mail to {address}"
        return found[0]


def text_of(letter: EmailMessage) -> str:
    """The plain part, as a mail program without HTML shows it."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@contextmanager
def post_box() -> Iterator[PostBox]:
    box = PostBox(free_port())
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
