"""Calls as a program makes them: a token in the header, JSON both ways."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from rest_framework.authtoken.models import Token
from rest_framework.response import Response
from rest_framework.test import APIClient

from clinic.models import Client, Practitioner, Prescription
from clinic.models.fields import WEEKDAYS
from tests import make

V1 = "/api/v1/"


class Program:
    """A program that calls the API with one person's token."""

    def __init__(self, person: AbstractBaseUser | Practitioner | Client) -> None:
        user = getattr(person, "user", person)
        token, _created = Token.objects.get_or_create(user=user)
        self.client = APIClient(headers={"Authorization": f"Token {token.key}"}, raise_request_exception=True)

    def get(self, path: str, **headers: str) -> Response:
        return self.client.get(V1 + path, headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        written = json.dumps({} if body is None else body)  # in ASCII, which can write any text there is
        return self.client.post(V1 + path, written, content_type="application/json", headers=named)

    def raw(self, path: str, body: bytes | str, content_type: str = "application/json") -> Response:
        return self.client.post(V1 + path, body, content_type=content_type)


def errors_of(response: Response, status: int = 400) -> dict[str, list[str]]:
    """The errors by field, after a look at the form of the problem."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem.keys() >= {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert problem["detail"]
    errors: dict[str, list[str]] = problem.get("errors", {})
    assert all(messages and all(isinstance(message, str) for message in messages) for messages in errors.values())
    return errors


def plan(client: Client, /, **over: Any) -> dict[str, Any]:
    """A good body of ``POST prescriptions/``."""
    return {
        "client": client.pk,
        "exercise": "forward-bend",
        "starts_on": (timezone.now().date() - dt.timedelta(days=3)).isoformat(),
        "days": list(WEEKDAYS),
        "times": ["18:00"],
        "sets": 2,
        "hold_seconds": 30,
        "screening": {code: {"answer": False} for code in make.nothing_found()},
        **over,
    }


def session(on: Prescription, /, before: Any = 4, after: Any = 3, **over: Any) -> dict[str, Any]:
    """A good body of ``POST pain-reports/``."""
    return {
        "prescription": on.pk,
        "occurred_at": timezone.now().isoformat(),
        "did_exercise": True,
        "before": before,
        "after": after,
        **over,
    }
