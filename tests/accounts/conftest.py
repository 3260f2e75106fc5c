"""A mail server that does not answer, as the tests of mail have it."""

from tests.mail.conftest import nobody_listens

__all__ = ["nobody_listens"]
