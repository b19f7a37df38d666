from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from moderation.management.refusals import in_one_sentence
from moderation.services.moderators import has_lead, remove_moderator


class Command(BaseCommand):
    help = "Takes the desk away from somebody at once and ends their visits. Their account stays, as a member's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument(
            "--leaves-nobody",
            action="store_true",
            help="also where nobody else decides: what waits then goes on waiting",
        )

    def handle(self, *args: Any, name: str, leaves_nobody: bool, **options: Any) -> None:
        with in_one_sentence():
            account = remove_moderator(name, may_leave_nobody=leaves_nobody)
        self.stdout.write(f"{account.pseudonym} is a member from now on. Their visits are over, and their cases wait.")
        if not has_lead():
            self.stdout.write("Nobody leads any more: create_moderator NAME --lead makes somebody of the team a lead.")
