"""The fixed cast of every story in these tests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.utils import translation
from pytest_django import Settings

from clinic.models import Client, Practitioner
from tests import make
from tests.browser import browser, page, playwright, shell, whole_chromium  # noqa: F401  fixtures
from tests.servers import (  # noqa: F401  fixtures and hooks
    amqp_url,
    chromium,
    chromium_shell,
    postgres_url,
    pytest_addoption,
    pytest_collection_modifyitems,
    redis_url,
)


@dataclass(frozen=True)
class Cast:
    alice: Practitioner  # the practitioner
    bob: Practitioner  # her colleague, with clients of his own
    charlie: Practitioner  # owner of another clinic: must see nothing
    dana: Client  # alice's client
    erin: Client  # bob's client


@pytest.fixture(autouse=True)
def fast_passwords(settings: Settings) -> None:
    """Django's own hasher takes a third of a second for each password; the cast has five."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """A request leaves the language it was answered in behind, for whatever test comes next in this thread."""
    yield
    translation.deactivate()


@pytest.fixture
def cast(db: None) -> Cast:
    here, elsewhere = make.clinic("Riverside Physio"), make.clinic("Hilltop Rehab")
    alice, bob = make.practitioner(here, "Alice"), make.practitioner(here, "Bob")
    charlie = make.practitioner(elsewhere, "Charlie", Practitioner.Role.OWNER)
    return Cast(alice, bob, charlie, make.client(alice, "Dana"), make.client(bob, "Erin"))
