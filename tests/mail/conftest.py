"""Mail by real SMTP to servers on this machine."""

from __future__ import annotations

import socket

import pytest

from tests.mail.servers import HonestServer, OddServer


def use(settings, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 20


@pytest.fixture
def honest_server(settings):
    server = HonestServer()
    server.start()
    use(settings, server.port)
    yield server
    server.stop()


@pytest.fixture
def odd_server(settings):
    with OddServer().running() as server:
        use(settings, server.port)
        yield server


@pytest.fixture
def nobody_listens(settings):
    """A port of this machine that refuses connections for as long as the test runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        use(settings, taken.getsockname()[1])
        yield
