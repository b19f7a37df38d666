from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from forum.services.visibility import rebuild_unanswered


class Command(BaseCommand):
    """One short transaction for each thread that needs it, under the thread's lock: the site may go on meanwhile."""

    help = "Compares which stories are said to wait for an answer with their answers, and puts right what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing; end with 1 if something differs")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        wrong = rebuild_unanswered(check_only=check)
        self.stdout.write(f"Of {wrong} stories it {'is' if check else 'was'} not said rightly whether they wait.")
        if check and wrong:
            message = "Run rebuild_unanswered without --check to put them right."
            raise CommandError(message)
