"""Post a message to a browser by its push service: encrypted (RFC 8291) and signed (VAPID, RFC 8292).

An endpoint comes from a browser, so it is untrusted: only hosts of `PLUMBLINE_PUSH_SERVICES` are posted to, by https,
at public addresses, without redirects and with a timeout.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import enum
import importlib.util
import ipaddress
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from clinic.conf import conf

TIMEOUT_SECONDS = 5.0  # for connecting, and for each read of the response
MAX_TEXT_LENGTH = 200
MAX_RETRY_AFTER = dt.timedelta(hours=1)


class PushOutcome(enum.Enum):
    """What a push service did with a message."""

    ACCEPTED = "accepted"
    GONE = "gone"  # the subscription no longer exists
    RETRY = "retry"
    REJECTED = "rejected"


@dataclass(frozen=True)
class PushResponse:
    """``text``: status and body, shortened; ``timed_out``: the service could not be reached."""

    outcome: PushOutcome
    text: str = ""
    retry_after: dt.timedelta = dt.timedelta()
    timed_out: bool = False


class BadEndpoint(ValueError):
    """The URL is not one of a push service that this site posts to."""


def is_configured() -> bool:
    """Whether this site can post: it has keys and the library."""
    return bool(conf.vapid_private_key and conf.vapid_public_key) and importlib.util.find_spec("pywebpush") is not None


def generate_keys() -> tuple[str, str]:
    """Generate a pair of VAPID keys, private and public, in base64url."""
    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    private = _to_base64url(number.to_bytes(32, "big"))
    return private, derive_public_key(private)


def derive_public_key(private: str) -> str:
    """The public key of a private one. Raises ValueError unless it is a key of 32 bytes in base64url."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = from_base64url(private)
    if len(raw) != 32:
        raise ValueError("not 32 bytes")
    key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1()).public_key()
    return _to_base64url(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def is_public_key(text: str) -> bool:
    """Whether it is an uncompressed point on the curve P-256 in base64url, as in a browser's p256dh."""
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        raw = from_base64url(text)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw)
    except ValueError:
        return False
    return len(raw) == 65


def from_base64url(text: str) -> bytes:
    """The bytes, with or without padding. Raises ValueError on anything else."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("not base64url") from error


def check_endpoint(endpoint: str) -> str:
    """The host of an allowed endpoint. Raises BadEndpoint."""
    try:
        parts = urlsplit(endpoint)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise BadEndpoint("no address") from error
    if _is_test_service(endpoint):
        return host
    if parts.scheme != "https" or port not in {None, 443} or "@" in parts.netloc:
        raise BadEndpoint("not plain https")
    if not any(host == service or host.endswith(f".{service}") for service in conf.push_services):
        raise BadEndpoint("no push service that is known here")
    return host


def post_message(
    endpoint: str, keys: Mapping[str, str], message: bytes, *, ttl: dt.timedelta, topic: str
) -> PushResponse:
    """Post one message.

    Args:
        keys: ``p256dh`` and ``auth``, as the browser gave them.
        message: at most 3,000 bytes; the library encrypts it for the browser alone.
        ttl: how long the service may keep it, 0 or more.
        topic: a later message with the same topic replaces one not yet delivered; at most 32 letters of base64url.
    """
    import requests
    from pywebpush import WebPusher, WebPushException

    try:
        host = check_endpoint(endpoint)
        if not _is_test_service(endpoint):
            _check_addresses(host)
        headers = {**_signature(endpoint), "Urgency": "normal", "Topic": topic}
        with requests.Session() as session:
            session.trust_env = False  # no netrc: its password would take the place of our signature
            session.max_redirects = 0
            pusher = WebPusher({"endpoint": endpoint, "keys": dict(keys)}, requests_session=session)
            response: Any = pusher.send(message, headers, ttl=int(ttl.total_seconds()), timeout=TIMEOUT_SECONDS)
    except BadEndpoint as error:
        return PushResponse(PushOutcome.REJECTED, str(error))
    except requests.TooManyRedirects:
        return PushResponse(PushOutcome.REJECTED, "redirects")
    except (requests.RequestException, OSError) as error:
        return PushResponse(PushOutcome.RETRY, f"no answer: {type(error).__name__}", timed_out=True)
    except (WebPushException, ValueError) as error:
        return PushResponse(PushOutcome.REJECTED, f"cannot be encrypted: {type(error).__name__}")
    text = " ".join(f"{response.status_code} {response.text[:MAX_TEXT_LENGTH]}".split())
    return PushResponse(_outcome(response.status_code), text, _retry_after(response.headers.get("Retry-After", "")))


def _outcome(status: int) -> PushOutcome:
    if 200 <= status < 300:
        return PushOutcome.ACCEPTED
    if status in {404, 410}:
        return PushOutcome.GONE
    return PushOutcome.RETRY if status == 429 or status >= 500 else PushOutcome.REJECTED


def _retry_after(text: str) -> dt.timedelta:
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    return min(dt.timedelta(seconds=seconds), MAX_RETRY_AFTER)


def _signature(endpoint: str) -> dict[str, str]:
    from py_vapid import Vapid02

    parts = urlsplit(endpoint)
    until = int((dt.datetime.now(dt.UTC) + dt.timedelta(hours=12)).timestamp())  # 24 hours at most: RFC 8292, 2
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": until, "sub": conf.vapid_contact}
    headers: dict[str, str] = Vapid02.from_string(private_key=conf.vapid_private_key).sign(claims)
    return headers


def _is_test_service(endpoint: str) -> bool:
    parts = urlsplit(endpoint)
    return bool(conf.push_test_service) and f"{parts.scheme}://{parts.netloc}" == conf.push_test_service


def _check_addresses(host: str) -> None:
    """Raise BadEndpoint for a host name that resolves to an address of a private network."""
    for *_rest, address in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM):
        if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
            raise BadEndpoint("leads to an address that is not public")


def _to_base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
