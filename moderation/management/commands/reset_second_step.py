from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from moderation.management.refusals import in_one_sentence
from moderation.services.moderators import reset_second_step


class Command(BaseCommand):
    help = "Takes away the second step of a moderator who lost it: app, passkeys and one-time codes. Ends their visits."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        with in_one_sentence():
            account = reset_second_step(name)
        self.stdout.write(
            f"{account.pseudonym} has no second step any more, and their visits are over. The password stays; after "
            "signing in with it they set up a new second step before the desk opens."
        )
