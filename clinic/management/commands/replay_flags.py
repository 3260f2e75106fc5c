"""`manage.py replay_flags [--client ID] [--rule k=v …] [--json]`: the rules tried on stored history."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from clinic.flags import rule_settings, simulation
from clinic.flags.simulation import SimulationResult
from clinic.management import rule_values
from clinic.management.arguments import MOST_ID, whole
from clinic.models import Client, Flag, Prescription

DAYS_A_YEAR = 365.25
KINDS = (Flag.Kind.WORSENING.value, Flag.Kind.EXERCISE_HURTS.value)


class Command(BaseCommand):
    help = (
        "Say what the rules, with these or other constants, would have flagged on stored reports. Writes nothing. "
        "Each client's own sensitivity and smallest rise hold where --rule says nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--client", type=whole(1, MOST_ID), metavar="ID", help="only this client's prescriptions")
        parser.add_argument(
            "--rule",
            nargs="+",
            action="extend",
            default=[],
            metavar="k=v",
            help="a constant of a rule, such as flag_score=2.9, smallest_rise=1.5 or sensitivity=early",
        )
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rule_values.parse_rule_values(options["rule"])  # refuses an invalid value even without a prescription
            results = [
                (
                    client,
                    number,
                    simulation.simulate_prescription(
                        number, *rule_values.parse_rule_values(options["rule"], rule_settings.config_of(client))
                    ),
                )
                for number, client in _prescriptions(options["client"])
            ]
        except ValueError as error:
            raise CommandError(f"--rule: {error}") from None
        except ArithmeticError:
            raise CommandError("--rule: with these values the rule cannot be computed.") from None
        flags = [
            {"client": client, "prescription": number, **asdict(flag)}
            for client, number, result in results
            for flag in result.flags
        ]
        summary = _summary([result for _client, _number, result in results])
        if options["client"] is not None:
            sensitivity, smallest_rise = rule_settings.settings_of(options["client"])
            summary = {"sensitivity": sensitivity, "smallest_rise": smallest_rise, **summary}
        if options["json"]:
            self.stdout.write(json.dumps({**summary, "flags": flags}, default=str, indent=2))
            return
        for flag in flags:
            score = "" if flag["score"] is None else f", score {flag['score']:.2f}, rise {flag['rise']:.2f}"
            self.stdout.write(
                f"client {flag['client']}, prescription {flag['prescription']}: "
                f"{flag['kind']} at {flag['at']:%Y-%m-%d %H:%M} UTC, report {flag['report']}{score}"
            )
        self.stdout.write(", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in summary.items()))


def _prescriptions(client: int | None) -> list[tuple[int, int]]:
    """Number and client of each prescription to replay. Raises CommandError on an unknown client."""
    rows = Prescription.objects.order_by("client", "pk")
    if client is not None:
        if not Client.objects.filter(pk=client).exists():
            raise CommandError(f"--client: there is no client {client}.")
        rows = rows.filter(client=client)
    return list(rows.values_list("pk", "client"))


def _summary(results: list[SimulationResult]) -> dict[str, Any]:
    """The amount of history, and the number of flags of each kind, also per year."""
    years = sum(result.days for result in results) / DAYS_A_YEAR
    tally = Counter(flag.kind for result in results for flag in result.flags)
    summary: dict[str, Any] = {
        "prescriptions": len(results),
        "reports": sum(result.reports for result in results),
        "years": round(years, 2),
    }
    for kind in KINDS:
        summary[kind] = tally[kind]
        summary[f"{kind}_a_year"] = round(tally[kind] / years, 2) if years else 0.0
    return summary
