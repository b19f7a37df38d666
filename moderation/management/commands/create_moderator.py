from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import HearthError
from moderation.services.moderators import create_moderator


class Command(BaseCommand):
    help = "Makes an account that may work at the desk, and prints its password once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--lead", action="store_true", help="one who decides what others pass on")

    def handle(self, *args: Any, name: str, lead: bool, **options: Any) -> None:
        try:
            moderator, password = create_moderator(name, is_lead=lead)
        except HearthError as error:
            raise CommandError(str(error.text)) from error
        self.stdout.write(f"name: {moderator.pseudonym}\npassword: {password}")
