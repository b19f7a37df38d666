from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forum.services.exchange import export_forum


class Command(BaseCommand):
    """The file is there when it is whole, and only its owner can read it."""

    help = "Writes the whole forum into a file of JSON lines (docs/exchange-format.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--with-accounts", action="store_true", help="members' names and hashed passwords too")
        parser.add_argument(
            "--with-authorship",
            action="store_true",
            help="also what lets authors find their anonymous posts again; only of use with the same seal key",
        )

    def handle(self, *args: Any, file: Path, with_accounts: bool, with_authorship: bool, **options: Any) -> None:
        unfinished = file.with_name(f"{file.name}.unfinished")
        lines = 0
        try:
            descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as out:
                for line in export_forum(with_accounts=with_accounts, with_authorship=with_authorship):
                    out.write(line)
                    lines += 1
            unfinished.replace(file)
        except OSError as error:
            message = f"The file cannot be written: {error.strerror}."
            raise CommandError(message) from error
        self.stdout.write(f"Wrote {lines:,} lines.")
