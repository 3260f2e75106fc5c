"""Two mail servers on this machine: an honest one (aiosmtpd), and one that misbehaves where a test tells it to."""

from __future__ import annotations

import email
import email.policy
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

DROP = "drop"  # close the connection instead of answering
SILENCE = "silence"  # never answer
Answer = Callable[[str], str | None]  # of the client's line: what to say to it; None: what an honest server says


class HonestServer(Controller):
    """Takes everything on a port the system chose; ``taken`` holds (sender, recipients, bytes) of each mail."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, list[str], bytes]] = []
        super().__init__(self, hostname="127.0.0.1", port=0)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken.append((envelope.mail_from, envelope.rcpt_tos, envelope.original_content))
        return "250 taken"

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


class OddServer(socketserver.ThreadingTCPServer):
    """Answers by ``says``: the stage (connect, EHLO, MAIL, RCPT, DATA, or "." for the mail itself) → an Answer.

    ``taken`` holds the mails it said 250 to, ``handed_over`` also those it dropped or refused after the final dot.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        self.says: dict[str, Answer] = {}
        self.taken: list[EmailMessage] = []
        self.handed_over: list[EmailMessage] = []
        self.connections = 0
        self.closing = threading.Event()
        super().__init__(("127.0.0.1", 0), _Talk)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    @contextmanager
    def running(self) -> Iterator[OddServer]:
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self.shutdown()
            self.server_close()
            thread.join()


class _Talk(socketserver.StreamRequestHandler):
    server: OddServer
    HONEST = {"connect": "220 here", "EHLO": "250 here", "DATA": "354 go on", "QUIT": "221 bye"}

    def handle(self) -> None:
        self.server.connections += 1
        going = self.answer("connect", "")
        while going and (line := self.rfile.readline().decode()):
            verb = line.split()[0].upper()
            going = self.answer(verb, line.strip()) and verb != "QUIT"
            if verb == "DATA" and going and self.reply.startswith("354"):
                going = self.take(self.rfile)

    def take(self, lines: Any) -> bool:
        body = b"".join(iter(lines.readline, b".\r\n"))
        mail = email.message_from_bytes(body, policy=email.policy.default)
        self.server.handed_over.append(mail)
        going = self.answer(".", str(mail["To"]))
        if self.reply.startswith("250"):
            self.server.taken.append(mail)
        return going

    def answer(self, stage: str, line: str) -> bool:
        """Say something; False: the talk is over."""
        reply = self.server.says.get(stage, lambda line: None)(line)
        self.reply = reply or self.HONEST.get(stage, "250 fine")
        if self.reply == SILENCE:
            self.server.closing.wait()
        if self.reply in {DROP, SILENCE}:
            return False
        self.wfile.write(f"{self.reply}\r\n".encode())
        return True


def about(address: str, say: str) -> Answer:
    """Say so when the line names the address."""
    return lambda line: say if address in line else None


def once(say: str) -> Answer:
    """Say so the first time only."""
    left = [say]
    return lambda line: left.pop() if left else None


def always(say: str) -> Answer:
    return lambda line: say
