from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import HearthError
from forum.services.seeding import category_named, seed_article


class Command(BaseCommand):
    help = "Turns an article and its comments, copied from a page as plain text, into one thread with pseudonyms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--category", help="title or id; the first category if left out")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")

    def handle(self, *args: Any, file: Path, category: str | None, dry_run: bool, **options: Any) -> None:
        try:
            text = file.read_text(encoding="utf-8")
        except OSError as error:
            message = f"The file cannot be read: {error.strerror}."
            raise CommandError(message) from error
        except UnicodeDecodeError as error:
            message = "The file is not UTF-8 text."
            raise CommandError(message) from error
        try:
            report = seed_article(text, category=category_named(category), actor=None, dry_run=dry_run)
        except HearthError as error:
            raise CommandError(str(error.text)) from error
        if not report.is_new:
            self.stdout.write("This page is here already; nothing was added.")
            return
        verb = "Would add" if dry_run else "Added"
        self.stdout.write(
            f"{verb} one thread: {report.posts} posts, {report.replies_to_comments} of them answers to a comment."
        )
        for _name in range(report.names_replaced):
            self.stdout.write("A name was replaced." if not dry_run else "A name would be replaced.")
