from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import HearthError
from moderation.services.transparency import transparency_report


class Command(BaseCommand):
    help = "What was reported and decided in a year, counted from the audit log alone, without numbers under five."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--year", type=int, required=True, help="one that is over")
        parser.add_argument("--json", action="store_true", help="for programs; otherwise to be read")

    def handle(self, *args: Any, year: int, json: bool, **options: Any) -> None:
        try:
            report = transparency_report(year)
        except HearthError as error:
            raise CommandError(str(error.text)) from error
        self.stdout.write(_as_json(report.as_json()) if json else report.as_text())


def _as_json(report: dict[str, Any]) -> str:
    return json.dumps(report, indent=2)
