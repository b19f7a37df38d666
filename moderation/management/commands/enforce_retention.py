from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from moderation.services.retention import RULES, due_now, forget_what_is_due


class Command(BaseCommand):
    help = "Forgets the words of the desk whose time has come, and says how many. The worker does so daily by itself."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say how many would be forgotten")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = due_now() if options["dry_run"] else forget_what_is_due()
        done = "would be forgotten" if options["dry_run"] else "forgotten"
        for rule in RULES:
            self.stdout.write(f"{rule.what}: {counts[rule.name]} {done}")
