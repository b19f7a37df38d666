from __future__ import annotations

from argparse import ArgumentParser
from itertools import chain
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from moderation import append_only, audit


class Command(BaseCommand):
    help = (
        "Proves that no entry of the audit log was changed, removed or put in between, and that the database keeps it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--noted",
            metavar="NUMBER:DIGEST",
            help="an end of the log as this command told it before, kept elsewhere: the log must still lead through it",
        )

    def handle(self, *args: Any, noted: str | None, **options: Any) -> None:
        if noted is not None and not noted.strip():  # such as an empty variable of a job that nobody watches
            message = "--noted is empty: give it the end that was noted down, or leave it out."
            raise CommandError(message)
        found = False
        for problem in chain(append_only.problems(), audit.problems(noted=(noted or "").strip())):
            found = True
            self.stderr.write(problem)
        if found:
            message = "The audit log does not hold together."
            raise CommandError(message)
        self.stdout.write("The audit log is whole.")
        if redacted := audit.count_redacted():
            self.stdout.write(f"Entries whose facts were taken out: {redacted}. The log says when, by whom and why.")
        self.stdout.write(f"It ends with {audit.end()}")
