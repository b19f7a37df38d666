from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import HearthError
from forum.services.exchange_import import import_forum

_TELL_EVERY = 1_000  # lines


class Command(BaseCommand):
    help = "Brings in a forum from a file that export_forum wrote: all of it, or nothing (docs/exchange-format.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            with file.open(encoding="utf-8", newline="\n") as lines:
                report = import_forum(lines, actor=None, tell=self._tell)
        except OSError as error:
            message = f"The file cannot be read: {error.strerror}."
            raise CommandError(message) from error
        except HearthError as error:
            raise CommandError(str(error.text)) from error
        self.stdout.write(
            f"Added {report.categories} categories, {report.accounts} accounts, {report.threads} threads and "
            f"{report.posts} posts. {report.here_already} posts were here already."
        )

    def _tell(self, line: int) -> None:
        if line % _TELL_EVERY == 0:
            self.stdout.write(f"{line:,} lines …")
            self.stdout.flush()
