"""What would changed rules say of the posts of these days? Counts and public ids, no words; nothing changes."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from common.days import today
from forum.queries import written_since
from moderation.screeners.lexicon import DATA, Lexicon, load, shipped
from moderation.screeners.phrases import BadPhrase
from moderation.screening import concerns_in

_MOST_DAYS = 36_500


class Command(BaseCommand):
    help = (
        "Read the posts of the last days with the rules in a folder (a changed copy of moderation/screeners/data) and "
        "with those in use, and show what would differ: counts and public ids, never words. Nothing is stored."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, help="families.toml and a file for each language")
        parser.add_argument("--days", type=int, default=90, help=f"how far back (default: 90), from 1 to {_MOST_DAYS}")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 1 <= options["days"] <= _MOST_DAYS:
            message = f"--days is from 1 to {_MOST_DAYS}."
            raise CommandError(message)
        changed = _rules_in(options["folder"])
        if changed.version == shipped().version and _differ(options["folder"]):
            self.stderr.write(
                f"The rules in {options['folder']} are others than those in use, and have the same version: "
                "give families.toml a new one, every reading tells it."
            )
        read, now, then, differing = 0, Counter[str](), Counter[str](), Counter[str]()
        for post in written_since(today() - dt.timedelta(days=options["days"])):
            read += 1
            before = _told(post, shipped())
            after = _told(post, changed)
            now.update(before)
            then.update(after)
            for sign, told in (("+", after - before), ("-", before - after)):
                for one in sorted(told):
                    differing[f"{sign} {one}"] += 1
                    self.stdout.write(f"{sign} {one}  {post.public_id}")
        self.stdout.write(f"{read} posts read; rules {shipped().version} in use, {changed.version} tried.")
        for one in sorted({*now, *then}):
            more, less = differing[f"+ {one}"], differing[f"- {one}"]
            self.stdout.write(f"{one}: {now[one]} now, {then[one]} then ({more} more, {less} less)")


def _differ(folder: Path) -> bool:
    names = {path.name for where in (folder, DATA) for path in where.glob("*.toml")}
    return any(_bytes_of(folder / name) != _bytes_of(DATA / name) for name in names)


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def _rules_in(folder: Path) -> Lexicon:
    try:
        return load(folder)
    except (OSError, KeyError, ValueError, TypeError, BadPhrase) as error:
        message = f"The rules in {folder} cannot be read: {type(error).__name__}: {error}"
        raise CommandError(message) from error


def _told(post: Any, rules: Lexicon) -> set[str]:
    """Each concern as "danger:stalking:2": its label, and how severe."""
    concerns = concerns_in(post.title, post.source, is_reply=post.parent_id is not None, rules=rules)
    return {concern.reason for concern in concerns}
