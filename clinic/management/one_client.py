"""The client that a command is about."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import CommandError

from clinic.management.arguments import MOST_ID, whole
from clinic.models import Client


def add_client(parser: ArgumentParser) -> None:
    """``ID``: the number of a client, as it stands in the address of the client's page."""
    parser.add_argument("client", type=whole(1, MOST_ID), metavar="ID", help="the number in the client's page address")


def client_of(number: int) -> Client:
    """That client. Raises CommandError when there is none."""
    found = Client.objects.select_related("clinic", "practitioner", "user").filter(pk=number).first()
    if found is None:
        raise CommandError(f"There is no client {number}.")
    return found
