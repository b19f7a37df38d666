from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from moderation.management.refusals import in_one_sentence
from moderation.services.moderators import NoSuchAccount, create_moderator, give_desk


class Command(BaseCommand):
    help = (
        "Makes an account that may work at the desk, and prints its password once. Of one that may already it makes a "
        "lead with --lead; to a member it gives the desk with --existing. A password that is there is never changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--lead", action="store_true", help="one who decides what others pass on")
        parser.add_argument("--existing", action="store_true", help="the member who has this name, and nobody new")

    def handle(self, *args: Any, name: str, lead: bool, existing: bool, **options: Any) -> None:
        with in_one_sentence():
            try:
                account, is_changed = give_desk(name, is_lead=lead, to_member=existing)
            except NoSuchAccount:
                if existing:
                    raise
                account, password = create_moderator(name, is_lead=lead)
                self.stdout.write(f"name: {account.pseudonym}\npassword: {password}")
                return
        what = "works at the desk and decides what others pass on" if lead else "works at the desk"
        if is_changed:
            self.stdout.write(f"{account.pseudonym}, whose account was there, {what} from now on. The password stays.")
        else:
            self.stdout.write(f"{account.pseudonym} {what} already. Nothing was changed.")
