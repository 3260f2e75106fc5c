"""The argument of a command that is about one client."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from clinic.management.arguments import MOST_ID, whole
from clinic.models import Client


def add_client(parser: ArgumentParser) -> None:
    """Add the argument ``ID``: the primary key of a client, as in the URL of the client's page."""
    parser.add_argument("client", type=whole(1, MOST_ID), metavar="ID", help="the number in the client's page address")


def get_client(pk: int) -> Client:
    """The client with this primary key. Raises CommandError when there is none."""
    client = Client.objects.select_related("clinic", "practitioner", "user").filter(pk=pk).first()
    if client is None:
        raise CommandError(f"There is no client {pk}.")
    return client
