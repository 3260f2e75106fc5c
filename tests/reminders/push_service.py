"""A push service on this machine and a browser subscribed to it: it checks the signature and reads what it gets."""

from __future__ import annotations

import base64
import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pytest_django import Settings

from clinic.models import Client, PushSubscription
from clinic.reminders import push_subscriptions, web_push


def to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Browser:
    """What a browser keeps of its subscription; nobody else can read what is pushed to it."""

    endpoint: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    def subscription_keys(self) -> dict[str, str]:
        """What its script tells the site."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": to_base64url(point), "auth": to_base64url(self.secret)}

    def read(self, body: bytes) -> Any:
        return json.loads(http_ece.decrypt(body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"))


class Service:
    """Answers 201 unless ``answers`` says otherwise for a path; keeps what was posted."""

    def __init__(self) -> None:
        self.responses: dict[str, tuple[int, dict[str, str]]] = {}
        self.posted: list[tuple[str, Message, bytes]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.posted.append((self.path, self.headers, body))
                status, headers = service.responses.get(self.path, (201, {}))
                self.send_response(status)
                for name, value in {**headers, "Content-Length": "5"}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"words")

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def set_response(self, browser: Browser, status: int, **headers: str) -> None:
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        self.responses[browser.endpoint.removeprefix(self.origin)] = (status, fields)

    def browser(self, name: str = "one") -> Browser:
        return Browser(f"{self.origin}/{name}")

    @staticmethod
    def is_signed(headers: Message, public_key: str) -> bool:
        """By this site's key: the one that stands in the header, and the signature is of it."""
        authorization: str = headers["Authorization"]
        return authorization.endswith(f",k={public_key}") and bool(Vapid02.verify(authorization))


@pytest.fixture
def service(settings: Settings) -> Iterator[Service]:
    running = Service()
    settings.PLUMBLINE_PUSH_TEST_SERVICE = running.origin
    settings.PLUMBLINE_VAPID_PRIVATE_KEY, settings.PLUMBLINE_VAPID_PUBLIC_KEY = web_push.generate_keys()
    yield running
    running.server.shutdown()
    running.server.server_close()


def subscribe(client: Client, browser: Browser, channel: str = Client.ReminderChannel.PHONE) -> PushSubscription:
    """Through the verbs, as the card does it."""
    subscription = push_subscriptions.add_subscription(
        client, **browser.subscription_keys(), label="Chrome on Android", by=client.user
    )
    push_subscriptions.set_reminder_channel(client, channel, by=client.user)
    return subscription
