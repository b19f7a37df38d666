"""Is the directory sound, and what is due for checking? For the operator, now and then."""

from __future__ import annotations

from argparse import BooleanOptionalAction
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crisis.models import Pin, Resource, Scope
from crisis.queries import due_for_checking


class Command(BaseCommand):
    help = (
        "List the services that nobody of this site has checked for ninety days, or ever. Fails when an entry is "
        "broken or when no help is pinned to every page."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--country", help="two letters: list what is due in this country only")
        parser.add_argument("--list", action=BooleanOptionalAction, default=True, help="name what is due one by one")

    def handle(self, *args: Any, **options: Any) -> None:
        due = due_for_checking()
        if options["country"]:
            due = due.filter(country=options["country"].upper())
        if options["list"]:
            for resource in due:
                checked = resource.verified_on.isoformat() if resource.verified_on else "never"
                contact = resource.phone or resource.text or resource.chat_url or resource.web_url
                left = "  not in the newest list any more" if resource.has_left_list else ""
                self.stdout.write(f"due  {resource.slug}  checked: {checked}  {contact}{left}")
        self.stdout.write(f"{due.count()} due for checking, {Resource.objects.filter(is_hidden=False).count()} shown.")
        broken = list(_broken())
        for problem in broken:
            self.stderr.write(problem)
        if broken:
            message = f"{len(broken)} broken: mend them in the admin, under Services."
            raise CommandError(message)


def _broken() -> list[str]:
    problems = []
    for resource in Resource.objects.order_by("country", "slug").iterator():
        try:
            resource.full_clean(validate_unique=False)
        except ValidationError as error:
            told = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            problems.append(f"broken  {resource.slug}  {told}")
    if not Pin.objects.filter(scope=Scope.EVERYWHERE, resource__is_hidden=False).exists():
        problems.append("broken  nothing is pinned to every page")
    return problems
