from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from config.declarations import privacy_page
from config.env import BASE_DIR


class Command(BaseCommand):
    help = "Writes docs/privacy.md from what every model declares about people. A test fails while the two differ."
    requires_system_checks: tuple[str, ...] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        (BASE_DIR / "docs" / "privacy.md").write_text(privacy_page(), encoding="utf-8")
