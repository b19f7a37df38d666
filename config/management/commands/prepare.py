from __future__ import annotations

import fcntl
import hashlib
import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils.translation import gettext as _

from config.env import BASE_DIR
from crisis.services import load_directory
from forum.services.categories import create_first_categories
from forum.services.content_notes import create_first_notes
from forum.services.house_rules import create_first_rules
from forum.services.seeding import category_named, seed_article
from moderation.services.canned import create_first_replies
from moderation.services.moderators import create_first_moderator, has_moderator

FIRST_ARTICLE = BASE_DIR / "forum" / "seeds" / "no_contact.txt"


class Command(BaseCommand):
    help = (
        "Brings the database and the static files up to date; in an empty forum also makes the first categories, the "
        "first thread and the first moderator. Safe to run again, and on several hosts at once."
    )
    requires_system_checks: tuple[str, ...] = ()  # they ran, or `serve` runs them

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--site", default="", help="the address of the site, to be shown with the password")

    def handle(self, *args: Any, site: str, **options: Any) -> None:
        with _alone():
            call_command("migrate", interactive=False, verbosity=0)
            load_directory()
            create_first_notes()
            create_first_replies()
            create_first_rules()
            self._open_an_empty_forum()
            self._make_the_first_moderator(site)
            self._collect_static_files()

    def _open_an_empty_forum(self) -> None:
        with transaction.atomic():
            if not create_first_categories():
                return
            text = FIRST_ARTICLE.read_text(encoding="utf-8")
            report = seed_article(text, category=category_named(_("Reading together")), actor=None)
        self.stdout.write(f"Made three categories and a first thread of {report.posts} posts.")

    def _make_the_first_moderator(self, site: str) -> None:
        if made := create_first_moderator():
            name, password = made
            self.stdout.write(
                "Made a moderator. The password is shown this once; it can be changed at the desk.\n"
                f"  name:     {name}\n  password: {password}\n  desk:     {site}/admin/"
            )
        elif not has_moderator():
            self.stdout.write("Nobody works at the desk: manage.py create_moderator NAME --lead makes somebody.")

    def _collect_static_files(self) -> None:
        """Half a second, so only when a file or what works on them has changed."""
        stamp: Path = settings.DATA_DIR / "static.stamp"
        wanted = _static_digest()
        if settings.STATIC_ROOT.is_dir() and stamp.is_file() and stamp.read_text() == wanted:
            return
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(wanted)


@contextmanager
def _alone() -> Iterator[None]:
    """One preparation at a time: on this machine by a lock on the data folder, elsewhere by one in the database."""
    settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(settings.DATA_DIR, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with _alone_in_the_database():
            yield
    finally:
        os.close(folder)


@contextmanager
def _alone_in_the_database() -> Iterator[None]:
    if connection.vendor != "postgresql":
        yield
        return
    key = 0x4845_4152_5448  # "HEARTH"
    with connection.cursor() as cursor:
        # A migration may take longer than any request, and so may waiting for another host's.
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])
            cursor.execute("RESET statement_timeout; RESET lock_timeout")


def _static_digest() -> str:
    digest = hashlib.sha256(f"{version('django')} {version('whitenoise')}\n".encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path}\0".encode())
            with storage.open(path) as file:
                digest.update(hashlib.sha256(file.read()).digest())
    return digest.hexdigest()
