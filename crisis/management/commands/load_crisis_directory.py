"""Fills the directory of services from the shipped list, or from one of your own in the same columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.errors import Invalid
from crisis.contacts import SHIPPED_DIRECTORY
from crisis.services import load_directory


class Command(BaseCommand):
    help = (
        "Load the directory of helplines and services. All rows or none; entries that staff of this site have checked "
        "keep their words. Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--file", type=Path, default=SHIPPED_DIRECTORY, help="a CSV file (default: the shipped one)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            report = load_directory(options["file"])
        except Invalid as error:
            raise CommandError(str(error.text)) from error
        self.stdout.write(f"Directory: {report.created} new, {report.updated} updated, {report.unchanged} unchanged.")
        if report.gone:
            self.stdout.write(f"{len(report.gone)} are not in this list any more: {', '.join(report.gone)}.")
            self.stdout.write("Readers still see them. Try them, and hide those that are no more (check_resources).")
