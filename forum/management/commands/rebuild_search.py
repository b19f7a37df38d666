from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from forum.models import Thread
from forum.search import index
from forum.services.searching import index_thread


class Command(BaseCommand):
    """One short transaction for each thread: the site may go on meanwhile, and a second run goes on where one ended."""

    help = "Writes the search index of what is published: after the seal key changed, or where something is not found."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="every thread, also where nothing seems to be missing")

    def handle(self, *args: Any, all: bool, **options: Any) -> None:  # noqa: A002 - the option's name
        threads = list(Thread.objects.order_by("pk").values_list("pk", flat=True) if all else index.differing())
        posts = sum(index_thread(thread_id) for thread_id in threads)
        index.settle()
        self.stdout.write(f"{posts} posts in {len(threads)} threads were indexed anew.")
