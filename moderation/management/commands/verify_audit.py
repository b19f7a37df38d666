from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from moderation import audit


class Command(BaseCommand):
    help = "Proves that no entry of the audit log was changed, removed or put in between."

    def handle(self, *args: Any, **options: Any) -> None:
        found = False
        for problem in audit.problems():
            found = True
            self.stderr.write(problem)
        if found:
            message = "The audit log does not hold together."
            raise CommandError(message)
        self.stdout.write("The audit log is whole.")
